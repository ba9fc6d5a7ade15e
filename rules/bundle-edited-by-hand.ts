import { isUnknown } from '../src/model.ts'
import { after, isShipped, type Moment, momentsOf } from '../src/questions/flow.ts'
import { shorten } from '../src/questions/words.ts'
import { defineDockerfileRule, type Evidence } from '../src/rule.ts'
import type { TrustEvent } from '../src/trace/state.ts'

interface Edited extends Evidence {
  readonly path: string
  /** Who rewrites it later; null: nobody here. */
  readonly by: string | null
}

const at = '2026-08-16'
const head =
  'FROM debian:trixie\nRUN apt-get update && apt-get install -y ca-certificates\nCOPY corp.pem /tmp/\n'
const append = 'RUN cat /tmp/corp.pem >> /etc/ssl/certs/ca-certificates.crt\n'

export default defineDockerfileRule<Edited>({
  id: 'bundle-edited-by-hand',
  since: '0.1.0',
  scope: 'dockerfile',
  severity: 'warning',
  summary: 'A certificate is appended to a generated bundle, which a later refresh writes anew',
  why: `
The file that most programs read their roots from is made by a tool, out of a folder of certificates. What is appended
to that file by hand works at first. With the next run of the tool, or the next installation or upgrade of the package,
the file is made anew from the folder, and what was appended is gone.

The rule fires as a warning where something later in the Dockerfile rewrites the bundle; the finding is information where
nothing here does, since whoever builds on the image may. It is silent where the same certificate also lies in the folder
of own authorities, so that the tool puts it back, and about bundles that no tool makes.
`,
  examples: {
    bad: [
      {
        dockerfile: `${head}${append}RUN update-ca-certificates\n`,
        at,
        line: 4,
        severity: 'warning',
      },
      { dockerfile: head + append, at, line: 4, severity: 'info' },
    ],
    ok: [
      {
        dockerfile: `${head}${append}RUN cp /tmp/corp.pem /usr/local/share/ca-certificates/corp.crt && update-ca-certificates\n`,
        at,
      },
      {
        dockerfile: `${head}RUN cp /tmp/corp.pem /usr/local/share/ca-certificates/corp.crt && update-ca-certificates\n`,
        at,
      },
    ],
  },

  *check(model) {
    for (const moment of momentsOf(model, 'bundle-append')) {
      const { event, stage } = moment
      if (alsoAnchored(moment)) continue
      const later = after(model, moment)
      if (later.some(({ stage: { end } }) => end.anchors.some(({ reading }) => reading === 'read'))) continue
      const rewriter = later.map(({ event }) => event).find(rewrites)
      if (rewriter === undefined && !isShipped(stage)) continue
      yield {
        location: event.location,
        path: event.path,
        by: rewriter?.program ?? null,
        severity: rewriter === undefined ? 'info' : 'warning',
      }
    }
  },

  message({ path, by }) {
    return by === null
      ? `What is appended to ${shorten(path)} is lost as soon as the tool that makes it runs again; the folder of own authorities keeps it.`
      : `What is appended to ${shorten(path)} is lost: ${shorten(by)} makes the file anew after it.`
  },
})

function rewrites(event: TrustEvent): boolean {
  return event.kind === 'refresh' && event.sure && (event.by === 'install' || event.there === true)
}

/** The same certificates lie where the tool takes them, or something does that can't be compared. */
function alsoAnchored({ event, stage }: Moment<Extract<TrustEvent, { kind: 'bundle-append' }>>): boolean {
  const anchors = stage.end.anchors.filter(({ reading }) => reading === 'read' || reading === 'unknown')
  if (isUnknown(event.roots)) return anchors.length > 0
  const { roots } = event
  return anchors.some(
    ({ file }) =>
      isUnknown(file) ||
      roots.every(({ sha256 }) => file.certificates.some(other => other.sha256 === sha256)),
  )
}
