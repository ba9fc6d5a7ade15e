import type { ImageTree } from '../../image/facts.ts'
import { type ElfFacts, readElf } from '../elf.ts'
import { carriers, triplets, verifiers } from './libraries.ts'

/** The TLS library behind a program, and the files by which the program comes to it. */
export interface Verifier {
  /** Null where its file's name alone does not tell. */
  readonly name: string | null
  /** The library's real path; null where it is named but not in the image. */
  readonly path: string | null
  /** The carriers on the way (libcurl, libtls), nearest first, by real path. */
  readonly through: readonly string[]
}

/**
 * Follows what a program loads, as the dynamic linker would, until a library that verifies: the nearest one counts,
 * since libcurl loads GnuTLS for LDAP and OpenSSL for itself.
 * @param path a real path
 * @returns `none` where it loads no TLS library; `several` where two are equally near; `unread` where it was not kept
 */
export function findVerifier(
  tree: ImageTree,
  path: string,
  libraryPath: string | undefined,
): Verifier | 'none' | 'several' | 'unread' {
  let level: { readonly path: string; readonly through: readonly string[] }[] = [{ path, through: [] }]
  const seen = new Set([path])
  for (let depth = 0; depth < 4 && level.length > 0; depth++) {
    const found = new Map<string, Verifier>()
    const next: typeof level = []
    for (const { path, through } of level) {
      const content = tree.read(path)
      const elf = content && readElf(content)
      if (!elf) {
        if (depth === 0) return 'unread'
        continue
      }
      const from = depth === 0 ? through : [...through, path]
      for (const name of elf.needed) {
        const verifier = verifiers.find(({ soname }) => soname.test(name))
        const target = locate(tree, name, elf, path, libraryPath)
        if (verifier) found.set(target ?? name, { name: verifier.name, path: target, through: from })
        else if (target && !seen.has(target) && carriers.some(carrier => carrier.test(name))) {
          seen.add(target)
          next.push({ path: target, through: from })
        }
      }
    }
    // NSS comes as two libraries.
    const names = new Set([...found.values()].map(({ name }) => name))
    if (names.size > 1) return 'several'
    if (names.size === 1) return [...found.values()][0]!
    level = next
  }
  return 'none'
}

/** The real path of a library that `from` loads by name, or null. */
export function locate(
  tree: ImageTree,
  name: string,
  elf: ElfFacts,
  from: string,
  libraryPath: string | undefined,
): string | null {
  if (name.includes('/')) return null
  const origin = from.slice(0, from.lastIndexOf('/')) || '/'
  const runPath = elf.runPath.map(folder => folder.replace(/\$\{?ORIGIN\}?/g, origin))
  const folders = [...(libraryPath?.split(':') ?? []), ...runPath, ...systemFolders(elf)]
  for (const folder of folders) {
    if (!folder.startsWith('/')) continue
    const path = tree.resolve(`${folder}/${name}`)
    if (path && tree.file(path)) return path
  }
  return null
}

/** Where musl and glibc look (ld.so(8), /etc/ld.so.conf.d of Debian; /lib64 of the RHEL family). */
function systemFolders(elf: ElfFacts): readonly string[] {
  if (elf.needed.some(name => name.startsWith('libc.musl-'))) return ['/lib', '/usr/local/lib', '/usr/lib']
  const names = triplets[elf.machine] ?? []
  return [
    '/usr/local/lib',
    ...names.flatMap(name => [`/usr/local/lib/${name}`, `/lib/${name}`, `/usr/lib/${name}`]),
    '/lib64',
    '/usr/lib64',
    '/lib',
    '/usr/lib',
  ]
}
