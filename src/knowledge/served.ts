import type { Day } from '../model.ts'
import { factsId, lineOf, rebuildsRhel } from './distributions.ts'
import { isNumeric } from './is-numeric.ts'
import { lifecycle } from './lifecycles.ts'
import { releaseById, releasesOf, type ServedRow, servedRows } from './release-list.ts'
import type { Release } from './types.ts'
import { compareApk, compareDebian, compareRpm } from './versions.ts'

/**
 * The release that an install of the distribution's package got on a day.
 *
 * Between the days on which a version can first have come and surely had come, two versions are possible: then the
 * answer is null, unless both hold the same roots (then it is the newer of them).
 * @param distribution its os-release id, or the word of the official images
 * @param version the whole version or its line, or a codename
 * @param day null: the newest known
 */
export function servedOn(distribution: string, version: string | null, day: Day | null): Release | null {
  const rows = rowsOf(distribution, version)
  if (day === null) return releaseOf(rows.at(-1))
  let sure = -1
  rows.forEach((row, index) => {
    if (row[2] !== null && row[2] <= day) sure = index
  })
  const possible = rows.filter((row, index) => index > sure && (row[1] === null || row[1] <= day))
  const certain = releaseOf(rows[sure])
  if (possible.length === 0) return certain
  const candidates = [...(certain ? [certain] : []), ...possible.map(releaseOf)]
  if (sure < 0 && rows[0] !== possible[0]) return null
  const [first] = candidates
  const same = candidates.every(release => release !== null && sameRoots(release.roots, first?.roots ?? null))
  // Without any version that was surely there, an older one that nobody wrote down is possible as well.
  return same && (sure >= 0 || rows.length === possible.length) ? candidates.at(-1)! : null
}

/** What a line's archive is known to have served, the oldest first: release, came not before, surely had come by. */
export function servedSteps(
  distribution: string,
  line: string,
): readonly { readonly release: Release; readonly from: Day | null; readonly by: Day | null }[] {
  return rowsOf(distribution, line).flatMap(row => {
    const release = releaseOf(row)
    return release === null ? [] : [{ release, from: row[1], by: row[2] }]
  })
}

/** The newest release that the line's public archive is known to serve. */
export function newestRelease(distribution: string, version: string | null): Release | null {
  return servedOn(distribution, version, null)
}

/**
 * The release of the store that comes with Alpine's own base image: read from the root filesystem where that version
 * is known whole (`3.11.13`), else what the line's package was on the day.
 * @param day the day on which the image froze; null: still rebuilt
 */
export function baseImageRelease(alpineVersion: string, day: Day | null): Release | null {
  const exact = releaseById(`alpine/base ${alpineVersion}`)
  if (exact) return exact
  const line = lineOf('alpine', alpineVersion)
  if (line === null || !hasOwnStore(line)) return null
  const images = releasesOf(
    'alpine/base',
    version => lineOf('alpine', version) === line && version.split('.').length === 3,
  )
  const newest = images
    .filter(release => day === null || (release.date !== null && release.date <= day))
    .at(-1)
  // 3.7 and 3.8 hold LibreSSL's bundle: the package table says nothing of it.
  if (/^3\.[78]$/.test(line)) return day === null ? (newest ?? null) : null
  const served = servedOn('alpine', line, day)
  return newest && (served === null || sameRoots(newest.roots, served.roots)) ? newest : served
}

/** Alpine's base images hold a store from 3.7 on. */
export function hasOwnStore(line: string): boolean {
  if (line === 'edge') return true
  const [major, minor] = line.split('.').map(Number)
  return major! > 3 || (major === 3 && (minor ?? 0) >= 7)
}

function rowsOf(distribution: string, version: string | null): readonly ServedRow[] {
  const id = factsId(distribution)
  const line = lineIn(id, version)
  if (line === null) return []
  const own = servedRows(id, line)
  const major = line.split('.')[0]!
  const parent = rebuildsRhel(id) ? servedRows('rhel', major) : []
  return inOrder(id, own.length === 0 ? parent : merged(parent, own))
}

/** Rebuilds take Red Hat's number as it is: a version that both have is one version. */
function merged(parent: readonly ServedRow[], own: readonly ServedRow[]): readonly ServedRow[] {
  const versions = new Set(parent.map(row => versionOf(row)))
  return [...parent, ...own.filter(row => !versions.has(versionOf(row)))]
}

function lineIn(id: string, version: string | null): string | null {
  const text = version ?? (id === 'wolfi' ? 'rolling' : id === 'opensuse' ? 'tumbleweed' : null)
  if (text === null) return null
  if (!isNumeric(text)) {
    const known = lifecycle(id, text)
    if (known) return known.version
  }
  return lineOf(id, text)
}

function inOrder(id: string, rows: readonly ServedRow[]): readonly ServedRow[] {
  const compare =
    id === 'debian' || id === 'ubuntu' || id === 'distroless'
      ? compareDebian
      : id === 'alpine' || id === 'wolfi'
        ? compareApk
        : compareRpm
  const sorted = [...rows].sort((a, b) => compare(versionOf(a), versionOf(b)))
  // A later version can't have come before an earlier one could, nor an earlier one after a later one surely had.
  let from: string | null = null
  const forward = sorted.map((row): ServedRow => {
    if (row[1] !== null && (from === null || row[1] > from)) from = row[1]
    return [row[0], from, row[2], row[3]]
  })
  let by: string | null = null
  return forward
    .reverse()
    .map((row): ServedRow => {
      if (row[2] !== null && (by === null || row[2] < by)) by = row[2]
      return [row[0], row[1], by, row[3]]
    })
    .reverse()
}

function versionOf(row: ServedRow): string {
  return row[0].slice(row[0].indexOf(' ') + 1)
}

function releaseOf(row: ServedRow | undefined): Release | null {
  return row ? releaseById(row[0]) : null
}

function sameRoots(a: readonly number[] | null, b: readonly number[] | null): boolean {
  return a !== null && b !== null && a.length === b.length && a.every((root, index) => root === b[index])
}
