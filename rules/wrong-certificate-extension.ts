import { corporate } from '../src/example-certificates.ts'
import { fileName, hasTwin, placedAnchors, readDirectly } from '../src/questions/anchors.ts'
import { editMend, goalEdit } from '../src/questions/edits.ts'
import { shorten } from '../src/questions/words.ts'
import { defineDockerfileRule, type Evidence } from '../src/rule.ts'

interface Ignored extends Evidence {
  readonly path: string
}

const at = '2026-08-16'
const install = 'FROM debian:trixie\nRUN apt-get update && apt-get install -y ca-certificates\n'

export default defineDockerfileRule<Ignored>({
  id: 'wrong-certificate-extension',
  since: '0.1.0',
  scope: 'dockerfile',
  severity: 'error',
  summary: 'Debian and Ubuntu ignore an anchor whose name does not end in .crt',
  why: `
To make an image trust a certificate authority of your own you put its certificate (an *anchor*) into a folder and run
\`update-ca-certificates\`, which builds the trust store from the public roots and the files of that folder. The tool of
Debian and Ubuntu takes only files whose name ends in \`.crt\`, in lower case. A \`.pem\` or \`.cer\` in the same folder is
passed over without a word: the build succeeds, and later every connection to your own servers is refused.

The rule fires where, at the end of a stage, such a file lies in \`/usr/local/share/ca-certificates\` of a Debian or
Ubuntu image. It is silent on Alpine, whose tool takes any name, where the file is renamed or copied to a \`.crt\`, where a
variable such as NODE_EXTRA_CA_CERTS points straight at it, and where another program was given the file.
`,
  examples: {
    bad: [
      {
        dockerfile: `${install}COPY corp.pem /usr/local/share/ca-certificates/\nRUN update-ca-certificates\n`,
        context: { 'corp.pem': corporate },
        at,
        line: 3,
        severity: 'error',
      },
    ],
    ok: [
      {
        dockerfile: `${install}COPY corp.pem /usr/local/share/ca-certificates/corp.crt\nRUN update-ca-certificates\n`,
        context: { 'corp.pem': corporate },
        at,
      },
      {
        dockerfile:
          'FROM alpine\nRUN apk add --no-cache ca-certificates\nCOPY corp.pem /usr/local/share/ca-certificates/\nRUN update-ca-certificates\n',
        context: { 'corp.pem': corporate },
        at,
      },
    ],
  },

  *check(model) {
    for (const placed of placedAnchors(model)) {
      const { anchor } = placed
      if (anchor.reading !== 'wrong-extension' || anchor.doubtful) continue
      if (hasTwin(placed) || readDirectly(placed)) continue
      yield { location: anchor.location, path: anchor.path }
    }
  },

  message({ path }) {
    return `update-ca-certificates of Debian and Ubuntu takes only files that end in .crt: ${shorten(fileName(path))} is passed over, and the authority in it is not trusted.`
  },

  remedy({ path, location }, model) {
    const to = path.replace(/\.[^./]*$/, '.crt')
    if (to === path || !to.endsWith('.crt')) return []
    return editMend(`Give the file a name that ends in .crt`, goalEdit(model, location, path, to), false)
  },
})
