import { shorten } from '../src/questions/words.ts'
import { defineDockerfileRule, type Evidence } from '../src/rule.ts'

interface SwitchedOff extends Evidence {
  readonly program: string
  readonly how: string
  readonly checked: boolean
  readonly remove: { readonly start: number; readonly end: number } | null
}

export default defineDockerfileRule<SwitchedOff>({
  id: 'tls-verification-disabled',
  since: '0.1.0',
  scope: 'dockerfile',
  severity: 'error',
  summary: 'The check of server certificates is switched off',
  why: `
TLS promises two things: nobody reads along, and the other side is who it says. The second promise is the certificate
check. With it switched off, whoever sits on the way (a proxy, a hijacked DNS server, a neighbour in the same network)
can answer in the server's name, and what a build downloads that way becomes part of the image. A setting in ENV or in
a configuration file goes further: it stays in the image, and every program that runs there later inherits it.

Usually the switch was a quick way past an error message. The error had a cause, most often a trust store that is
missing or too old: install or upgrade \`ca-certificates\`, or add the private root that is missing.

The rule knows the switches of curl, wget, git, npm, yarn, pip, conda, apt, Maven, Go, Node.js, Python and their kin.
It is silent for loopback addresses, for a HEALTHCHECK of the container itself and for text that is only printed. Where
the same RUN checks what it fetched against a checksum or a signature, the finding is information.
`,
  examples: {
    bad: [
      {
        dockerfile: 'FROM debian:trixie\nRUN curl -kfsSL https://example.com/setup.sh | sh\n',
        at: '2026-08-16',
        line: 2,
        severity: 'error',
      },
      { dockerfile: 'FROM node:22\nENV NODE_TLS_REJECT_UNAUTHORIZED=0\n', at: '2026-08-16', line: 2 },
      {
        dockerfile: 'FROM node:22\nRUN npm config set strict-ssl false && npm ci\n',
        at: '2026-08-16',
        line: 2,
      },
    ],
    ok: [
      {
        dockerfile: 'FROM debian:trixie\nRUN curl -fsSL https://example.com/setup.sh | sh\n',
        at: '2026-08-16',
      },
      {
        dockerfile: 'FROM debian:trixie\nHEALTHCHECK CMD curl -kf https://localhost:8443/ || exit 1\n',
        at: '2026-08-16',
      },
      {
        dockerfile: "FROM debian:trixie\nRUN echo 'curl -k https://example.com' > /usage\n",
        at: '2026-08-16',
      },
    ],
  },

  *check(model) {
    for (const { instructions } of model.stages) {
      for (const { events } of instructions) {
        for (const event of events) {
          if (event.kind !== 'verification-off' || event.loopback) continue
          const { location, program, how, checked, remove } = event
          yield { location, program, how, checked, remove, severity: checked ? 'info' : 'error' }
        }
      }
    }
  },

  message({ program, how, checked }) {
    const what = `${shorten(how)} switches off ${shorten(program)}'s check of server certificates`
    return checked
      ? `${what}; the checksum or signature in the same RUN still guards what is fetched.`
      : `${what}: anyone on the way can answer in the server's name.`
  },

  remedy({ how, program, remove }) {
    if (remove === null) return []
    return [
      {
        kind: 'edit',
        summary: `Take ${shorten(how)} away, so that ${shorten(program)} checks certificates again`,
        edits: [{ ...remove, text: '' }],
        behaviour: true,
      },
    ]
  },
})
