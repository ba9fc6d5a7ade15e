import type { ImageTree } from '../../image/facts.ts'
import type { Package, UnknownEntry } from '../../model.ts'
import { apk } from './apk.ts'
import { dpkg } from './dpkg.ts'
import { rpm } from './rpm/index.ts'

/** A package of the system's database, with what imgtrust needs beyond name and version. */
export interface InstalledPackage extends Package {
  /** The source package it was built from. */
  readonly origin: string | null
  /** Absolute paths of its files; empty where the database does not say or was not kept. */
  readonly files: readonly string[]
  /** What it depends on: names of packages, at Alpine also of libraries (`so:libssl.so.3`). */
  readonly depends: readonly string[]
}

/** One kind of package database. */
export interface PackageDatabase {
  readonly manager: Package['manager']
  /** Must this file be kept whole? `path` is relative to the root, as in the layers. */
  keep(path: string): boolean
  /** What is worth keeping of such a file; all of it where absent. */
  condense?(content: Uint8Array): Uint8Array
  read(tree: ImageTree): {
    readonly packages: readonly InstalledPackage[]
    readonly unknowns: readonly UnknownEntry[]
  }
}

export const packageDatabases: readonly PackageDatabase[] = [apk, dpkg, rpm]

/** What is installed, by every database of the image, sorted by name. */
export interface InstalledPackages {
  readonly all: readonly InstalledPackage[]
  readonly unknowns: readonly UnknownEntry[]
  byName(name: string): InstalledPackage | null
  /** The package that owns a file, or null. */
  ownerOf(path: string): InstalledPackage | null
}

export function readPackages(tree: ImageTree): InstalledPackages {
  const read = packageDatabases.map(database => database.read(tree))
  const all = read
    .flatMap(({ packages }) => packages)
    .sort((a, b) => compare(a.name, b.name) || compare(a.version, b.version))
  const names = new Map(all.map(each => [each.name, each]))
  const owners = new Map<string, InstalledPackage>()
  for (const each of all) for (const file of each.files) owners.set(withoutUsr(file), each)
  return {
    all,
    unknowns: read.flatMap(({ unknowns }) => unknowns),
    byName: name => names.get(name) ?? null,
    ownerOf: path => owners.get(withoutUsr(path)) ?? null,
  }
}

/** Databases name files as they were packed, the image has them where /usr was merged: /lib and /usr/lib are one. */
function withoutUsr(path: string): string {
  return path.replace(/^\/usr(?=\/(?:bin|sbin|lib)[^/]*\/)/, '')
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** The version that the program's own makers gave: without epoch and packaging revision. */
export function upstreamVersion({ version, manager }: Pick<Package, 'version' | 'manager'>): string {
  if (manager === 'apk') return version.replace(/-r\d+$/, '')
  return (
    version
      .replace(/^\d+:/, '')
      .replace(/-[^-]*$/, '')
      // Debian packages an older version again: 2.0+really1.9.
      .replace(/^.*[+~]really/, '')
      .replace(/[+~](?:dfsg|ds|deb|git|repack).*$/, '')
  )
}
