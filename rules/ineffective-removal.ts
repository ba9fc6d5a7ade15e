import { allRoots } from '../src/knowledge/roots.ts'
import { isUnknown, type Root } from '../src/model.ts'
import { editMend, linesBehind, textAt } from '../src/questions/edits.ts'
import {
  after,
  inStage,
  isShipped,
  lineage,
  type Moment,
  momentsOf,
  standsOn,
} from '../src/questions/flow.ts'
import { count, enumerate, rootAndEnd, shorten } from '../src/questions/words.ts'
import { defineDockerfileRule, type Evidence } from '../src/rule.ts'
import type { DockerfileModel } from '../src/trace/state.ts'

interface Ineffective extends Evidence {
  readonly cause: 'nothing-named' | 'no-refresh' | 'undone' | 'plain-file' | 'still-there' | 'not-shipped'
  readonly names: readonly string[]
  readonly store: string | null
  readonly last: number | undefined
}

const at = '2021-10-01'
const head = 'FROM debian:buster\nRUN apt-get update && apt-get install -y ca-certificates\n'
const edit = 'RUN sed -i "/DST_Root_CA_X3.crt/d" /etc/ca-certificates.conf'

export default defineDockerfileRule<Ineffective>({
  id: 'ineffective-removal',
  since: '0.1.0',
  scope: 'dockerfile',
  severity: 'warning',
  summary: 'An edit is to take a root out of the trust store, and the root stays',
  why: `
When a root breaks connections, the known remedy is to take its line out of \`/etc/ca-certificates.conf\` and to run
\`update-ca-certificates\`. Both halves are needed, in this order: the file is only the list from which the tool makes the
store. A deleted line is new to the package's next upgrade, which puts it back. Alpine up to 3.11 has a second store,
\`/etc/ssl/cert.pem\`, which the tool never touches. Deleting the file of one root in \`/etc/ssl/certs\` leaves it in the
bundle beside. And what is done in a stage that is thrown away never reaches the image.

The rule fires where, as traced, a store of the image still holds at its end what such an edit was to take out, or where
the edit finds no line of that name (information where the root has left the package already). It is silent where the stores are not known, where a script that can't be followed
comes after it, and in a thrown-away stage in which anything runs after the edit.
`,
  examples: {
    bad: [
      { dockerfile: `${head}${edit}\n`, at, line: 3, severity: 'warning' },
      {
        dockerfile: `${head}${edit} && update-ca-certificates\nRUN apt-get update && apt-get install -y --reinstall ca-certificates\n`,
        at,
        line: 3,
      },
    ],
    ok: [
      { dockerfile: `${head}${edit} && update-ca-certificates\n`, at },
      { dockerfile: `${head}${edit}\nRUN update-ca-certificates\n`, at },
    ],
  },

  *check(model) {
    for (const moment of momentsOf(model, 'root-removal')) {
      const found = judgeRemoval(model, moment)
      if (found !== null) {
        const { location, names } = moment.event
        const severity = found.cause === 'nothing-named' && alreadyGone(model, moment) ? 'info' : 'warning'
        yield { location, names, last: moment.instruction.location.endLine, severity, ...found }
      }
    }
  },

  message({ cause, names, store, roots = [] }) {
    const what = roots.length > 0 ? enumerate(roots.map(rootAndEnd)) : count(names.length, 'root')
    const stays = `${what} should leave the trust store, and ${shorten(store ?? 'it')} still holds ${roots.length === 1 ? 'it' : 'them'} at the end`
    switch (cause) {
      case 'nothing-named':
        return 'This edit finds no line of that name in /etc/ca-certificates.conf: it takes nothing out of the trust store.'
      case 'no-refresh':
        return `${stays}: update-ca-certificates does not run after the edit.`
      case 'undone':
        return `${stays}: a later installation or upgrade of the package brings back what was deleted.`
      case 'plain-file':
        return `${stays}: it is a plain file, and update-ca-certificates does not touch it.`
      case 'still-there':
        return `${stays}: this edit does not reach it.`
      case 'not-shipped':
        return `${what} should leave the trust store, but nothing of this stage's store reaches the image.`
    }
  },

  remedy({ cause, last }, model) {
    if (cause !== 'no-refresh') return []
    return editMend(
      'Run update-ca-certificates after the edit',
      [
        linesBehind(model, last, [
          '# The list counts only once the trust store is made anew from it.',
          'RUN update-ca-certificates',
        ]),
      ],
      false,
    )
  },
})

type Removal = Extract<Moment['event'], { kind: 'root-removal' }>

function judgeRemoval(
  model: DockerfileModel,
  moment: Moment<Removal>,
): (Pick<Ineffective, 'cause' | 'store'> & { readonly roots?: readonly Root[] }) | null {
  const { event, stage } = moment
  const later = after(model, moment)
  const { final } = model
  if (final === null || !standsOn(model, final, stage)) {
    const idle = event.roots.length > 0 && !isShipped(stage) && !runsAfter(model, moment)
    return idle ? { cause: 'not-shipped', store: null, roots: event.roots } : null
  }
  if (event.names.length === 0) {
    const same = [...momentsOf(model, 'root-removal')].some(
      other => other.event !== event && other.event.names.length > 0,
    )
    return same ? null : { cause: 'nothing-named', store: null }
  }
  const { stores } = final.end.heir
  if (isUnknown(stores) || event.roots.length === 0) return null
  const wanted = new Set(event.roots.map(({ sha256 }) => sha256))
  for (const store of stores) {
    if (isUnknown(store.roots)) continue
    const roots = store.roots.filter(({ sha256 }) => wanted.has(sha256))
    if (roots.length === 0) continue
    const refreshes = later.filter(({ event: { kind } }) => kind === 'refresh')
    const plain = store.path === '/etc/ssl/cert.pem'
    const undone = refreshes.some(({ event }) => event.kind === 'refresh' && event.by === 'install')
    if (refreshes.length === 0 && (final.end.start.refreshes || !final.end.start.followed)) return null
    const cause = plain
      ? 'plain-file'
      : refreshes.length === 0 && event.how === 'conf'
        ? 'no-refresh'
        : undone
          ? 'undone'
          : 'still-there'
    return { cause, store: store.path, roots }
  }
  return null
}

/** The edit names a root that no store of the image holds: what it is to do is done. */
function alreadyGone(model: DockerfileModel, { event }: Moment): boolean {
  const text = textAt(model, event.location)?.text ?? ''
  const stores = model.final?.end.heir.stores
  if (stores === undefined || isUnknown(stores)) return true
  const held = new Set(
    stores.flatMap(({ roots }) => (isUnknown(roots) ? [] : roots)).map(({ sha256 }) => sha256),
  )
  const named = allRoots().filter(({ file }) => text.includes(file.replace(/\.crt$/, '')))
  return named.length > 0 && named.every(({ sha256 }) => !held.has(sha256))
}

/** Does anything run in this stage, or in one that stands on it, after the edit's own instruction? */
function runsAfter(model: DockerfileModel, { stage, instruction, event }: Moment): boolean {
  const line = instruction.location.line ?? 0
  const rest = instruction.events.some(
    other =>
      other !== event && other.kind !== 'refresh' && (other.location.line ?? 0) >= (event.location.line ?? 0),
  )
  return (
    rest ||
    model.stages.some(
      other =>
        lineage(model, other).includes(stage) &&
        other.instructions.some(
          ({ keyword, location }) =>
            keyword === 'RUN' && (location.line ?? 0) > line && inStage(other, location),
        ),
    )
  )
}
