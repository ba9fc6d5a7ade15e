/** What changes for one target, and when: read from its roots, its distribution and its base. */
import { addDays, dayStart, formatDay } from '../clock.ts'
import { lookupImage } from '../knowledge/base-images.ts'
import { lifecycle } from '../knowledge/lifecycles.ts'
import { neededRoots, rootByFingerprint } from '../knowledge/roots.ts'
import { knowledgeDate, partAsOf } from '../knowledge/status.ts'
import type { KnownRoot } from '../knowledge/types.ts'
import { type Day, type Distribution, type ImageModel, type Instant, isUnknown, type Root } from '../model.ts'
import { STALE_DAYS } from '../questions/base-image.ts'
import { distributionName, shorten } from '../questions/words.ts'
import type { DockerfileModel, StoreOrigin } from '../trace/state.ts'
import type { ForecastKind } from './report.ts'

/** One change of one target. */
export interface Change {
  readonly day: Day
  /** The first instant at which it counts. */
  readonly instant: Instant
  readonly kind: ForecastKind
  readonly name: string
  readonly sha256?: string
  readonly summary: string
  readonly asKnownOn: Day | null
  readonly stores: readonly string[]
}

/** A store whose roots are known. */
export interface KnownStore {
  readonly path: string
  readonly roots: readonly Root[]
}

export function knownStores(model: DockerfileModel | ImageModel): KnownStore[] {
  if (model.kind !== 'dockerfile') return model.stores.map(({ path, roots }) => ({ path, roots }))
  const stores = model.final?.final.stores
  if (stores === undefined || isUnknown(stores)) return []
  return stores.flatMap(({ path, roots }) => (isUnknown(roots) ? [] : [{ path, roots }]))
}

/** All changes after an instant and up to another, in no order. */
export function changesOf(
  model: DockerfileModel | ImageModel,
  { at, until }: { readonly at: Instant; readonly until: Instant },
): Change[] {
  const stores = knownStores(model)
  const distribution = model.kind === 'dockerfile' ? (model.final?.distribution ?? null) : model.distribution
  return [
    ...rootChanges(stores),
    ...(model.kind === 'dockerfile' ? certificateEnds(model) : []),
    ...neededChanges(stores),
    ...lifeChanges(distribution),
    ...baseChanges(frozenDays(model)),
  ].filter(({ instant }) => instant > at && instant <= until)
}

/** What rests on facts that may still be revised is said with the day up to which they are known. */
function asKnownOn(part: string, day: Day): Day | null {
  const asOf = partAsOf(part)
  return day > knowledgeDate() || day > asOf ? asOf : null
}

function rootChanges(stores: readonly KnownStore[]): Change[] {
  const held = new Map<string, { readonly root: Root; readonly paths: string[] }>()
  for (const { path, roots } of stores) {
    for (const root of roots) {
      const entry = held.get(root.sha256)
      if (entry === undefined) held.set(root.sha256, { root, paths: [path] })
      else entry.paths.push(path)
    }
  }
  return [...held.values()].flatMap(({ root, paths }) => {
    const known = rootByFingerprint(root.sha256)
    const of = { name: shorten(root.name), sha256: root.sha256, stores: paths }
    return [expiry(root, 'root-expires', of), ...(known === null ? [] : programChanges(known, of))]
  })
}

type Subject = Pick<Change, 'name' | 'stores'> & { readonly sha256: string }

function expiry(root: Root, kind: 'root-expires' | 'certificate-expires', of: Subject): Change {
  return {
    ...of,
    day: formatDay(root.notAfter),
    // A certificate is valid up to and including notAfter, to the second.
    instant: root.notAfter + 1000,
    kind,
    summary: `${of.name} expires`,
    asKnownOn: null,
  }
}

function programChanges({ events }: KnownRoot, of: Subject): Change[] {
  return events.flatMap(({ date, change, after, bug }): Change[] => {
    const told = (kind: ForecastKind, day: Day, instant: Instant, what: string): Change[] => [
      {
        ...of,
        day,
        instant,
        kind,
        summary: `${of.name} ${what}${bug === undefined ? '' : ` (bug ${bug})`}`,
        asKnownOn: asKnownOn('roots', day),
      },
    ]
    switch (change) {
      case 'removed':
        return told('root-removed', date, dayStart(date), "leaves Mozilla's program")
      case 'no-server-trust':
        return told('root-distrusted', date, dayStart(date), "loses Mozilla's trust for servers")
      case 'distrusted':
        return told('root-distrusted', date, dayStart(date), 'is distrusted by Mozilla')
      case 'distrust-after': {
        if (after === undefined) return []
        const what = 'is trusted by Mozilla for no certificate issued later'
        return told('root-distrusted', after, addDays(dayStart(after), 1), what)
      }
      default:
        return []
    }
  })
}

