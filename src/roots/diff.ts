import { JobError } from '../errors.ts'
import type { RootDiffOptions } from '../index.ts'
import { storeLayouts } from '../knowledge/store-layouts.ts'
import { type Instant, isUnknown } from '../model.ts'
import { DEFAULT_EXPIRING_WITHIN } from '../options.ts'
import { rootsHead } from './list.ts'
import { type ListSettings, listedRoots } from './listed.ts'
import type { ComparedStore, RootDifference, StorePair } from './report.ts'
import { type StoreOfTarget, storesOfOne, type TargetStores } from './stores.ts'

/**
 * What differs between the stores of two targets.
 * @throws JobError where a target can't be read, its roots can't be told, or no two stores of them belong together
 */
export async function diffRoots(
  a: string,
  b: string,
  options: RootDiffOptions & { readonly at: Instant },
): Promise<RootDifference> {
  const { at, expiringWithin = DEFAULT_EXPIRING_WITHIN, store } = options
  const [left, right] = [
    chosen(await storesOfOne(a, options), store),
    chosen(await storesOfOne(b, options), store),
  ]
  const pairs = pairsOf(left.stores, right.stores)
  if (
    pairs.length === 0 &&
    left.stores.length + right.stores.length > 0 &&
    left.stores.length * right.stores.length > 0
  )
    throw new JobError(
      'usage',
      `no store of ${a} belongs to one of ${b} (${paths(left)} and ${paths(right)}); name one path with --store`,
    )
  const compared = pairs.map(([one, other]) => pairOf(one, other, { at, expiringWithin }, [a, b]))
  const unpaired = ({ stores }: TargetStores, side: 0 | 1) =>
    stores.filter(each => !pairs.some(pair => pair[side] === each)).map(({ path }) => path ?? '')
  const sides = [unpaired(left, 0), unpaired(right, 1)] as const
  return {
    ...rootsHead(at),
    kind: 'diff',
    a: { target: a, unpaired: sides[0] },
    b: { target: b, unpaired: sides[1] },
    pairs: compared,
    same:
      sides[0].length + sides[1].length === 0 &&
      compared.every(({ onlyA, onlyB }) => onlyA.length + onlyB.length === 0),
  }
}

/** The store of a path, by its real path or by a link that leads to it; all where none was named. */
function chosen(target: TargetStores, path: string | undefined): TargetStores {
  if (path === undefined || target.stores.every(store => store.path === null)) return target
  const stores = target.stores.filter(store => store.path === path || store.aliases.includes(path))
  if (stores.length === 0)
    throw new JobError('not-found', `${target.target}: has no store ${path}; it has ${paths(target)}`)
  return { ...target, stores }
}

function paths({ stores }: TargetStores): string {
  return stores.length === 0 ? 'none' : stores.map(({ path, release }) => path ?? release).join(', ')
}

type Pair = readonly [StoreOfTarget, StoreOfTarget]

/** First those that are found under one path, then the system's own stores, then the only ones that are left. */
function pairsOf(left: readonly StoreOfTarget[], right: readonly StoreOfTarget[]): Pair[] {
  const pairs: Pair[] = []
  const rest = (side: 0 | 1) =>
    (side === 0 ? left : right).filter(store => !pairs.some(pair => pair[side] === store))
  const take = (fits: (a: StoreOfTarget, b: StoreOfTarget) => boolean) => {
    for (const one of rest(0)) {
      const other = rest(1).find(each => fits(one, each))
      if (other !== undefined) pairs.push([one, other])
    }
  }
  take((a, b) => a.path !== null && a.path === b.path)
  take((a, b) => namesOf(a).some(path => namesOf(b).includes(path)))
  take((a, b) => isSystems(a) && isSystems(b))
  if (rest(0).length === 1 && rest(1).length === 1) take(() => true)
  return pairs
}

function namesOf({ path, aliases }: StoreOfTarget): readonly string[] {
  return path === null ? [] : [path, ...aliases]
}

function isSystems(store: StoreOfTarget): boolean {
  return (
    store.path === null ||
    storeLayouts().some(({ bundle, aliases }) =>
      namesOf(store).some(path => path === bundle || aliases.includes(path)),
    )
  )
}

function pairOf(
  one: StoreOfTarget,
  other: StoreOfTarget,
  settings: ListSettings,
  [a, b]: readonly [string, string],
): StorePair {
  const [left, right] = [rootsOf(one, a), rootsOf(other, b)]
  const [inA, inB] = [left, right].map(list => new Set(list.map(({ sha256 }) => sha256)))
  return {
    a: compared(one, left.length),
    b: compared(other, right.length),
    onlyA: listedRoots(
      left.filter(root => !inB!.has(root.sha256)),
      settings,
    ),
    onlyB: listedRoots(
      right.filter(root => !inA!.has(root.sha256)),
      settings,
    ),
    both: [...inA!].filter(sha256 => inB!.has(sha256)).length,
  }
}

function rootsOf({ path, roots }: StoreOfTarget, target: string) {
  if (isUnknown(roots))
    throw new JobError(
      'unsupported',
      `${target}: the roots of ${path ?? 'it'} can't be told: ${roots.unknown}`,
    )
  return roots
}

function compared({ path, release, match }: StoreOfTarget, count: number): ComparedStore {
  return { path, release, match, count }
}
