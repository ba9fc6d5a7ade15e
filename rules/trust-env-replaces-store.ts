import { corporate } from '../src/example-certificates.ts'
import { rootByFingerprint } from '../src/knowledge/roots.ts'
import { isUnknown } from '../src/model.ts'
import { lineage, momentsOf } from '../src/questions/flow.ts'
import { trustVariable } from '../src/questions/trust-variables.ts'
import { count, shorten } from '../src/questions/words.ts'
import { defineDockerfileRule, type Evidence } from '../src/rule.ts'

interface Replaced extends Evidence {
  readonly name: string
  readonly value: string
  readonly held: number
  readonly reader: string
}

const at = '2026-08-16'
/** More than these are no private authority alone. */
const FEW = 5

export default defineDockerfileRule<Replaced>({
  id: 'trust-env-replaces-store',
  since: '0.1.0',
  scope: 'dockerfile',
  severity: 'warning',
  summary: 'A variable replaces the whole trust store by a file with a private authority alone',
  why: `
Of the variables that name certificates, some *add* to the roots that a program has, as NODE_EXTRA_CA_CERTS does for
Node.js. Most *replace* them: with SSL_CERT_FILE, REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE a program reads that file and no
other. Where the file holds only the company's own authority, the company's servers work, and every public one is
refused: package indexes, cloud interfaces, all of it.

The rule fires where such a variable names, in the image that is built, a file of at most four certificates none of which
is a public root. It is silent for variables that add, where the file is the system's bundle or was appended to one, and
where its content is not known.
`,
  examples: {
    bad: [
      {
        dockerfile: 'FROM python:3.13\nCOPY corp.pem /certs/\nENV REQUESTS_CA_BUNDLE=/certs/corp.pem\n',
        context: { 'corp.pem': corporate },
        at,
        line: 3,
        severity: 'warning',
      },
    ],
    ok: [
      {
        dockerfile: 'FROM node:22\nCOPY corp.pem /certs/\nENV NODE_EXTRA_CA_CERTS=/certs/corp.pem\n',
        context: { 'corp.pem': corporate },
        at,
      },
      {
        dockerfile:
          'FROM python:3.13\nCOPY corp.pem /usr/local/share/ca-certificates/corp.crt\nRUN update-ca-certificates\nENV REQUESTS_CA_BUNDLE=/etc/ssl/certs/ca-certificates.crt\n',
        context: { 'corp.pem': corporate },
        at,
      },
    ],
  },

  *check(model) {
    const { final } = model
    if (final === null) return
    const built = new Set(lineage(model, final))
    for (const { event, stage } of momentsOf(model, 'env-set')) {
      const variable = trustVariable(event.name)
      const { value, name, location } = event
      if (
        !built.has(stage) ||
        variable === null ||
        variable.effect !== 'replaces' ||
        variable.names === 'folder'
      )
        continue
      if (isUnknown(value) || final.end.heir.env.get(name) !== value) continue
      const file = final.end.file(value)
      if (file === null || isUnknown(file)) continue
      const held = file.certificates
      if (held.length === 0 || held.length >= FEW) continue
      if (held.some(({ sha256 }) => rootByFingerprint(sha256) !== null)) continue
      yield { location, name, value, held: held.length, reader: variable.reader }
    }
  },

  message({ name, value, held, reader }) {
    return `${name} makes ${reader} read ${shorten(value)} alone, with ${count(held, 'certificate')} and no public root: every public server is refused.`
  },
})
