import type { ImageModel, Instant, Root, TrustStore } from '../src/model.ts'
import { isSame, worseThan } from '../src/questions/difference.ts'
import { newestOfLine } from '../src/questions/line.ts'
import { placeOf } from '../src/questions/place.ts'
import { isPublicStore } from '../src/questions/public-store.ts'
import { byEnd } from '../src/questions/roots.ts'
import { newerBases } from '../src/questions/successor.ts'
import { enumerate, rootAndEnd, shorten } from '../src/questions/words.ts'
import { defineImageRule, type Evidence } from '../src/rule.ts'

interface Inconsistent extends Evidence {
  readonly store: TrustStore
  /** Paths of stores of the same image that are better. */
  readonly better: readonly string[]
  readonly keeps: readonly Root[]
  readonly lacks: readonly Root[]
  /** Does the newest release of the line mend any of it? */
  readonly mended: readonly Root[]
}

export default defineImageRule<Inconsistent>({
  id: 'inconsistent-stores',
  since: '0.1.0',
  scope: 'image',
  severity: 'warning',
  summary: 'Of two trust stores in one image one is mended and another is not',
  why: `
An image often holds several trust stores: the distribution's, OpenSSL's own \`cert.pem\`, one inside a Python package,
one for Java. When one of them is brought up to date and another is forgotten, \`curl\` reaches a server that an
application beside it refuses, or the other way round, and both are right by their own store.

The rule compares the stores in what matters: expired roots that break chains, distrusted roots that Mozilla has taken
out, and roots that widely used services need. It fires at the store that is worse. The finding is a warning where
the newest release of the image's own line mends that store, else information. It is silent where stores differ by
nature (a program's own list, a company's bundle) and are equal in what matters.
`,
  examples: {
    bad: [
      {
        image: {
          distribution: { id: 'alpine', version: '3.11.13' },
          stores: [
            { path: '/etc/ssl/cert.pem', release: 'alpine/base 3.9.6' },
            { path: '/etc/ssl/certs/ca-certificates.crt', release: 'alpine/base 3.20.3' },
          ],
        },
        at: '2021-10-01',
        severity: 'warning',
      },
    ],
    ok: [
      {
        image: {
          distribution: { id: 'alpine', version: '3.20.3' },
          stores: [
            { path: '/etc/ssl/certs/ca-certificates.crt', release: 'alpine/base 3.20.3' },
            { path: '/usr/lib/python3/site-packages/certifi/cacert.pem', release: 'certifi 2024.7.4' },
          ],
        },
        at: '2024-09-06',
      },
    ],
  },

  *check(model, { at }) {
    const stores = model.stores.filter(store => isPublicStore(model, store))
    for (const store of stores) {
      const found = compared(store, stores, model, at)
      if (found !== null) yield found
    }
  },

  message({ store, better, keeps, lacks, mended }) {
    const kept = keeps.length === 0 ? '' : `still holds ${enumerate(keeps.map(rootAndEnd), 2)}`
    const lacked =
      lacks.length === 0
        ? ''
        : `lacks ${enumerate(
            lacks.map(({ name }) => shorten(name)),
            2,
          )}`
    const what = [kept, lacked].filter(part => part !== '').join(' and ')
    const end = mended.length > 0 ? '' : '; no newer release of its line mends it'
    return `${shorten(store.path)} ${what}, unlike ${enumerate(
      better.map(path => shorten(path)),
      2,
    )} in the same image${end}.`
  },

  remedy({ mended }, model, { at }) {
    return [...newerBases(model, at), ...(mended.length > 0 ? [{ kind: 'upgrade-store' } as const] : [])]
  },
})

function compared(
  store: TrustStore,
  stores: readonly TrustStore[],
  model: ImageModel,
  at: Instant,
): Inconsistent | null {
  const differences = stores
    .filter(other => other !== store)
    .map(other => ({ path: other.path, ...worseThan(store.roots, other.roots, at) }))
    .filter(difference => !isSame(difference))
  if (differences.length === 0) return null
  const keeps = distinct(differences.flatMap(difference => difference.keeps))
  const lacks = distinct(differences.flatMap(difference => difference.lacks))
  const roots = [...keeps, ...lacks]
  const newest = newestOfLine(model, store)
  const offered = newest === null ? null : worseThan(store.roots, newest, at)
  const mendable = new Set([...(offered?.keeps ?? []), ...(offered?.lacks ?? [])].map(({ sha256 }) => sha256))
  const mended = roots.filter(({ sha256 }) => mendable.has(sha256))
  return {
    location: placeOf(store),
    severity: mended.length > 0 ? 'warning' : 'info',
    store,
    better: differences.map(({ path }) => path).sort(),
    keeps,
    lacks,
    mended,
    roots,
    ...(mended.length > 0 ? { because: mended } : {}),
  }
}

function distinct(roots: readonly Root[]): Root[] {
  return byEnd([...new Map(roots.map(root => [root.sha256, root])).values()])
}
