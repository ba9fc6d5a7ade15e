import { newestRelease } from '../src/knowledge/releases.ts'
import type { Package, Root, TrustStore } from '../src/model.ts'
import { isSame, worseThan } from '../src/questions/difference.ts'
import { isSystemStore, newestOfLine } from '../src/questions/line.ts'
import { placeOf } from '../src/questions/place.ts'
import { compareToPackage, storePackage } from '../src/questions/public-store.ts'
import { newerBases } from '../src/questions/successor.ts'
import { enumerate, rootAndEnd, shorten } from '../src/questions/words.ts'
import { defineImageRule, type Evidence } from '../src/rule.ts'

interface Stale extends Evidence {
  readonly store: TrustStore
  readonly installed: Package
  readonly newest: string
  readonly keeps: readonly Root[]
  readonly lacks: readonly Root[]
}

export default defineImageRule<Stale>({
  id: 'stale-ca-package',
  since: '0.1.0',
  scope: 'image',
  severity: 'warning',
  summary: 'The package of the trust store is older than the newest of its line, and it matters',
  why: `
Distributions bring new releases of their \`ca-certificates\` package to the releases that they still support. An image
takes what there was on the day it was built. When the package has since been mended, the image has to be built again,
without the old layer in the build's cache, or the package upgraded in it.

The rule fires where the installed package is older than the newest known one of the same line *and* the difference
matters: the store keeps a root that breaks chains, or a distrusted one that Mozilla has taken out, or lacks one that
widely used services need, and the newest package mends that. It is silent where the difference is of no consequence, where no
package database says what is installed, and where the line is not known.
`,
  examples: {
    bad: [
      {
        image: {
          distribution: { id: 'debian', version: '12' },
          stores: [
            { path: '/etc/ssl/certs/ca-certificates.crt', release: 'debian/ca-certificates 20230311' },
          ],
          packages: [{ name: 'ca-certificates', version: '20230311' }],
        },
        at: '2026-08-16',
        severity: 'warning',
      },
    ],
    ok: [
      {
        image: {
          distribution: { id: 'debian', version: '12' },
          stores: [
            { path: '/etc/ssl/certs/ca-certificates.crt', release: 'debian/ca-certificates 20230311' },
          ],
          packages: [{ name: 'ca-certificates', version: '20230311' }],
        },
        at: '2023-07-01',
      },
    ],
  },

  *check(model, { at }) {
    const { distribution } = model
    if (distribution === null) return
    const newest = newestRelease(distribution.id, distribution.version)
    if (newest === null) return
    const system = model.stores.filter(store => isSystemStore(model, store))
    const files = system.filter(({ format }) => format !== 'hashed-dir')
    // The folder beside the bundle is of the same package: once is enough.
    for (const store of files.length > 0 ? files : system) {
      const installed = storePackage(model, store)
      const offered = newestOfLine(model, store)
      if (installed === null || offered === null) continue
      if (compareToPackage(installed, newest.version) >= 0) continue
      const difference = worseThan(store.roots, offered, at)
      if (isSame(difference)) continue
      const roots = [...difference.keeps, ...difference.lacks]
      yield { location: placeOf(store), store, installed, newest: newest.version, ...difference, roots }
    }
  },

  message({ store, installed, newest, keeps, lacks }) {
    const kept = keeps.length === 0 ? '' : `takes out ${enumerate(keeps.map(rootAndEnd), 2)}`
    const brought =
      lacks.length === 0
        ? ''
        : `brings ${enumerate(
            lacks.map(({ name }) => shorten(name)),
            2,
          )}`
    const mends = [kept, brought].filter(part => part !== '').join(' and ')
    return `${shorten(store.path)} is of ${shorten(installed.name)} ${shorten(installed.version)}; ${newest}, the newest of its line, ${mends}.`
  },

  remedy(_, model, { at }) {
    return [{ kind: 'upgrade-store' }, ...newerBases(model, at)]
  },
})