/** Certificates that the Dockerfile makes anchors of, where they lie in the build context. */
function certificateEnds({ final }: DockerfileModel): Change[] {
  return (final?.end.anchors ?? []).flatMap(({ path, file }) =>
    isUnknown(file)
      ? []
      : file.certificates.map(root =>
          expiry(root, 'certificate-expires', {
            name: shorten(root.name),
            sha256: root.sha256,
            stores: [path],
          }),
        ),
  )
}

function neededChanges(stores: readonly KnownStore[]): Change[] {
  return neededRoots().flatMap(({ sha256, name, services, from }) => {
    const paths = stores
      .filter(({ roots }) => roots.length > 0 && !roots.some(root => root.sha256 === sha256))
      .map(({ path }) => path)
    if (paths.length === 0) return []
    return [
      {
        day: from,
        instant: dayStart(from),
        kind: 'root-needed' as const,
        name,
        sha256,
        summary: `${name} is needed for ${services}, and is not there`,
        asKnownOn: asKnownOn('needed-roots', from),
        stores: paths,
      },
    ]
  })
}

function lifeChanges(distribution: Distribution | null): Change[] {
  if (distribution === null || distribution.endOfLife === null) return []
  const { id, version, endOfLife } = distribution
  const name = distributionName(distribution)
  const last = (kind: ForecastKind, day: Day, summary: string): Change => ({
    day,
    instant: addDays(dayStart(day), 1),
    kind,
    name,
    summary,
    asKnownOn: asKnownOn('lifecycles', day),
    stores: [],
  })
  const standard = version === null ? null : (lifecycle(id, version)?.standardEnd ?? null)
  return [
    last('end-of-life', endOfLife, `${name} gets its last updates`),
    ...(standard === null || standard === endOfLife
      ? []
      : [
          last(
            'standard-support-ends',
            standard,
            `the own team of ${name} gives its last updates; LTS goes on`,
          ),
        ]),
  ]
}

interface Frozen {
  readonly name: string
  readonly day: Day
  readonly stores: readonly string[]
}

/** The bases whose stores are still in the target, and the days on which those got their last build. */
function frozenDays(model: DockerfileModel | ImageModel): Frozen[] {
  if (model.kind === 'dockerfile') {
    const stores = model.final?.final.stores
    if (stores === undefined || isUnknown(stores)) return []
    return stores.flatMap(({ origin, path }) => {
      const base = baseOf(origin)
      return base?.frozen ? [{ name: base.reference, day: base.frozen, stores: [path] }] : []
    })
  }
  if (model.reference === null || model.reference.includes('@')) return []
  const image = lookupImage(model.reference)
  if (isUnknown(image)) return []
  const [day] = [image.until, image.baseUntil].filter(each => each !== null).sort()
  return day === undefined
    ? []
    : [{ name: `${image.repo}:${image.tag}`, day, stores: model.stores.map(({ path }) => path) }]
}

function baseOf(origin: StoreOrigin): (StoreOrigin & { kind: 'base' }) | null {
  if (origin.kind === 'base') return origin
  return origin.kind === 'edit' && origin.was !== null ? baseOf(origin.was) : null
}

function baseChanges(frozen: readonly Frozen[]): Change[] {
  return frozen.flatMap(({ name, day, stores }) => {
    const stale = formatDay(addDays(dayStart(day), STALE_DAYS + 1))
    const known = { name: shorten(name), stores }
    return [
      {
        ...known,
        day,
        instant: dayStart(day),
        kind: 'base-frozen' as const,
        summary: `${known.name} gets its last build`,
        asKnownOn: asKnownOn('base-images', day),
      },
      {
        ...known,
        day: stale,
        instant: dayStart(stale),
        kind: 'base-stale' as const,
        summary: `${known.name} has had no build for more than ${STALE_DAYS} days`,
        asKnownOn: asKnownOn('base-images', stale),
      },
    ]
  })
}
