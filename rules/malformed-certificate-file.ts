import { corporate } from '../src/example-certificates.ts'
import { isUnknown } from '../src/model.ts'
import { fileName, placedAnchors, readDirectly } from '../src/questions/anchors.ts'
import { shorten } from '../src/questions/words.ts'
import { defineDockerfileRule, type Evidence } from '../src/rule.ts'
import type { TracedAnchor, TracedStage } from '../src/trace/state.ts'

interface Malformed extends Evidence {
  readonly path: string
  readonly fault: 'der' | 'none' | 'newline'
}

const at = '2026-08-16'
const head = 'FROM debian:trixie\nRUN apt-get update && apt-get install -y ca-certificates\n'
const tail = 'COPY corp.crt /usr/local/share/ca-certificates/\nRUN update-ca-certificates\n'

export default defineDockerfileRule<Malformed>({
  id: 'malformed-certificate-file',
  since: '0.1.0',
  scope: 'dockerfile',
  severity: 'error',
  summary: 'A file put among the anchors is not a certificate in the form that the tool expects',
  why: `
\`update-ca-certificates\` of Debian, Ubuntu and Alpine does not read certificates: it puts the files one behind another into
one large file of text (PEM). A certificate in binary form (DER, as Windows exports it) makes that file unreadable at
its place; a file that holds no certificate at all (a private key, an error page that was downloaded) adds nothing; and
where a file has no newline at its end, old versions of Alpine's tool glue its last line to the first line of the next
certificate, and both are lost.

The rule opens the files of the build context and fires where one of these three is so. It is silent on the family of
Red Hat and on SUSE, whose tool reads the binary form too, where the file is not at hand, and about a missing newline
where the tool adds it (Debian's does, Alpine's from 3.12 on).
`,
  examples: {
    bad: [
      {
        dockerfile: head + tail,
        context: { 'corp.crt': '<html><body>Please log in</body></html>\n' },
        at,
        line: 3,
        severity: 'error',
      },
      {
        dockerfile:
          'FROM alpine:3.11\nRUN apk add --no-cache ca-certificates\nCOPY a.crt b.crt /usr/local/share/ca-certificates/\nRUN update-ca-certificates\n',
        context: { 'a.crt': corporate.trimEnd(), 'b.crt': corporate.trimEnd() },
        at: '2021-01-01',
        line: 3,
      },
    ],
    ok: [
      { dockerfile: head + tail, context: { 'corp.crt': corporate }, at },
      { dockerfile: head + tail, context: { 'corp.crt': corporate.trimEnd() }, at },
      { dockerfile: head + tail, at },
    ],
  },

  *check(model) {
    for (const placed of placedAnchors(model)) {
      const { anchor, stage } = placed
      if (anchor.reading !== 'read' || anchor.doubtful || readDirectly(placed)) continue
      const fault = faultOf(anchor, stage)
      if (fault !== null) yield { location: anchor.location, path: anchor.path, fault }
    }
  },

  message({ path, fault }) {
    const name = shorten(fileName(path))
    switch (fault) {
      case 'der':
        return `${name} is a certificate in binary form (DER): the tool copies it into the trust store as it is, where no program can read it; convert it with openssl x509 -inform der.`
      case 'none':
        return `${name} holds no certificate: nothing becomes trusted by it.`
      case 'newline':
        return `${name} has no newline at its end: this version of the tool glues the next certificate to its last line, and both are lost.`
    }
  },
})

function faultOf({ file }: TracedAnchor, stage: TracedStage): Malformed['fault'] | null {
  const { distribution } = stage
  if (isUnknown(file) || distribution === null) return null
  if (distribution.id !== 'debian' && distribution.id !== 'ubuntu' && distribution.id !== 'alpine')
    return null
  if (file.encoding === 'der') return 'der'
  if (file.encoding === 'none') return file.fromContext ? 'none' : null
  return file.endsWithNewline || !joins(stage) ? null : 'newline'
}

/** Alpine's tool adds the newline since the release of 3.12; of two files without one, one is not the last. */
function joins({ distribution, end }: TracedStage): boolean {
  const minor = /^3\.(\d+)/.exec(distribution?.version ?? '')?.[1]
  if (distribution?.id !== 'alpine' || minor === undefined || Number(minor) > 11) return false
  const open = end.anchors.filter(
    ({ file, reading }) => reading === 'read' && !isUnknown(file) && !file.endsWithNewline,
  )
  return open.length >= 2
}
