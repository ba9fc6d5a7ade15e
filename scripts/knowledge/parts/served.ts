import type { MozillaSets } from './release-sets.ts'

/** A row of distribution-packages.tsv. */
export interface PackageRow {
  readonly distribution: string
  readonly release: string
  readonly package: string
  readonly version: string
  readonly date: string
  readonly mozilla: string
  readonly origin: string
  readonly notes: string
  readonly source: string
  readonly confidence: 'seen' | 'derived' | 'memory'
}

/** Bounds of the day on which a version reached a release's public archive. */
export interface PackageDate {
  readonly distribution: string
  readonly release: string
  readonly version: string
  readonly from?: string
  readonly by?: string
  readonly source: string
}

type Lifecycles = Record<string, { cycle: string; released: string; eol: string; extended?: string }[]>

/** `[release id, came not before, came not after (null: nobody knows), from memory]` in the order of versions. */
export type ServedRow = [string, string | null, string | null, 0 | 1]

const wanted = /^(ca-certificates(-cacert|-bundle|-mozilla)?)$/

/**
 * What each distribution release served, and between which days it came. Paid archives (ESM, third parties) are not
 * served to everybody; a changelog entry without the release's own suffix may never have been released.
 */
export function servedRows(
  packages: readonly PackageRow[],
  dates: readonly PackageDate[],
  lifecycles: Lifecycles,
  mozilla: MozillaSets,
  id: (row: PackageRow) => string,
): [string, ServedRow[]][] {
  const lines = new Map<string, ServedRow[]>()
  for (const row of packages) {
    if (
      row.origin === 'esm' ||
      row.notes.includes('without dist tag') ||
      row.notes.startsWith('candidate') ||
      !wanted.test(row.package)
    )
      continue
    const line = `${row.distribution} ${lineName(row)}`
    if (line.includes('CIQ')) continue
    const curated = dates.find(
      date =>
        date.distribution === row.distribution &&
        date.release === row.release &&
        date.version === row.version,
    )
    const cycle = lifecycles[row.distribution]?.find(entry => entry.cycle === row.release)
    const release = row.origin === 'release' ? row.date || cycle?.released : row.date
    const branch = row.distribution === 'alpine' && row.origin === 'updates'
    const from =
      curated?.from || (branch ? edgeDate(packages, row) : release) || earliest(row, mozilla) || null
    const by = curated?.by ?? (release || null)
    const entry: ServedRow = [id(row), from, by, row.confidence === 'memory' ? 1 : 0]
    const list = lines.get(line) ?? []
    const same = list.find(other => other[0] === entry[0])
    if (same) {
      if (entry[1] !== null && (same[1] === null || entry[1] < same[1])) same[1] = entry[1]
      if (entry[2] !== null && (same[2] === null || entry[2] < same[2])) same[2] = entry[2]
    } else list.push(entry)
    lines.set(line, list)
  }
  return [...lines].sort(([a], [b]) => (a < b ? -1 : 1))
}

function lineName(row: PackageRow): string {
  if (row.distribution === 'amazon' && row.release.startsWith('1')) return '1'
  if (row.distribution === 'debian' && row.release.startsWith('14')) return '14'
  return row.release.replace(/ SP(\d).*$/, '.$1')
}

/** An Alpine branch can't have a version before edge had it. */
function edgeDate(packages: readonly PackageRow[], row: PackageRow): string | undefined {
  const days = packages
    .filter(other => other.distribution === 'alpine' && other.version === row.version && other.date !== '')
    .map(other => other.date)
    .sort()
  return days[0]
}

/** The day in the version, or that of its Mozilla version, whichever is later. */
function earliest(row: PackageRow, mozilla: MozillaSets): string {
  const day = /^(20\d{2})(\d{2})(\d{2})/.exec(row.version)
  const own = day ? `${day[1]}-${day[2]}-${day[3]}` : ''
  const theirs = row.mozilla ? (mozilla.upTo(row.mozilla)?.date ?? '') : ''
  return [own, theirs].sort().at(-1)!
}
