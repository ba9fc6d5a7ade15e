import type { ImageTree } from '../image/facts.ts'
import type { Client, Distribution, UnknownEntry } from '../model.ts'
import { opensslFolder, pathsIn, selfName, textAfter } from './clients/binary-text.ts'
import { findVerifier, locate, type Verifier } from './clients/loader.ts'
import { javaRelease, type ProgramEntry, programs } from './clients/programs.ts'
import { readElf } from './elf.ts'
import { type InstalledPackages, upstreamVersion } from './packages/index.ts'
import { knownStores } from './store-paths.ts'

/** A client, and where it looks for roots by default. */
export interface ReadingClient {
  readonly client: Client
  /** Paths of stores, as it names them; empty where they are not known. */
  readonly stores: readonly string[]
  /** Its roots are built into it: it asks no library for any. */
  readonly ownRoots: boolean
}

export interface ClientContext {
  readonly packages: InstalledPackages
  readonly distribution: Distribution | null
  readonly env: Readonly<Record<string, string>>
}

/**
 * The TLS programs of an image and the library that verifies for each: by what its files load (ELF DT_NEEDED) and
 * say of themselves, then by the package databases. What can't be told is null, with an entry of `unknowns`.
 */
export function findClients(
  tree: ImageTree,
  context: ClientContext,
): { readonly clients: readonly ReadingClient[]; readonly unknowns: readonly UnknownEntry[] } {
  const clients: ReadingClient[] = []
  const unknowns: UnknownEntry[] = []
  const seen = new Set<string>()
  for (const entry of programs) {
    if (entry.needs && !entry.needs.some(path => tree.file(path))) continue
    for (const place of entry.paths) {
      const path = tree.resolve(place)
      if (!path || !tree.file(path) || seen.has(`${entry.program} ${path}`)) continue
      // An applet under the program's name is BusyBox, not the program.
      if (path.endsWith('/busybox')) continue
      seen.add(`${entry.program} ${path}`)
      const module = entry.module ? findModule(tree, entry.module, place) : path
      if (!module) continue
      const { reading, why } = oneClient(tree, context, entry, place, path, module)
      clients.push(reading)
      if (why) unknowns.push({ what: `the TLS library of ${entry.program}`, why, location: { path } })
    }
  }
  clients.push(...javaClients(tree))
  return { clients, unknowns }
}

function oneClient(
  tree: ImageTree,
  context: ClientContext,
  entry: ProgramEntry,
  place: string,
  path: string,
  module: string,
): { readonly reading: ReadingClient; readonly why: string | null } {
  const version = programVersion(tree, context, entry, path)
  const base = { program: entry.program, version, path: place }
  const found = findVerifier(tree, context.packages, module, context.env.LD_LIBRARY_PATH)
  if (typeof found === 'object') {
    const library = describeLibrary(tree, context, found)
    const { stores, ...rest } = library
    const why =
      rest.library === null
        ? `its library ${found.path ?? ''} does not say what it is`.replace('  ', ' ')
        : null
    return { reading: { client: { ...base, ...rest }, stores, ownRoots: false }, why }
  }
  const built = builtIn(tree, entry, path, module)
  const build = buildOf(context, path)
  const client: Client = {
    ...base,
    library: built?.name ?? null,
    libraryVersion: built?.version ?? null,
    build,
  }
  const ownRoots = entry.ownRoots === true
  const reading = {
    client,
    stores: ownRoots ? [path] : built ? opensslStores(tree.read(path)) : [],
    ownRoots,
  }
  if (built?.version) return { reading, why: null }
  if (built) return { reading, why: `its ${built.name} is built in, and no file says which version it is` }
  const why = {
    none: 'it loads no TLS library that imgtrust knows',
    several: 'it loads several TLS libraries, and which one verifies is not known',
    unread: 'its file was not read: it is too large or no program',
  }[found]
  return { reading, why }
}

/** The file that loads the TLS library for the program at `place`, by real path, or null. */
function findModule(tree: ImageTree, module: readonly string[] | RegExp, place: string): string | null {
  if (Array.isArray(module)) {
    for (const candidate of module as readonly string[]) {
      const path = tree.resolve(candidate)
      if (path && tree.file(path)) return path
    }
    return null
  }
  const prefix = place.startsWith('/usr/local/') ? '/usr/local/' : '/usr/'
  const interpreter = tree.resolve(place) ?? place
  const fitting: string[] = []
  for (const { path } of tree.files())
    if (path.startsWith(prefix) && (module as RegExp).test(path.slice(prefix.length))) fitting.push(path)
  // python3.11 beside python3.12: the one that the link leads to.
  const name = interpreter.slice(interpreter.lastIndexOf('/') + 1)
  return (
    fitting.find(path => path.includes(`/${name}/`)) ??
    (fitting.length === 1 ? fitting[0]! : (fitting[0] ?? null))
  )
}

