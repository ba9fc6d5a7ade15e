import type { Inputs } from '../inputs.ts'
import type { Part } from '../output.ts'
import { changed, MozillaSets, type MozillaVersion, type PackageChange, type RawSet } from './release-sets.ts'
import type { RawRoot } from './roots.ts'
import { type PackageDate, type PackageRow, servedRows } from './served.ts'
import { tsv } from './tls-libraries.ts'

export interface MadeRelease {
  readonly id: string
  readonly family: string
  readonly package: string | null
  readonly version: string
  readonly date: string | null
  readonly mozilla: string | null
  readonly roots: readonly number[] | null
  readonly certainty: 'exact' | 'about'
  readonly source: string
}

interface RawRelease {
  readonly family: string
  readonly version: string | null
  readonly date?: string
  readonly mozilla?: string | null
  readonly package?: string | null
  readonly release?: string
  readonly note?: string
  readonly suite?: string
  readonly roots: readonly number[]
}

/** Root sets as shipped, those told by package versions, and which of them a distribution release served when. */
export function releasesPart(inputs: Inputs): Part {
  const roots = inputs.json<RawRoot[]>('roots.json')
  const sets = inputs.json<RawSet[]>('mozilla-releases.json')
  const read = inputs.json<RawRelease[]>('releases.json')
  const changelog =
    inputs.json<{ version: string; date: string; mozilla: string | null }[]>('debian-changelog.json')
  const lifecycles =
    inputs.json<Record<string, { cycle: string; released: string; eol: string; extended?: string }[]>>(
      'lifecycles.json',
    )
  const packages: PackageRow[] = [
    ...(tsv(inputs.text('distribution-packages.tsv', /(\d{4}-\d{2}-\d{2})/g)) as unknown as PackageRow[]),
    ...inputs.curatedJson<PackageRow[]>('packages.json'),
  ]
  const { versions } = inputs.curatedJson<{ versions: MozillaVersion[] }>('mozilla-versions.json')
  const changes = inputs.curatedJson<PackageChange[]>('package-changes.json')
  const dates = inputs.curatedJson<PackageDate[]>('package-dates.json')
  for (const entry of changelog) {
    // The changelog names Mozilla's version where it changes; the table carries it over.
    entry.mozilla ??=
      packages.find(
        row => row.distribution === 'debian' && row.version === entry.version && row.mozilla !== '',
      )?.mozilla ?? null
  }
  const mozilla = new MozillaSets(versions, sets)

  const made = new Map<string, MadeRelease>()
  const add = (release: MadeRelease) => {
    if (!made.has(release.id)) made.set(release.id, release)
  }
  for (const version of versions) {
    add({
      id: `mozilla ${version.version}`,
      family: 'mozilla',
      package: null,
      version: version.version,
      date: version.date,
      mozilla: version.version,
      roots: mozilla.set(version),
      certainty: 'exact',
      source: version.source,
    })
  }
  for (const raw of read) for (const release of exact(raw, mozilla, packages, changelog)) add(release)
  // Mozilla's 2.90 is newer than the history at hand; Debian's package of it is at hand.
  const newest = made.get('debian/ca-certificates 20260816+nmu1')
  if (newest?.roots) {
    const { roots: set } = changed(
      roots,
      newest.roots,
      changes.filter(change => change.base === newest.id),
    )
    add({
      id: 'mozilla 2.90',
      family: 'mozilla',
      package: null,
      version: '2.90',
      date: null,
      mozilla: '2.90',
      roots: set,
      certainty: 'about',
      source: `${newest.id}, with the roots that only Debian blacklists`,
    })
  }

  const tell = (row: PackageRow) => about(row, { roots, mozilla, made, changes, changelog })
  const served = servedRows(packages, dates, lifecycles, mozilla, row => {
    const release = tell(row)
    add(release)
    return release.id
  })

  const list = [...made.values()]
  const index = new Map(list.map((release, at) => [release.id, at]))
  const rows = list.map(release => [
    release.id,
    release.family,
    release.package,
    release.version,
    release.date,
    release.mozilla,
    release.certainty === 'exact' ? 1 : 0,
    release.source,
    encode(release, list, index),
  ])
  const text = `{"releases":[\n${rows.map(row => JSON.stringify(row)).join(',\n')}\n],\n"served":{\n${served
    .map(([line, entries]) => `${JSON.stringify(line)}:${JSON.stringify(entries)}`)
    .join(',\n')}\n}}\n`
  return {
    name: 'releases',
    entries: list.length,
    asOf: newestDate(list),
    source:
      'root sets of packages and root filesystems as published; package sources and changelogs; nssckbi.h in nss-dev/nss',
    files: new Map([['releases.json.br', text]]),
    counts: {
      exact: list.filter(release => release.certainty === 'exact').length,
      served: served.reduce((sum, [, entries]) => sum + entries.length, 0),
      'distribution-packages': packages.length,
    },
  }
}

