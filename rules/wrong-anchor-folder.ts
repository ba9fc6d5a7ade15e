import { corporate } from '../src/example-certificates.ts'
import type { Distribution } from '../src/model.ts'
import { fileName, hasTwin, placedAnchors, readDirectly } from '../src/questions/anchors.ts'
import { editMend, goalEdit } from '../src/questions/edits.ts'
import { distributionName, shorten } from '../src/questions/words.ts'
import { defineDockerfileRule, type Evidence } from '../src/rule.ts'

interface Misplaced extends Evidence {
  readonly path: string
  /** Where it belongs. */
  readonly folder: string
  readonly distribution: Distribution | null
}

const at = '2026-08-16'

export default defineDockerfileRule<Misplaced>({
  id: 'wrong-anchor-folder',
  since: '0.1.0',
  scope: 'dockerfile',
  severity: 'error',
  summary: "A certificate is put into a folder that this distribution's tool does not read",
  why: `
Every family of distributions has its own folder for certificate authorities that an administrator adds (*anchors*):
Debian, Ubuntu and Alpine \`/usr/local/share/ca-certificates\`, the family of Red Hat \`/etc/pki/ca-trust/source/anchors\`,
SUSE \`/etc/pki/trust/anchors\`. A recipe that was written for one of them does nothing on another: the file is copied,
the tool runs, no error is printed, and the authority is not trusted.

The rule fires where a certificate lies at the end of a stage in another family's folder, in a misspelt one, or in a
folder inside Alpine's, whose tool does not look into folders. It fires too where a certificate lies in
\`/usr/share/ca-certificates\`, the folder of the packages, and the tool ran: it takes from there what
\`/etc/ca-certificates.conf\` names, and nothing else. It is silent where the same certificate also lies where
it belongs, where it is moved or handed to a program, where a variable points straight at it, and where the distribution
is not known.
`,
  examples: {
    bad: [
      {
        dockerfile:
          'FROM debian:trixie\nRUN apt-get update && apt-get install -y ca-certificates\nCOPY corp.crt /etc/pki/ca-trust/source/anchors/\nRUN update-ca-certificates\n',
        context: { 'corp.crt': corporate },
        at,
        line: 3,
        severity: 'error',
      },
      {
        dockerfile:
          'FROM alpine\nRUN apk add --no-cache ca-certificates\nCOPY corp.crt /usr/local/share/ca-certificates/own/corp.crt\nRUN update-ca-certificates\n',
        context: { 'corp.crt': corporate },
        at,
        line: 3,
      },
      {
        dockerfile:
          'FROM debian:trixie\nRUN apt-get update && apt-get install -y ca-certificates\nCOPY corp.crt /usr/share/ca-certificates/\nRUN update-ca-certificates\n',
        context: { 'corp.crt': corporate },
        at,
        line: 3,
      },
    ],
    ok: [
      {
        dockerfile:
          'FROM debian:trixie\nRUN apt-get update && apt-get install -y ca-certificates\nCOPY corp.crt /usr/share/ca-certificates/\nRUN echo corp.crt >> /etc/ca-certificates.conf && update-ca-certificates\n',
        context: { 'corp.crt': corporate },
        at,
      },
      {
        dockerfile: 'FROM fedora\nCOPY corp.crt /etc/pki/ca-trust/source/anchors/\nRUN update-ca-trust\n',
        context: { 'corp.crt': corporate },
        at,
      },
      {
        dockerfile:
          'FROM debian:trixie\nRUN apt-get update && apt-get install -y ca-certificates\nCOPY corp.crt /usr/local/share/ca-certificates/own/corp.crt\nRUN update-ca-certificates\n',
        context: { 'corp.crt': corporate },
        at,
      },
    ],
  },

  *check(model) {
    for (const placed of placedAnchors(model)) {
      const { anchor, stage } = placed
      if (anchor.reading !== 'wrong-folder' || anchor.folder === null || anchor.doubtful) continue
      if (hasTwin(placed) || readDirectly(placed)) continue
      const { location, path, folder } = anchor
      yield { location, path, folder, distribution: stage.distribution }
    }
  },

  message({ path, folder, distribution }) {
    const where = shorten(path.slice(0, path.lastIndexOf('/')))
    const whose = distribution === null ? 'this distribution' : distributionName(distribution)
    const byName =
      folder === '/usr/local/share/ca-certificates' && path.startsWith('/usr/share/ca-certificates/')
    const reads = byName
      ? `takes from ${where} only what /etc/ca-certificates.conf names`
      : `does not read ${where}`
    return `The tool of ${whose} ${reads}: ${shorten(fileName(path))} belongs into ${folder}, and until then the authority in it is not trusted.`
  },

  remedy({ path, folder, location }, model) {
    const name = fileName(path).replace(/\.[^.]*$/, '')
    const to = `${folder}/${name}.crt`
    return editMend(`Put it into ${folder}`, goalEdit(model, location, path, to), false)
  },
})