function programVersion(
  tree: ImageTree,
  { packages, env }: ClientContext,
  entry: ProgramEntry,
  path: string,
): string | null {
  const owner = packages.ownerOf(path)
  if (owner) return upstreamVersion(owner)
  if (!isLocal(path)) {
    for (const pattern of entry.packages) {
      const found = packages.all.find(({ name }) => pattern.test(name))
      if (found) return upstreamVersion(found)
    }
  } else {
    const file = entry.versionFile && fileText(tree, entry.versionFile.path, entry.versionFile.text)
    if (file) return file
    const said = entry.versionEnv ? env[entry.versionEnv] : undefined
    if (said) return said.replace(/^v/, '')
  }
  if (!entry.versionText) return null
  for (const place of [...(entry.needs ?? []), path]) {
    const bytes = tree.read(place)
    const text = bytes && textAfter(bytes, entry.versionText, /^\d+(?:\.\d+)+/)
    if (text) return text
  }
  return null
}

/** The first group of `text` in a kept file whose relative path matches. */
function fileText(tree: ImageTree, path: RegExp, text: RegExp): string | null {
  for (const file of tree.files()) {
    if (!file.content || !path.test(file.path.slice(1))) continue
    const found = text.exec(Buffer.from(file.content).toString('latin1'))
    if (found) return found.slice(1).find(group => group !== undefined) ?? null
  }
  return null
}

function describeLibrary(
  tree: ImageTree,
  context: ClientContext,
  { name, path, through }: Verifier,
): Pick<Client, 'library' | 'libraryVersion' | 'build' | 'libraryPackage'> & {
  readonly stores: readonly string[]
} {
  const owner = path ? context.packages.ownerOf(path) : null
  const files = path ? [path, ...companions(tree, context, path)] : []
  const contents = files.map(file => tree.read(file)).filter(content => content !== null)
  const self = contents.map(content => selfName(content)).find(each => each !== null) ?? null
  const own = name === 'OpenSSL' || name === 'LibreSSL' || name === null ? self : null
  return {
    library: own?.name ?? name,
    libraryVersion: own?.version ?? (owner ? upstreamVersion(owner) : null),
    build: path ? buildOf(context, path) : (context.distribution?.id ?? null),
    ...(owner ? { libraryPackage: `${owner.name} ${owner.version}` } : {}),
    stores: defaultStores(tree, through, contents),
  }
}

/** The libcrypto beside a libssl: it has the version, and the folder of the default store. */
function companions(tree: ImageTree, context: ClientContext, path: string): string[] {
  const content = tree.read(path)
  const elf = content && readElf(content)
  if (!elf) return []
  return elf.needed
    .filter(name => name.startsWith('libcrypto.so'))
    .map(name => locate(tree, name, elf, path, context.env.LD_LIBRARY_PATH))
    .filter(found => found !== null)
}

const knownPaths: ReadonlySet<string> = new Set(knownStores.map(({ path }) => path))

/** Where the carriers (libcurl, libtls) say to look, else where the library does. */
function defaultStores(
  tree: ImageTree,
  through: readonly string[],
  library: readonly Uint8Array[],
): readonly string[] {
  for (const carrier of through) {
    const bytes = tree.read(carrier)
    const paths = bytes ? pathsIn(bytes, knownPaths) : []
    if (paths.length > 0) return paths
  }
  for (const bytes of library) {
    const paths = opensslStores(bytes)
    if (paths.length > 0) return paths
  }
  return [...new Set(library.flatMap(bytes => pathsIn(bytes, knownPaths)))]
}

function opensslStores(bytes: Uint8Array | null): string[] {
  const folder = bytes && opensslFolder(bytes)
  return folder ? [`${folder}/cert.pem`, `${folder}/certs`] : []
}

/** A library that is part of the program's own file. */
function builtIn(
  tree: ImageTree,
  entry: ProgramEntry,
  path: string,
  module: string,
): { readonly name: string; readonly version: string | null } | null {
  if (entry.ownLibrary) {
    const { name, path, text } = entry.ownLibrary
    return { name, version: fileText(tree, path, text) }
  }
  const bytes = tree.read(module) ?? tree.read(path)
  return bytes ? selfName(bytes) : null
}

function buildOf({ packages, distribution }: ClientContext, path: string): string | null {
  if (!packages.ownerOf(path) && isLocal(path)) return 'upstream'
  return distribution?.id ?? null
}

/** Not the distribution's: the FHS leaves these places to administrators. */
function isLocal(path: string): boolean {
  return /^\/(?:usr\/local|opt|home|root|app|srv)\//.test(path)
}

/** Java virtual machines: they verify by code of their own and read a keystore of their own. */
function javaClients(tree: ImageTree): ReadingClient[] {
  const clients: ReadingClient[] = []
  for (const { path, content } of tree.files()) {
    if (!content || !javaRelease.test(path.slice(1))) continue
    const version = /^JAVA_VERSION="([^"]+)"/m.exec(Buffer.from(content).toString('latin1'))?.[1]
    const home = path.slice(0, path.lastIndexOf('/'))
    const program = `${home}/bin/java`
    if (!version || !tree.file(program)) continue
    const client = {
      program: 'java',
      version,
      library: 'OpenJDK',
      libraryVersion: version,
      build: null,
      path: program,
    }
    clients.push({ client, stores: javaStores(tree, home), ownRoots: true })
  }
  return clients
}

/** Java reads `jssecacerts` where it is, else `cacerts`; below `jre/` in development kits up to version 8. */
function javaStores(tree: ImageTree, home: string): readonly string[] {
  const places = ['lib/security', 'jre/lib/security'].flatMap(folder =>
    ['jssecacerts', 'cacerts'].map(name => `${home}/${folder}/${name}`),
  )
  return places.filter(place => tree.file(place)).slice(0, 1)
}