/** A set is written whole, or as the difference to an earlier one of the list. */
function encode(
  release: MadeRelease,
  list: readonly MadeRelease[],
  index: ReadonlyMap<string, number>,
): unknown {
  if (release.roots === null) return null
  const own = new Set(release.roots)
  let best: { at: number; less: number[]; plus: number[] } | null = null
  for (const other of list.slice(0, index.get(release.id)!)) {
    if (other.roots === null) continue
    const theirs = new Set(other.roots)
    const less = other.roots.filter(root => !own.has(root))
    const plus = release.roots.filter(root => !theirs.has(root))
    if (best === null || less.length + plus.length < best.less.length + best.plus.length) {
      best = { at: index.get(other.id)!, less, plus }
    }
  }
  if (best === null || best.less.length + best.plus.length > release.roots.length / 2) return release.roots
  return { of: best.at, less: best.less, plus: best.plus }
}

function exact(
  raw: RawRelease,
  mozilla: MozillaSets,
  packages: readonly PackageRow[],
  changelog: readonly { version: string; mozilla: string | null }[],
): MadeRelease[] {
  if (raw.roots.length === 0) return []
  const nearest = mozilla.nearest(raw.roots)
  if (raw.family === 'certifi') {
    // The index writes 2024.2.2 for 2024.02.02; 14.05.14 was once uploaded with the set of 2015.04.28.
    const version = raw.version!.replace(/(^|\.)0+(?=\d)/g, '$1')
    return [
      {
        id: `certifi ${version}`,
        family: 'certifi',
        package: 'certifi',
        version,
        date: raw.date ?? null,
        mozilla: nearest,
        roots: raw.roots,
        certainty: 'exact',
        source: `https://pypi.org/project/certifi/${version}/`,
      },
    ]
  }
  if (raw.family === 'debian') {
    const row = packages.find(
      row => row.distribution === 'debian' && row.version === raw.version && row.mozilla !== '',
    )
    return [
      {
        id: `debian/ca-certificates ${raw.version}`,
        family: 'debian/ca-certificates',
        package: 'ca-certificates',
        version: raw.version!,
        date: raw.date ?? null,
        mozilla:
          raw.mozilla ??
          row?.mozilla ??
          changelog.find(entry => entry.version === raw.version)?.mozilla ??
          nearest,
        roots: raw.roots,
        certainty: 'exact',
        source: `Debian's package ca-certificates ${raw.version} (${raw.suite})`,
      },
    ]
  }
  const image = packages.find(row => row.source.includes(`alpine-minirootfs-${raw.release}-`))
  return [
    {
      id: `alpine/base ${raw.release}`,
      family: 'alpine/base',
      package: raw.package ?? null,
      version: raw.release!,
      date: image?.date || null,
      mozilla: nearest,
      roots: raw.roots,
      certainty: 'exact',
      source: `alpinelinux/docker-alpine x86_64/alpine-minirootfs-${raw.release}-x86_64.tar.gz${raw.package ? `, ${raw.package} ${raw.version}` : ''}`,
    },
  ]
}

interface Known {
  readonly roots: readonly RawRoot[]
  readonly mozilla: MozillaSets
  readonly made: ReadonlyMap<string, MadeRelease>
  readonly changes: readonly PackageChange[]
  readonly changelog: readonly { version: string; date: string; mozilla: string | null }[]
}

