/** Dockerfiles that are not at hand, told by those of the same variant before and after them. */
import type { Day } from '../../../src/model.ts'
import type { Contents, ContentsRow } from './contents.ts'
import type { Group } from './curated.ts'
import type { TracedGroup } from './index.ts'
import { cleanDir } from './library.ts'

/** How far off a sibling may have been dropped, in days, and how many must agree. */
const nearby = 730
const fewest = 2

/**
 * What a group's Dockerfile did, where it could not be read, is what those of its variant did: the same repository and
 * distribution, and a folder that differs in versions and code names alone. All that are near must agree.
 */
export function likeSiblings(groups: readonly Group[], traced: readonly TracedGroup[]): TracedGroup[] {
  const variants = new Map<string, number[]>()
  for (const [index, group] of groups.entries()) {
    const key = variantOf(group)
    const list = variants.get(key) ?? []
    list.push(index)
    variants.set(key, list)
  }
  return traced.map((one, index) => {
    const group = groups[index]!
    if (!unread(one) || group.os === null || !storeBearing(group.os.id)) return one
    const contents = sibling(index, variants.get(variantOf(group))!, groups, traced)
    return contents ? { contents, means: 'sibling' } : one
  })
}

/** @returns null where too few are near, or they differ */
export function sibling(
  index: number,
  variant: readonly number[],
  groups: readonly Group[],
  traced: readonly TracedGroup[],
): Contents | null {
  const group = groups[index]!
  const near = variant.filter(
    other => other !== index && !unread(traced[other]!) && apart(groups[other]!.until, group.until) <= nearby,
  )
  // One series of tags that share a Dockerfile is one witness.
  const witnesses = new Set(near.map(other => groups[other]!.commit))
  const shapes = new Set(near.map(other => shapeOf(traced[other]!.contents.row)))
  if (witnesses.size < fewest || shapes.size !== 1) return null
  const nearest = near.reduce((a, b) =>
    apart(groups[b]!.until, group.until) < apart(groups[a]!.until, group.until) ? b : a,
  )
  const { row, place } = traced[nearest]!.contents
  if (!row.s) return null
  const { os, until, baseUntil } = group
  const own = (how: string, id: string): boolean => how !== 'other' && id === os?.id
  if (!row.s.every(([, , how, id]) => own(how, id))) return null
  const version = os?.version ?? ''
  const rows = near.map(other => traced[other]!.contents.row)
  return {
    row: {
      ...common(rows, row),
      s: row.s.map(([path, aliases, how, id]) => [path, aliases, how, id, version] as const),
    },
    days: row.s.map(() => earlierOf(until, baseUntil ?? null)),
    place: place.length === 3 ? [`as ${place[0]}@${place[1]} ${place[2]}`] : place,
    os: null,
    from: null,
    frozen: null,
  }
}

/** Beside the stores, what all of them have alike. */
function common(rows: readonly ContentsRow[], row: ContentsRow): ContentsRow {
  const alike = Object.entries(row).filter(([key, value]) =>
    rows.every(other => JSON.stringify(other[key as keyof ContentsRow]) === JSON.stringify(value)),
  )
  return Object.fromEntries(alike)
}

function unread({ contents }: TracedGroup): boolean {
  return contents.row.w?.includes('could not be read') === true
}

/** Where the line of a release decides where the bundle lies, a sibling of another line tells nothing. */
function variantOf({ repo, os, dir }: Group): string {
  const line = os?.id === 'alpine' ? String(Number(/^3\.(\d+)/.exec(os.version ?? '')?.[1] ?? 99) >= 12) : ''
  const variant = cleanDir(dir)
    .replace(
      /\b(wheezy|jessie|stretch|buster|bullseye|bookworm|trixie|forky|trusty|xenial|bionic|focal|jammy|noble|resolute)\b/g,
      '@',
    )
    .replace(/\d+(?:[.u]\d+)*/g, '#')
  return `${repo} ${os?.id ?? ''} ${line} ${variant}`
}

function storeBearing(id: string): boolean {
  return id !== 'windows' && id !== 'scratch'
}

/** What matters of it: where the stores lie and what brought them, and the tool; not which version. */
function shapeOf(row: ContentsRow): string {
  return row.s
    ? JSON.stringify([row.s.map(([path, aliases, how, id]) => [path, aliases, how, id]), row.t ?? null])
    : 'unknown'
}

function apart(a: Day | null, b: Day | null): number {
  const [left, right] = [a ?? '2026-08-21', b ?? '2026-08-21'].map(day => Date.parse(day) / 86_400_000)
  return Math.abs(left! - right!)
}

function earlierOf(a: Day | null, b: Day | null): Day | null {
  if (a === null || b === null) return a ?? b
  return a < b ? a : b
}
