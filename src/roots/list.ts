import { formatInstant } from '../clock.ts'
import type { RootListOptions } from '../index.ts'
import { allRoots } from '../knowledge/roots.ts'
import { knowledgeDate } from '../knowledge/status.ts'
import { type Instant, isUnknown } from '../model.ts'
import { DEFAULT_EXPIRING_WITHIN } from '../options.ts'
import { version } from '../version.ts'
import { type ListSettings, listedRoots } from './listed.ts'
import type { ListedRoot, RootList, RootListStore, RootListTarget, RootsReport } from './report.ts'
import { type StoreOfTarget, storesOf } from './stores.ts'

/** The head that all reports about roots share. */
export function rootsHead(at: Instant): Pick<RootsReport, 'version' | 'at' | 'tool'> {
  return {
    version: 1,
    at: formatInstant(at),
    tool: { name: 'imgtrust', version, knowledge: knowledgeDate() },
  }
}

/** The roots of the targets' stores; without a target, all that the built-in facts hold. */
export async function listRoots(
  targets: readonly string[],
  options: RootListOptions & { readonly at: Instant },
): Promise<RootList> {
  const { at, expiringWithin = DEFAULT_EXPIRING_WITHIN, status } = options
  const settings = { at, expiringWithin }
  const wanted = (root: ListedRoot) =>
    status === undefined ||
    status.some(each => (each === 'unknown' ? !root.known : root.status.includes(each)))
  const filtered = (store: RootListStore) => ({ ...store, roots: store.roots.filter(wanted) })
  const listed: RootListTarget[] = []
  if (targets.length === 0) {
    const all = { path: null, aliases: [], release: null, match: 'unknown' as const, roots: allRoots() }
    listed.push({ target: null, stores: [filtered(listedStore(all, settings))], error: null })
  }
  for await (const { target, stores, error } of storesOf(targets, options)) {
    const shown = stores.map(store => filtered(listedStore(store, settings)))
    listed.push({ target, stores: shown, error })
  }
  return { ...rootsHead(at), kind: 'list', targets: listed }
}

function listedStore(store: StoreOfTarget, settings: ListSettings): RootListStore {
  const { path, aliases, release, match, roots } = store
  return {
    path,
    aliases: [...aliases],
    release,
    match,
    roots: isUnknown(roots) ? [] : listedRoots(roots, settings),
    unknown: isUnknown(roots) ? roots.unknown : null,
  }
}
