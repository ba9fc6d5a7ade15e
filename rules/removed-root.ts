import { rootByFingerprint, statusAt } from '../src/knowledge/roots.ts'
import type { Root, TrustStore } from '../src/model.ts'
import { newestOfLine } from '../src/questions/line.ts'
import { placeOf } from '../src/questions/place.ts'
import { isExpired, without } from '../src/questions/roots.ts'
import { newerBases } from '../src/questions/successor.ts'
import { count, enumerate, shorten } from '../src/questions/words.ts'
import { defineImageRule, type Evidence } from '../src/rule.ts'

interface Removal {
  readonly root: Root
  readonly date: string
  readonly bug: number | null
}

interface Removed extends Evidence {
  readonly store: TrustStore
  readonly removals: readonly Removal[]
}

export default defineImageRule<Removed>({
  id: 'removed-root',
  since: '0.1.0',
  scope: 'image',
  severity: 'info',
  summary: 'A trust store holds roots that Mozilla has taken out of its program',
  why: `
Nearly every trust store outside of Windows and macOS is made from Mozilla's list of roots. Mozilla takes a root out, or
takes its trust for servers away, for many reasons: its owner retired it, its key became too small, a successor took
over, or its owner broke the rules. The data does not tell the reason, so the message doesn't either: it names the day
and the number of the public discussion in Mozilla's Bugzilla.

A store that still holds such a root believes somebody whom most of the world no longer believes. Stores lag behind by
design, so the finding is information. Roots that have also expired are \`expired-root\`'s.
`,
  examples: {
    bad: [
      {
        image: {
          distribution: { id: 'alpine', version: '3.11.13' },
          stores: [{ path: '/etc/ssl/cert.pem', release: 'alpine/base 3.11.13' }],
        },
        at: '2024-01-01',
        severity: 'info',
      },
    ],
    ok: [
      {
        image: { distribution: { id: 'debian', version: '13' }, stores: [] },
        at: '2026-08-16',
      },
    ],
  },

  *check(model, { at }) {
    for (const store of model.stores) {
      const removals = store.roots.flatMap(root => {
        const known = rootByFingerprint(root.sha256)
        if (known === null || isExpired(root, at)) return []
        const { removedOn, cutOn, bug = null } = statusAt(known, at)
        const date = removedOn ?? cutOn
        return date === undefined ? [] : [{ root, date, bug }]
      })
      if (removals.length === 0) continue
      removals.sort((a, b) => compare(a.date, b.date) || compare(a.root.name, b.root.name))
      const roots = removals.map(({ root }) => root)
      const mended = without(roots, newestOfLine(model, store) ?? roots)
      const because = mended.length > 0 ? { because: mended } : {}
      yield { location: placeOf(store), store, removals, roots, ...because }
    }
  },

  message({ store, removals }) {
    const named = removals.map(
      ({ root, date, bug }) => `${shorten(root.name)} (${date}${bug === null ? '' : `, bug ${bug}`})`,
    )
    const they = removals.length === 1 ? 'it' : 'them'
    return `${shorten(store.path)} holds ${count(removals.length, 'root')} that Mozilla no longer trusts, ${enumerate(named)}: whoever owns ${they} can still vouch for any server here.`
  },

  remedy(_, model, { at }) {
    return [...newerBases(model, at), { kind: 'upgrade-store' }]
  },
})

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
