import type { Root, TrustStore } from '../src/model.ts'
import { newestOfLine } from '../src/questions/line.ts'
import { type Lacking, type Missing, missingFrom } from '../src/questions/missing.ts'
import { placeOf } from '../src/questions/place.ts'
import { isPublicStore } from '../src/questions/public-store.ts'
import { newerBases } from '../src/questions/successor.ts'
import { count, enumerate, shorten } from '../src/questions/words.ts'
import { defineImageRule, type Evidence } from '../src/rule.ts'

interface Found extends Evidence, Missing {
  readonly store: TrustStore
  /** Needed ones that the newest release of the line holds. */
  readonly mended: readonly Root[]
}

export default defineImageRule<Found>({
  id: 'missing-root',
  since: '0.1.0',
  scope: 'image',
  severity: 'warning',
  summary: 'A trust store lacks roots that servers need today',
  why: `
A trust store is a list of a certain day. Certification authorities that came later are not in it, and the day on which
a server moves to one of them is the day on which programs that read this store can't reach it any more: "unable to get
local issuer certificate", although the server is in perfect order.

Most roots that Mozilla trusts are needed by few. Some stand under services that nearly every image talks to: Let's
Encrypt's certificates, Amazon's, Google's and Microsoft's clouds. The message names the services that can't be reached
without the root; where another root of the store serves as well, because the servers send a cross certificate, it is
not missing.

The finding is a warning where such a root is missing and the newest release of the image's own line holds it; else it
is information: also for roots that Mozilla trusts and that no widely used service is known to need. The rule is silent
for stores that are somebody's own, such as a bundle with a company's roots alone.
`,
  examples: {
    bad: [
      {
        image: {
          distribution: { id: 'debian', version: '12' },
          stores: [
            {
              path: '/etc/ssl/certs/ca-certificates.crt',
              release: 'debian/ca-certificates 20230311',
              without: ['ISRG_Root_X1.crt'],
            },
          ],
        },
        at: '2026-08-16',
        severity: 'warning',
      },
      {
        image: {
          distribution: { id: 'alpine', version: '3.20.3' },
          stores: [{ path: '/etc/ssl/certs/ca-certificates.crt', release: 'alpine/base 3.20.3' }],
        },
        at: '2026-08-16',
        severity: 'info',
      },
    ],
    ok: [
      {
        image: {
          distribution: { id: 'debian', version: '12' },
          stores: [{ path: '/etc/ssl/certs/ca-certificates.crt', release: 'mozilla 2.70' }],
        },
        at: '2024-08-23',
      },
    ],
  },

  *check(model, { at }) {
    for (const store of model.stores) {
      if (!isPublicStore(model, store)) continue
      const { needed, others } = missingFrom(store.roots, at)
      if (needed.length === 0 && others.length === 0) continue
      const newest = new Set(newestOfLine(model, store)?.map(({ sha256 }) => sha256))
      const mended = needed.flatMap(({ root }) => (newest.has(root.sha256) ? [root] : []))
      const severity = mended.length > 0 ? 'warning' : 'info'
      const roots = [...needed.map(({ root }) => root), ...others]
      const evidence: Found = { location: placeOf(store), severity, store, needed, others, mended, roots }
      yield mended.length > 0 ? { ...evidence, because: mended } : evidence
    }
  },

  message({ store, needed, others, mended }) {
    const path = shorten(store.path)
    if (needed.length === 0) {
      const named = enumerate(others.map(({ name }) => shorten(name)))
      return `${path} lacks ${count(others.length, 'root')} that Mozilla trusts, none of them known to be needed by a widely used service: ${named}.`
    }
    const more = others.length === 0 ? '' : `, and ${count(others.length, 'other root')} that Mozilla trusts`
    const end =
      mended.length === 0
        ? '; no newer release of its line is known to bring what is needed'
        : `; the newest release of its line holds ${mended.length === needed.length ? (mended.length === 1 ? 'it' : 'them') : enumerate(mended.map(({ name }) => shorten(name)))}`
    return `${path} lacks ${enumerate(needed.map(whoNeeds), 2)}${more}${end}.`
  },

  remedy({ needed, mended }, model, { at }) {
    if (needed.length === 0) return []
    return [...newerBases(model, at), ...(mended.length > 0 ? [{ kind: 'upgrade-store' } as const] : [])]
  },
})

function whoNeeds({ root, services }: Lacking): string {
  return `${shorten(root.name)} (needed for ${services})`
}