/** The release that a row of the package table is: an exact one where it is at hand, else what its version tells. */
function about(row: PackageRow, known: Known): MadeRelease {
  // Alpine's three packages come from one source of one version.
  const name = row.distribution === 'alpine' ? 'ca-certificates' : row.package
  const family = `${row.distribution}/${name}`
  const id = `${family} ${row.version}`
  const there = known.made.get(id)
  if (there) return there
  const changes = known.changes.filter(
    change => change.family === family && new RegExp(`^(?:${change.version})$`).test(row.version),
  )
  const base = known.changes.find(change => changes.includes(change) && change.base !== undefined)?.base
  const start = base === undefined ? startOf(row, known) : ofRelease(known.made, base)
  const result = start && changed(known.roots, start.roots, changes)
  return {
    id,
    family,
    package: name,
    version: row.version,
    date: row.date || null,
    mozilla: start?.mozilla ?? (row.mozilla || null),
    roots: result?.roots ?? null,
    certainty: 'about',
    source: [row.source, start?.from, ...(result?.sources ?? [])].filter(Boolean).join('; '),
  }
}

interface Start {
  readonly roots: readonly number[]
  readonly mozilla: string | null
  readonly from: string
}

function ofRelease(made: ReadonlyMap<string, MadeRelease>, id: string): Start | null {
  const release = made.get(id)
  return release?.roots ? { roots: release.roots, mozilla: release.mozilla, from: `set of ${id}` } : null
}

function startOf(row: PackageRow, known: Known): Start | null {
  if (row.distribution === 'cbl-mariner' || row.distribution === 'azurelinux') return null
  if (row.distribution === 'alpine' || row.distribution === 'wolfi') return ofAlpine(row, known)
  if (row.distribution === 'photon') return ofDay(row.version.slice(0, 8), known.mozilla)
  // Red Hat's and Amazon's numbers can't be trusted below their own patches, Debian's before 2016 hold e-mail roots too.
  const version = row.mozilla || known.changelog.find(entry => entry.version === row.version)?.mozilla
  if (!version) return null
  if (version === '2.90') return ofRelease(known.made, 'mozilla 2.90')
  const found = known.mozilla.upTo(version)
  return (
    found && {
      roots: known.mozilla.set(found),
      mozilla: version,
      from: `Mozilla ${found.version} (${found.source})`,
    }
  )
}

/** Alpine names its package by the day on which it took the source as it stood; up to 2016 it took Debian's. */
function ofAlpine(row: PackageRow, known: Known): Start | null {
  const exact = [...known.made.values()].find(
    release => release.family === 'alpine/base' && release.source.endsWith(` ${row.version}`),
  )
  if (exact?.roots) return { roots: exact.roots, mozilla: exact.mozilla, from: `set of ${exact.id}` }
  const day = row.version.slice(0, 8)
  if (day <= '20161130') {
    const debian = known.changelog.find(entry => entry.version === day)
    const found = debian?.mozilla ? known.mozilla.upTo(debian.mozilla) : null
    return (
      found && {
        roots: known.mozilla.set(found),
        mozilla: found.version,
        from: `Debian's ${day}, Mozilla ${found.version}`,
      }
    )
  }
  return ofDay(day, known.mozilla) ?? ofRelease(known.made, 'mozilla 2.90')
}

function ofDay(compact: string, mozilla: MozillaSets): Start | null {
  if (!/^\d{8}$/.test(compact)) return null
  const day = `${compact.slice(0, 4)}-${compact.slice(4, 6)}-${compact.slice(6)}`
  // Beyond the end of the history by more than a batch of changes, its last state tells nothing.
  if (day > '2026-08-01') return null
  const set = mozilla.onDay(day)
  return (
    set && {
      roots: set.roots,
      mozilla: mozilla.nearest(set.roots),
      from: `certdata.txt of nss-dev/nss@${set.commit}`,
    }
  )
}

function newestDate(list: readonly MadeRelease[]): string {
  return list.reduce(
    (newest, release) => (release.date !== null && release.date > newest ? release.date : newest),
    '',
  )
}
