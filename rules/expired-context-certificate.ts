import { corporate, former } from '../src/example-certificates.ts'
import { isUnknown, type Location, type Maybe, type Root } from '../src/model.ts'
import { fileName, placedAnchors } from '../src/questions/anchors.ts'
import { lineage, momentsOf } from '../src/questions/flow.ts'
import { trustVariable } from '../src/questions/trust-variables.ts'
import { count, enumerate, rootAndEnd, shorten } from '../src/questions/words.ts'
import { defineDockerfileRule, type Evidence } from '../src/rule.ts'
import type { CertificateFile, DockerfileModel } from '../src/trace/state.ts'

interface Ended extends Evidence {
  readonly file: string
  readonly roots: readonly Root[]
  readonly ended: boolean
}

/** More than these make a store, whose roots other rules judge. */
const FEW = 5
const head = 'FROM debian:trixie\nRUN apt-get update && apt-get install -y ca-certificates\n'
const tail = 'COPY corp.crt /usr/local/share/ca-certificates/\nRUN update-ca-certificates\n'

export default defineDockerfileRule<Ended>({
  id: 'expired-context-certificate',
  since: '0.1.0',
  scope: 'dockerfile',
  severity: 'error',
  summary: 'A certificate of the build context that is to be trusted has expired',
  why: `
A certificate is valid from one day to another. One that lies beside the Dockerfile, and that the image is told to trust,
goes on lying there when its day is over: nobody replaces it, the build still succeeds, and programs refuse every server
that depends on it with "certificate has expired".

The rule opens the certificates that the Dockerfile puts among the anchors, names in a variable such as
NODE_EXTRA_CA_CERTS, or imports into a Java keystore, and compares their end with the date of the judgement. It fires as
an error where one has ended; the finding is information where it ends within \`--expiring-within\`. It is silent where the
file is not in the build context at hand, and about other certificates, such as a server's own.
`,
  examples: {
    bad: [
      {
        dockerfile: head + tail,
        context: { 'corp.crt': former },
        at: '2024-01-02',
        line: 3,
        severity: 'error',
      },
      {
        dockerfile: head + tail,
        context: { 'corp.crt': former },
        at: '2023-12-01',
        line: 3,
        severity: 'info',
      },
    ],
    ok: [
      { dockerfile: head + tail, context: { 'corp.crt': former }, at: '2023-06-01' },
      { dockerfile: head + tail, context: { 'corp.crt': corporate }, at: '2026-08-16' },
      { dockerfile: head + tail, at: '2026-08-16' },
    ],
  },

  *check(model, { at, expiringWithin }) {
    for (const { location, path, file } of trusted(model)) {
      if (isUnknown(file) || !file.fromContext || file.certificates.length >= FEW) continue
      const ended = file.certificates.filter(({ notAfter }) => notAfter < at)
      const ending = file.certificates.filter(
        ({ notAfter }) => notAfter >= at && notAfter < at + expiringWithin,
      )
      if (ended.length > 0) yield { location, file: path, roots: ended, ended: true }
      else if (ending.length > 0)
        yield { location, file: path, roots: ending, ended: false, severity: 'info' }
    }
  },

  message({ file, roots, ended }) {
    const names = enumerate(roots.map(rootAndEnd))
    const what = count(roots.length, 'certificate')
    return ended
      ? `${shorten(fileName(file))} holds ${what} that ${roots.length === 1 ? 'has' : 'have'} expired, ${names}: whatever depends on ${roots.length === 1 ? 'it' : 'them'} is refused.`
      : `${shorten(fileName(file))} holds ${what} that will expire soon: ${names}.`
  },
})

interface Trusted {
  readonly location: Location
  readonly path: string
  readonly file: Maybe<CertificateFile>
}

/** Files that the Dockerfile makes somebody trust. */
function* trusted(model: DockerfileModel): Generator<Trusted> {
  for (const { anchor } of placedAnchors(model)) yield anchor
  const { final } = model
  if (final === null) return
  const shipped = new Set(lineage(model, final))
  for (const { event, stage } of momentsOf(model, 'env-set')) {
    if (!shipped.has(stage) || trustVariable(event.name) === null || isUnknown(event.value)) continue
    if (event.value.includes('/ca-certificates/')) continue
    const file = final.end.file(event.value)
    if (file !== null) yield { location: event.location, path: event.value, file }
  }
  for (const { event, stage } of momentsOf(model, 'keystore-import'))
    if (shipped.has(stage)) yield { location: event.location, path: 'the imported file', file: event.file }
}
