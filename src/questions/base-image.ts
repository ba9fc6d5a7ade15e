/** What rules ask of the image that a stage stands on. */
import { addDays, dayStart, daysBetween } from '../clock.ts'
import { type Successor, successor } from '../knowledge/base-images.ts'
import { lifecycle } from '../knowledge/lifecycles.ts'
import { newestRelease } from '../knowledge/releases.ts'
import { type Distribution, type Instant, isUnknown, type Location, type Root } from '../model.ts'
import { Recent } from '../recent.ts'
import type { Mend } from '../remedy/plan.ts'
import type { DockerfileModel, StoreOrigin, TracedStage, TracedStore } from '../trace/state.ts'
import { breakingOf, expiredOf, rootsOf, successorsOfExpired } from './roots.ts'

/** A tag that gets no new build for longer than this is stale. */
export const STALE_DAYS = 180

/** The stage whose FROM names the image that this stage finally stands on. */
export function baseStage(model: DockerfileModel, stage: TracedStage): TracedStage {
  let at = stage
  // A stage can only stand on an earlier one, so this ends.
  while (at.base.kind === 'stage' && at.base.index < at.index) {
    const below = model.stages[at.base.index]
    if (below === undefined) break
    at = below
  }
  return at
}

/** The reference as people would say it. */
export function baseName(stage: TracedStage): string {
  return stage.base.kind === 'image' || stage.base.kind === 'unknown'
    ? stage.base.reference
    : stage.reference.text
}

export interface LineEnd {
  /** `ended`: no updates for everybody any more; `lts`: its own team has handed it over (Debian). */
  readonly phase: 'ended' | 'lts'
  /** The last day of the phase before. */
  readonly since: string
  /** The last day of updates for everybody. */
  readonly endOfLife: string
}

/** Where a distribution release stands in its life; null where it gets its regular updates or nobody can tell. */
export function lineEnd(distribution: Distribution, at: Instant): LineEnd | null {
  const { endOfLife } = distribution
  if (endOfLife === null) return null
  if (isPast(endOfLife, at)) return { phase: 'ended', since: endOfLife, endOfLife }
  const life = distribution.version === null ? null : lifecycle(distribution.id, distribution.version)
  const standard = life?.standardEnd ?? null
  if (standard === null || standard === endOfLife || !isPast(standard, at)) return null
  return { phase: 'lts', since: standard, endOfLife }
}

/** Whether the whole of that last day is over. */
function isPast(lastDay: string, at: Instant): boolean {
  return at >= addDays(dayStart(lastDay), 1)
}

/** A store of the shipped stage that came with its base, and what its age means. */
export interface StaleStore {
  readonly store: TracedStore
  /** The day on which it stopped changing. */
  readonly frozen: string
  readonly days: number
  readonly roots: readonly Root[] | null
  readonly expired: readonly Root[]
  /** Breaking roots that the newest release of the line no longer holds. */
  readonly keeps: readonly Root[]
  /** Roots that a breaking root had cross-signed, that the newest release of the line holds and this store lacks. */
  readonly lacks: readonly Root[]
}

/** The first store of the shipped stage that is stale because its base is; null where none surely is. */
export function staleStore(model: DockerfileModel, at: Instant): StaleStore | null {
  const stage = model.final
  if (stage === null || isUnknown(stage.final.stores)) return null
  for (const store of stage.final.stores) {
    const frozen = frozenWithBase(store.origin)
    if (frozen === null || at < dayStart(frozen)) continue
    const days = daysBetween(dayStart(frozen), at)
    const roots = isUnknown(store.roots) ? null : store.roots
    const { keeps, lacks } = mendedByLine(roots, stage.distribution, at)
    if (days <= STALE_DAYS && keeps.length === 0 && lacks.length === 0) continue
    return { store, frozen, days, roots, expired: expiredOf(roots ?? [], at), keeps, lacks }
  }
  return null
}

/** The day on which a store that came with the base, edited or not, was frozen; null: rebuilt, or not from the base. */
function frozenWithBase(origin: StoreOrigin): string | null {
  if (origin.kind === 'base') return origin.frozen
  return origin.kind === 'edit' && origin.was !== null ? frozenWithBase(origin.was) : null
}

