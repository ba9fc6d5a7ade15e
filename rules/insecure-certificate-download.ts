import { isUnknown } from '../src/model.ts'
import { editMend, textAt } from '../src/questions/edits.ts'
import { momentsOf, standsOn } from '../src/questions/flow.ts'
import { withoutSecrets } from '../src/questions/urls.ts'
import { shorten } from '../src/questions/words.ts'
import { defineDockerfileRule, type Evidence } from '../src/rule.ts'

interface Fetched extends Evidence {
  readonly program: string
  readonly how: 'http' | 'server'
  readonly url: string | null
  /** The whole instruction, in whose text the address stands. */
  readonly within: { readonly text: string; readonly start: number } | null
}

const at = '2026-08-16'

export default defineDockerfileRule<Fetched>({
  id: 'insecure-certificate-download',
  since: '0.1.0',
  scope: 'dockerfile',
  severity: 'error',
  summary: 'A certificate that is to be trusted is fetched without any check of who gives it',
  why: `
A trust store decides whom an image believes. Where a certificate, or a whole bundle, is fetched over plain http, whoever
sits on the way can put another in its place, and from then on the image believes *them*. Taking the certificate from
the very server that it is to judge (\`openssl s_client … > server.crt\`) is the same with more words: whoever answers
during the build is trusted for good.

The rule fires where curl, wget or ADD fetches over http a file whose name ends as certificates' do, or that is put among
the anchors or onto the store, and where the output of \`openssl s_client\` is kept as such a file. It is silent where the
file is compared with a checksum or a signature, for loopback addresses, and for keys that sign packages.
`,
  examples: {
    bad: [
      {
        dockerfile:
          'FROM debian:trixie\nADD http://pki.example.com/corp.crt /usr/local/share/ca-certificates/\nRUN apt-get update && apt-get install -y ca-certificates\n',
        at,
        line: 2,
        severity: 'error',
      },
      {
        dockerfile:
          'FROM debian:trixie\nRUN apt-get update && apt-get install -y ca-certificates openssl\nRUN openssl s_client -showcerts -connect git.example.com:443 </dev/null | openssl x509 -outform PEM > /usr/local/share/ca-certificates/git.crt && update-ca-certificates\n',
        at,
        line: 3,
      },
    ],
    ok: [
      {
        dockerfile:
          'FROM debian:trixie\nADD https://pki.example.com/corp.crt /usr/local/share/ca-certificates/\nRUN apt-get update && apt-get install -y ca-certificates\n',
        at,
      },
      {
        dockerfile:
          'FROM alpine\nRUN wget -q -O /tmp/corp.pem http://pki.example.com/corp.pem && echo "0123  /tmp/corp.pem" | sha256sum -c -\n',
        at,
      },
    ],
  },

  *check(model) {
    for (const { event, stage, instruction } of momentsOf(model, 'certificate-download')) {
      const line = instruction.location.line ?? 0
      const checked =
        event.checked ||
        model.stages.some(
          other =>
            standsOn(model, other, stage) &&
            other.instructions.some(one => one.checked === true && (one.location.line ?? 0) >= line),
        )
      if (checked || instruction.keyword === 'HEALTHCHECK') continue
      const { location, program, how, url } = event
      yield { location, program, how, url, within: textAt(model, instruction.location) }
    }
  },

  message({ program, how, url }) {
    const where = url === null ? 'an address' : shorten(withoutSecrets(url))
    return how === 'http'
      ? `${shorten(program)} fetches a certificate from ${where}, over plain http: whoever sits on the way can put another in its place, and the image will trust it.`
      : `A certificate is taken from ${where}, the server that it is to judge: whoever answers during the build is trusted for good.`
  },

  remedy({ how, url, within }) {
    if (how !== 'http' || url === null || within === null || isUnknown(url)) return []
    const at = within.text.indexOf(url)
    if (at < 0 || within.text.indexOf(url, at + 1) >= 0 || !url.startsWith('http://')) return []
    const start = within.start + at
    return editMend('Fetch it over https', [{ start, end: start + 'http'.length, text: 'https' }], true)
  },
})
