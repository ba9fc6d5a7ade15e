/** What the root filesystems of distributions hold, which no Dockerfile tells. */
import { factsId, lineOf } from '../../../src/knowledge/distributions.ts'
import { lifecyclesOf } from '../../../src/knowledge/lifecycles.ts'
import { hasOwnStore } from '../../../src/knowledge/served.ts'
import { storeLayout } from '../../../src/knowledge/store-layouts.ts'
import type { Day } from '../../../src/model.ts'
import type { CuratedRow } from './curated.ts'
import type { Ground } from './resolver.ts'
import type { Distribution, Seen, SeenStore } from './seen.ts'

/** The distribution of a tag, as the facts have it. */
export type OsOf = (repo: string, tag: string) => Distribution | null

const floating =
  /^(latest|stable|oldstable|oldoldstable|testing|rolling|devel|edge|rawhide|base|base-devel|minimal)(-(?!\d{8})|$)/

export function groundOf(rows: readonly CuratedRow[], osOf: OsOf): Ground {
  const repos = new Set(rows.map(row => row.repo))
  return (repo, entry, tag, day) => {
    if (!repos.has(repo)) return null
    // A name that moves says the least of all names of its image.
    const name = [tag, ...entry.tags].find(one => !floating.test(one)) ?? tag
    const row = rows.find(
      one => one.repo === repo && (one.tags === undefined || new RegExp(`^(?:${one.tags})$`).test(name)),
    )
    if (!row) return null
    const distribution = distributionOf(repo, name, day, osOf)
    const exact = entry.tags.find(one => /^\d+\.\d+\.\d+$/.test(one))
    const store = storeOf(row, distribution, exact)
    const unknown = { unknown: `how the distribution of ${repo}:${tag} keeps its trust store is not known` }
    return {
      distribution,
      stores: store ?? unknown,
      tool: store === null ? unknown : (row.tool ?? row.store === 'package'),
      packages: row.packages,
      env: {},
      user: null,
      keystores: [],
      frozen: null,
      from: null,
    } satisfies Seen
  }
}

function distributionOf(repo: string, name: string, day: Day | null, osOf: OsOf): Distribution | null {
  const known = osOf(repo, name)
  if (!floating.test(name) || day === null) return known
  const id = known?.id ?? factsId(repo)
  // `stable` was another release on that day.
  const word = /^(stable|oldstable|oldoldstable)/.exec(name)?.[1]
  if (id !== 'debian' || word === undefined) return { id, version: null }
  const released = lifecyclesOf('debian')
    .filter(one => one.released <= day)
    .sort((a, b) => (a.released < b.released ? 1 : -1))
  return { id, version: released[['stable', 'oldstable', 'oldoldstable'].indexOf(word)]?.version ?? null }
}

function storeOf(
  row: CuratedRow,
  distribution: Distribution | null,
  exact: string | undefined,
): SeenStore[] | null {
  if (row.store === 'none') return []
  const id = distribution?.id ?? factsId(row.repo)
  const layout = storeLayout(id)
  if (!layout) return null
  const { bundle, aliases } = layout
  if (row.store === 'package') return [{ path: bundle, aliases, how: 'package', distribution, day: null }]
  const line = lineOf('alpine', distribution?.version ?? null)
  if (line === null) return null
  if (!hasOwnStore(line)) return []
  const plain = /^3\.([7-9]|1[01])$/.test(line)
  return [
    {
      path: plain ? '/etc/ssl/cert.pem' : bundle,
      aliases: plain ? [] : ['/etc/ssl/cert.pem'],
      how: 'base',
      distribution: exact === undefined ? distribution : { id: 'alpine', version: exact },
      day: null,
    },
  ]
}
