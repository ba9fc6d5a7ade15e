import type { Day, Instant } from '../model.ts'
import { once, readJson } from './load.ts'
import { allRoots } from './root-list.ts'
import type { KnownRoot, RootEvent } from './types.ts'

export type RootStatus = 'expired' | 'expiring' | 'removed' | 'cut' | 'distrusted'

/** A decision about a certification authority, made for a reason that was published. */
export interface Incident {
  readonly name: string
  readonly from: Day
  readonly reason: string
  readonly source: string
  readonly checked: Day
  /** Numbers of the roots that it touches. */
  readonly roots: readonly number[]
}

/** What is to be said of a root at a date; an absent field does not apply. */
export interface StatusAt {
  readonly status: readonly RootStatus[]
  /** The day on which Mozilla took it out. */
  readonly removedOn?: Day
  /** The day on which it lost trust for servers (and stayed in for other uses, or was removed later). */
  readonly cutOn?: Day
  /** Bugzilla number of the last of these events. */
  readonly bug?: number
  /** Certificates issued after this day are not trusted; those from before are. */
  readonly distrustAfter?: Day
  /** Why it is distrusted, where that was published. */
  readonly incident?: Incident
}

/**
 * The status of a root at an instant, by what had happened until then in Mozilla's program.
 * `removed` and `cut` say nothing of the reason; `distrusted` means that the data or a cited incident says so.
 * @param options.expiringWithin milliseconds; a root that ends within them is `expiring`
 */
export function statusAt(root: KnownRoot, at: Instant, options: { expiringWithin?: number } = {}): StatusAt {
  const status: RootStatus[] = []
  if (at > root.notAfter) status.push('expired')
  else if (options.expiringWithin !== undefined && root.notAfter <= at + options.expiringWithin) {
    status.push('expiring')
  }
  const life = lifeAt(root, at)
  if (life.removed) status.push('removed')
  else if (life.cut) status.push('cut')
  const incident = incidentOf(root, at)
  if (life.distrusted || life.distrustAfter !== undefined || incident) status.push('distrusted')
  return {
    status,
    ...(life.removed && { removedOn: life.removed.date }),
    ...(life.cut && { cutOn: life.cut.date }),
    ...bugOf(life.removed ?? life.cut ?? life.distrusted),
    ...(life.distrustAfter !== undefined && { distrustAfter: life.distrustAfter }),
    ...(incident && { incident }),
  }
}

/** The roots that Mozilla trusts for servers at an instant, expired ones included: it takes them out by hand. */
export function trustedByMozillaAt(at: Instant): readonly KnownRoot[] {
  // A run judges at one instant, and its rules ask this for every root of every store.
  if (latest?.at !== at) latest = { at, roots: allRoots().filter(root => lifeAt(root, at).trusted) }
  return latest.roots
}

let latest: { readonly at: Instant; readonly roots: readonly KnownRoot[] } | null = null

/** Published decisions, each with the roots that it touches. */
export function incidents(): readonly Incident[] {
  return readJson<Incident[]>('incidents.json')
}

interface Life {
  readonly trusted: boolean
  readonly removed: RootEvent | null
  readonly cut: RootEvent | null
  readonly distrusted: RootEvent | null
  readonly distrustAfter: Day | undefined
}

function lifeAt(root: KnownRoot, at: Instant): Life {
  let trusted = false
  let removed: RootEvent | null = null
  let cut: RootEvent | null = null
  let distrusted: RootEvent | null = null
  let distrustAfter: Day | undefined
  for (const event of root.events) {
    if (Date.parse(`${event.date}T00:00:00Z`) > at) break
    switch (event.change) {
      case 'added':
        trusted = event.trusted === true
        removed = null
        break
      case 'trusted':
        trusted = true
        cut = null
        distrusted = null
        break
      case 'no-server-trust':
        if (trusted) cut = event
        trusted = false
        break
      case 'distrusted':
        trusted = false
        distrusted = event
        break
      case 'distrust-after':
        distrustAfter = event.after
        break
      case 'removed':
        trusted = false
        removed = event
        break
    }
  }
  return { trusted, removed, cut, distrusted, distrustAfter }
}

function bugOf(event: RootEvent | null): { bug?: number } {
  return event?.bug === undefined ? {} : { bug: event.bug }
}

function incidentOf(root: KnownRoot, at: Instant): Incident | null {
  const byRoot = once('incidents by root', () => {
    const map = new Map<number, Incident>()
    for (const incident of incidents()) for (const index of incident.roots) map.set(index, incident)
    return map
  })
  const incident = byRoot.get(root.index)
  return incident && Date.parse(`${incident.from}T00:00:00Z`) <= at ? incident : null
}
