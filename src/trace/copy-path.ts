/** Copies a file or folder of one state into another: `cp`, `mv`, `COPY --from`. */
import { isUnknown, unknown } from '../model.ts'
import { copyAnchors, isAnchorPath, noteAnchor } from './anchors.ts'
import { type Content, isBundle } from './content.ts'
import type { Fields } from './fields.ts'
import { contentIn, put, realPath, withStore } from './files.ts'
import type { Machine } from './machine.ts'
import { CONF, givesStore, inTrustFolder, likeRoot, touchesTrust, within } from './paths.ts'
import type { StoreOrigin, TracedStore } from './state.ts'

export interface CopyOptions {
  /** The target is surely a folder (it ends in `/`, or there are several sources). */
  readonly into: boolean
  /** `cp`: a folder goes into an existing folder under its own name. COPY puts only its content there. */
  readonly intoIfFolder: boolean
  /** COPY: the stage or image that it comes from. */
  readonly origin: { readonly from: string | null } | null
  readonly at: { readonly start: number; readonly end: number }
}

/** Folders that every root filesystem has, or that the packages of a store make. */
const USUAL = new Set([
  ...[
    '/',
    '/etc',
    '/etc/ssl',
    '/etc/ssl/certs',
    '/etc/pki',
    '/etc/pki/tls',
    '/etc/pki/tls/certs',
    '/etc/pki/ca-trust',
  ],
  ...[
    '/etc/pki/ca-trust/source/anchors',
    '/etc/pki/trust/anchors',
    '/usr/share/ca-certificates',
    '/usr/local/share/ca-certificates',
  ],
  ...[
    '/usr',
    '/usr/share',
    '/usr/local',
    '/usr/local/share',
    '/usr/local/bin',
    '/usr/bin',
    '/usr/lib',
    '/lib',
    '/bin',
  ],
  ...[
    '/tmp',
    '/opt',
    '/root',
    '/home',
    '/var',
    '/var/lib',
    '/usr/share/pki/ca-trust-source/anchors',
    '/usr/sbin',
    '/sbin',
  ],
])

/** Is it a folder, as far as is known? */
export function isFolder(fields: Fields, path: string): boolean {
  if (path === '/' || (!fields.bare && USUAL.has(path))) return true
  const below = (other: string): boolean => other.startsWith(`${path}/`)
  if (!isUnknown(fields.stores) && fields.stores.some(store => below(store.path))) return true
  if (fields.trees.some(tree => within(tree.at, path))) return true
  for (const [file, node] of fields.files) if (node.kind !== 'absent' && below(file)) return true
  return false
}

export function copyPath(
  machine: Machine,
  source: Fields,
  from: string,
  to: string,
  options: CopyOptions,
): void {
  if (isFolder(source, from) && !isFile(source, from)) {
    const into = options.intoIfFolder && (options.into || isFolder(machine.fields, to))
    copyFolder(machine, source, from, into ? joined(to, baseName(from)) : to, options)
    return
  }
  const content = contentIn(machine, source, from)
  const target = options.into || isFolder(machine.fields, to) ? joined(to, baseName(from)) : to
  if (content === null) {
    if (to === '/' && likeRoot(from)) {
      machine.storesUnknown(`${from} is copied there, and what it holds is not known`)
    } else if (inTrustFolder(target) && !surelyNotThere(source, from)) {
      machine.writeFile(
        target,
        unknown(`${from} is copied there, and what it holds is not known`),
        false,
        options.at,
      )
    } else if (target !== '/') {
      if (isAnchorPath(target)) noteAnchor(machine, target, null)
      machine.set({
        files: machine.fields.files.with(target, { kind: 'file', content: unknown(`a copy of ${from}`) }),
      })
    }
    return
  }
  put(machine, target, stamped(machine, content, options))
}

function isFile(fields: Fields, path: string): boolean {
  const node = fields.files.get(path)
  return (
    node?.kind === 'file' || (!isUnknown(fields.stores) && fields.stores.some(store => store.path === path))
  )
}

/** A certificate folder of Debian holds links into the packaged ones: single files there are not followed. */
function surelyNotThere(fields: Fields, path: string): boolean {
  return !isUnknown(fields.stores) && fields.stores.length === 0 && touchesTrust(path)
}

function stamped(machine: Machine, content: Content, options: CopyOptions): Content {
  if (!options.origin || isUnknown(content)) return content
  const was = content.origin
  const origin: StoreOrigin = { kind: 'copy', from: options.origin.from, line: machine.line, was }
  return isBundle(content) ? { ...content, origin } : { ...content, origin }
}

function copyFolder(machine: Machine, source: Fields, from: string, to: string, options: CopyOptions): void {
  if (isUnknown(source.stores) && givesStore(from)) {
    if (touchesTrust(to) || to === '/') {
      machine.storesUnknown(`${from} is copied from a place whose stores are not known`)
    }
    return
  }
  const moved = (path: string): string =>
    joined(to, from === '/' ? path.slice(1) : path.slice(from.length + 1))
  if (to === '/' && from === '/') wholeSystem(machine, source)
  const stores = isUnknown(source.stores) ? [] : source.stores
  for (const store of stores) {
    if (!within(store.path, from)) continue
    const { roots, release, match, origin } = store
    const content = stamped(machine, { kind: 'bundle', roots, release, match, origin }, options)
    put(machine, moved(store.path), content)
    restoreDetails(
      machine,
      moved(store.path),
      store,
      store.aliases.filter(alias => within(alias, from)).map(moved),
    )
  }
  let { files } = machine.fields
  for (const [path, node] of source.files)
    if (within(path, from) && path !== from) files = files.with(moved(path), node)
  const trees = source.trees.flatMap(tree => {
    if (within(tree.at, from)) return [{ at: tree.at === from ? to : moved(tree.at), source: tree.source }]
    return within(from, tree.at) ? [{ at: to, source: `${tree.source}${from.slice(tree.at.length)}` }] : []
  })
  machine.set({ files, trees: [...machine.fields.trees, ...trees] })
  copyAnchors(machine, source, from, moved)
  if (within(CONF, from) && moved(CONF) === CONF) machine.set({ conf: source.conf })
  const known = USUAL.has(from) || stores.some(store => within(store.path, from)) || inTrustFolder(from)
  if (!known && (to === '/' || to === '/etc' || to === '/usr' || inTrustFolder(to))) {
    machine.storesUnknown(`${from} is copied there, and what it holds is not known`)
  }
}

function restoreDetails(
  machine: Machine,
  path: string,
  store: TracedStore,
  aliases: readonly string[],
): void {
  const { stores } = machine.fields
  if (isUnknown(stores)) return
  const copy = stores.find(other => other.path === realPath(machine.fields, path))
  if (copy)
    machine.set({
      stores: withStore(stores, { ...copy, aliases: [...aliases].sort(), format: store.format }),
    })
}

/** `COPY --from=stage / /`: the whole root filesystem. */
function wholeSystem(machine: Machine, source: Fields): void {
  const { tool, conf, packages, layout, distribution, packaged, bare } = source
  machine.set({ tool, conf, packages, layout, distribution, packaged, bare })
}

function joined(folder: string, name: string): string {
  return folder === '/' ? `/${name}` : `${folder}/${name}`
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