function mendedByLine(
  roots: readonly Root[] | null,
  distribution: Distribution | null,
  at: Instant,
): { keeps: Root[]; lacks: Root[] } {
  const newest =
    distribution === null || distribution.version === null
      ? null
      : newestRelease(distribution.id, distribution.version)
  const offered = newest === null ? null : rootsOf(newest)
  if (roots === null || offered === null) return { keeps: [], lacks: [] }
  const here = new Set(roots.map(({ sha256 }) => sha256))
  const there = new Set(offered.map(({ sha256 }) => sha256))
  const needed = successorsOfExpired(at)
  const keeps = breakingOf(roots, at).map(({ root }) => root)
  return {
    keeps: keeps.filter(({ sha256 }) => !there.has(sha256)),
    lacks: offered.filter(({ sha256 }) => needed.has(sha256) && !here.has(sha256)),
  }
}

/**
 * The newer base that knowledge has for the image under this stage, as a mend of its FROM: the same program in the same
 * variant; where that program has none, the successor of what its image stands on.
 */
export function successorMends(model: DockerfileModel, stage: TracedStage | null, at: Instant): Mend[] {
  if (stage === null) return []
  const from = baseStage(model, stage)
  const { line } = from.location
  if (from.base.kind !== 'image' || line === undefined) return []
  const { repo, tag, from: below } = from.base.image
  const to = newer(repo, tag, at)
  if (to !== null) return [{ kind: 'change-base', to, line }]
  const [, repoBelow, tagBelow] = /^([a-z0-9._-]+):([A-Za-z0-9_][A-Za-z0-9._-]*)$/.exec(below ?? '') ?? []
  const toBelow = repoBelow === undefined || tagBelow === undefined ? null : newer(repoBelow, tagBelow, at)
  if (toBelow === null) return []
  const note = `it follows ${below}, on which ${repo}:${tag} stands, and ${repo} itself must be installed there`
  return [{ kind: 'change-base', to: toBelow, line, note }]
}

/** Asked by several rules, and for the same few images of most Dockerfiles. */
const successors = new Recent<string, Successor>(500)

function successorOf(repo: string, tag: string, at: Instant): Successor {
  return successors.get(`${at} ${repo}:${tag}`, () => successor(repo, tag, at))
}

function newer(repo: string, tag: string, at: Instant): string | null {
  const next = successorOf(repo, tag, at).tag
  return next === null || next === tag ? null : `${repo}:${next}`
}

/** Why there is no newer base to take, as the end of a sentence; null where there is one. */
export function noSuccessor(stage: TracedStage, at: Instant): string | null {
  if (stage.base.kind !== 'image') return null
  const { repo, tag } = stage.base.image
  const next = successorOf(repo, tag, at)
  return next.tag === null ? next.why : null
}

/** Words by which a Dockerfile switches on updates that are paid for: Ubuntu's Pro, Debian's ELTS, Red Hat's subscriptions. */
const paidWords =
  /\b(?:pro|ua|ubuntu-advantage)\s+attach\b|esm\.ubuntu\.com|deb\.freexian\.com|subscription-manager\s+(?:register|attach)/

/** Does an instruction of this stage switch paid updates on? */
export function paidSupport(model: DockerfileModel, stage: TracedStage): boolean {
  const lines = model.text.split('\n')
  return stage.instructions.some(({ keyword, location: { line, endLine } }) => {
    if (line === undefined || (keyword !== 'RUN' && keyword !== 'COPY' && keyword !== 'ADD')) return false
    const text = lines.slice(line - 1, endLine ?? line).filter(part => !/^\s*#/.test(part))
    return paidWords.test(text.join('\n'))
  })
}

/** Where a store first came into the stage that is built: the FROM of its base, or the instruction that brought it. */
export function bringsStore(model: DockerfileModel, store: TracedStore): Location | null {
  if (model.final === null) return null
  const origin = firstOrigin(store.origin)
  if (origin.kind === 'base') return baseStage(model, model.final).location
  const instructions = model.stages.flatMap(({ instructions }) => instructions)
  return instructions.find(({ location }) => location.line === origin.line)?.location ?? null
}

function firstOrigin(origin: StoreOrigin): StoreOrigin {
  return origin.kind === 'edit' && origin.was !== null ? firstOrigin(origin.was) : origin
}
