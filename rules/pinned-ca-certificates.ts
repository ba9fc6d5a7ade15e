import { isUnknown } from '../src/model.ts'
import { editMend } from '../src/questions/edits.ts'
import { isShipped, momentsOf, standsOn } from '../src/questions/flow.ts'
import { shorten } from '../src/questions/words.ts'
import { defineDockerfileRule, type Evidence } from '../src/rule.ts'

interface Pinned extends Evidence {
  readonly name: string
  readonly version: string
  readonly remove: { readonly start: number; readonly end: number } | null
}

const at = '2026-08-16'

export default defineDockerfileRule<Pinned>({
  id: 'pinned-ca-certificates',
  since: '0.1.0',
  scope: 'dockerfile',
  severity: 'warning',
  summary: 'The package of the trust store is held at an exact version',
  why: `
Fixing the version of a package makes a build repeatable, and some style checkers ask for it everywhere. For the trust
store it does harm. The list of roots is data that must follow the world: the newest release is always the right one.
And distributions keep only the newest release of it in their archives, so a build with a fixed version breaks one day
with "unable to select packages" or "version not found", usually when the image has to be rebuilt in a hurry.

The rule fires where \`apk add\`, \`apt-get install\`, \`yum\` or \`dnf\` is given a version of \`ca-certificates\` in a stage that
is shipped. It is silent in stages that are thrown away, and for limits that only ask for a version or newer.
`,
  examples: {
    bad: [
      {
        dockerfile: 'FROM alpine:3.22\nRUN apk add --no-cache ca-certificates=20250619-r0 curl\n',
        at,
        line: 2,
        severity: 'warning',
      },
    ],
    ok: [
      { dockerfile: 'FROM alpine:3.22\nRUN apk add --no-cache ca-certificates curl\n', at },
      { dockerfile: "FROM alpine:3.22\nRUN apk add --no-cache 'ca-certificates>20240101'\n", at },
      {
        dockerfile:
          'FROM alpine:3.22 AS build\nRUN apk add --no-cache ca-certificates=20250619-r0 go && go build -o /app .\nFROM alpine:3.22\nCOPY --from=build /app /app\n',
        at,
      },
    ],
  },

  *check(model) {
    for (const { event, stage } of momentsOf(model, 'package-pinned')) {
      if (!isShipped(stage)) continue
      const ends = model.stages.filter(other => isShipped(other) && standsOn(model, other, stage))
      const kept = ends.some(
        ({
          end: {
            heir: { packages },
          },
        }) => isUnknown(packages) || packages.has(event.name),
      )
      if (!kept) continue
      const { location, name, version, remove } = event
      yield { location, name, version, remove }
    }
  },

  message({ name, version }) {
    return `${name} is held at ${shorten(version, 40)}: its roots do not follow the world, and the build breaks when the archive drops that version.`
  },

  remedy({ name, version, remove }) {
    if (remove === null) return []
    return editMend(`Take ${shorten(version, 40)} away from ${name}`, [{ ...remove, text: '' }], true)
  },
})
