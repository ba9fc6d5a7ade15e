/** The roots of all stores. Images share them: each distinct set stands once in the page, and stores point at it. */
import type { Report, ReportRoot, ReportStore } from '../report.ts'
import { type Html, html } from './markup.ts'
import { allStores, compare, count, day } from './words.ts'

export interface RootSet {
  readonly id: string
  readonly roots: readonly ReportRoot[]
  /** What it is called: the known release that it is or is near to. */
  readonly label: string
  stores: number
}

/** Distinct sets by the stores that hold them. */
export function rootSets(report: Report): ReadonlyMap<ReportStore, RootSet> {
  const byKey = new Map<string, RootSet>()
  const result = new Map<ReportStore, RootSet>()
  for (const store of report.targets.flatMap(allStores)) {
    if (store.roots.length === 0) continue
    const own = store.roots.map(root => ({ ...root, added: addedBy(root, store) }))
    const key = JSON.stringify(own.map(({ sha256, added }) => [sha256, added]).sort())
    const set = byKey.get(key) ?? {
      id: `roots-${byKey.size}`,
      roots: store.roots,
      label: labelOf(store),
      stores: 0,
    }
    set.stores++
    byKey.set(key, set)
    result.set(store, set)
  }
  return result
}

/** The layer of a root where it is not that of its store. */
function addedBy(root: ReportRoot, store: ReportStore): number | null {
  return root.layer === undefined || root.layer === store.layer ? null : root.layer
}

export function labelOf({ release, match }: ReportStore): string {
  if (release === null) return 'release unknown'
  return match === 'exact' ? release : `nearest to ${release}`
}

export function renderRootSets(sets: ReadonlyMap<ReportStore, RootSet>, at: string): Html {
  return html`${[...new Set(sets.values())].map(set => renderSet(set, at))}`
}

function renderSet({ id, roots, label, stores }: RootSet, at: string): Html {
  const sorted = roots.toSorted(
    (a, b) => compare(a.notAfter, b.notAfter) || compare(a.name, b.name) || compare(a.sha256, b.sha256),
  )
  return html`<details class="set" id="${id}"><summary><b>${count(roots.length, 'root')}</b> ${label} <span class="quiet">in ${count(stores, 'store')}</span></summary>
<ol class="rootlist">${sorted.map(root => renderRoot(root, at))}</ol></details>
`
}

function renderRoot(
  { sha256, name, notBefore, notAfter, status, subject, layer }: ReportRoot,
  at: string,
): Html {
  const words = status.length > 0 ? status.map(one => html` <em class="tag ${one}">${one}</em>`) : null
  return html`<li><b>${name}</b>${words}<span class="life">${day(notBefore)} – ${day(notAfter)}${notAfter <= at ? ', ended' : ''}${layer === undefined ? '' : `, layer ${layer}`}</span><code>${sha256}</code>${subject === undefined ? null : html`<span class="subject">${subject}</span>`}</li>
`
}
