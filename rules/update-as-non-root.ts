import { corporate } from '../src/example-certificates.ts'
import { isUnknown } from '../src/model.ts'
import { editMend, linesBefore, linesBehind, otherUser } from '../src/questions/edits.ts'
import { momentsOf } from '../src/questions/flow.ts'
import { shorten } from '../src/questions/words.ts'
import { defineDockerfileRule, type Evidence } from '../src/rule.ts'

interface NotRoot extends Evidence {
  readonly user: string
  readonly tool: string
  readonly first: number | undefined
  readonly last: number | undefined
}

const at = '2026-08-16'
const head =
  'FROM debian:trixie\nRUN apt-get update && apt-get install -y ca-certificates && useradd app\nCOPY corp.crt /usr/local/share/ca-certificates/\n'

export default defineDockerfileRule<NotRoot>({
  id: 'update-as-non-root',
  since: '0.1.0',
  scope: 'dockerfile',
  severity: 'error',
  summary: 'The trust store is made anew by a user who may not write it',
  why: `
\`update-ca-certificates\` writes into \`/etc/ssl/certs\`, and \`update-ca-trust\` into \`/etc/pki\`. Both belong to root. After a
\`USER\` line every RUN is done by that user, and the tool fails with "Permission denied". Some versions still end with
success, and the certificate that was to be added is missing without a trace in the log.

The rule fires where the tool is run while USER names somebody who is not root. It is silent with \`sudo\`, \`su\` and
their kin, where the user is not known (a variable, a base image whose USER nobody can tell), and where the Dockerfile
gave the store's folder to that user before.
`,
  examples: {
    bad: [
      {
        dockerfile: `${head}USER app\nRUN update-ca-certificates\n`,
        context: { 'corp.crt': corporate },
        at,
        line: 5,
        severity: 'error',
      },
    ],
    ok: [
      {
        dockerfile: `${head}RUN update-ca-certificates\nUSER app\n`,
        context: { 'corp.crt': corporate },
        at,
      },
      {
        dockerfile: `${head}USER app\nUSER root\nRUN update-ca-certificates\nUSER app\n`,
        context: { 'corp.crt': corporate },
        at,
      },
    ],
  },

  *check(model) {
    for (const { event, stage, instruction } of momentsOf(model, 'refresh')) {
      if (event.by !== 'tool' || !event.sure || stage.end.storeOpened || isUnknown(event.user)) continue
      if (event.there === false) continue
      const user = otherUser(event.user)
      if (user === null || (instruction.keyword !== 'RUN' && instruction.keyword !== 'ONBUILD')) continue
      const { location, program } = event
      const { line, endLine } = instruction.location
      yield { location, user, tool: program, first: line, last: endLine }
    }
  },

  message({ user, tool }) {
    return `${tool} is run as ${shorten(user, 40)}, who may not write the trust store: it fails, or leaves the store as it was.`
  },

  remedy({ user, first, last }, model) {
    if (!/^[A-Za-z0-9_][A-Za-z0-9_.:-]*$/.test(user)) return []
    return editMend(
      'Run it as root and give the user back',
      [linesBefore(model, first, ['USER root']), linesBehind(model, last, [`USER ${user}`])],
      false,
    )
  },
})
