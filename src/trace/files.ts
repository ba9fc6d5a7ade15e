/** Reading, writing, copying and removing files of the image, stores and conf among them. */
import { clampPath } from '../dockerfile/context.ts'
import { hasGlob } from '../dockerfile/glob.ts'
import { isUnknown, unknown } from '../model.ts'
import { dropAnchors, noteAnchor } from './anchors.ts'
import { type Content, isBundle, isTextContent, rootsOf, textContent } from './content.ts'
import type { Fields, FileNode, Tree } from './fields.ts'
import type { Machine } from './machine.ts'
import { BUNDLES, CONF, covers, mayReach, touchesTrust, within } from './paths.ts'
import type { TracedStore } from './state.ts'

/** Certificates that make a bundle at any path a store. */
const STORE_FROM = 5
const MAX_LINKS = 10

const TOOLS = ['/usr/sbin/update-ca-certificates', '/usr/bin/update-ca-trust']

/** The path behind links that the Dockerfile made and behind the aliases of a store. */
export function realPath(fields: Fields, path: string): string {
  let at = path
  for (let round = 0; round < MAX_LINKS; round += 1) {
    const node = fields.files.get(at)
    if (node?.kind !== 'link') break
    at = node.target
  }
  const { stores } = fields
  if (isUnknown(stores)) return at
  return stores.find(store => store.path === at || store.aliases.includes(at))?.path ?? at
}

function storeAt(fields: Fields, path: string): TracedStore | null {
  return isUnknown(fields.stores) ? null : (fields.stores.find(store => store.path === path) ?? null)
}

/** A file's content; null where it is surely not there, or nothing is known of it. */
export function lookUp(machine: Machine, path: string): Content | null {
  return contentIn(machine, machine.fields, path)
}

export function contentIn(machine: Machine, fields: Fields, asked: string): Content | null {
  const path = realPath(fields, asked)
  const store = storeAt(fields, path)
  if (store) {
    const { roots, release, match, origin } = store
    return { kind: 'bundle', roots, release, match, origin }
  }
  if (path === CONF) {
    const { conf } = fields
    if (isUnknown(conf)) return conf
    if (conf !== null) return textContent(conf.map(line => `${line}\n`).join(''))
  }
  const node = fields.files.get(path)
  if (node) return node.kind === 'file' ? node.content : null
  for (const tree of fields.trees.toReversed()) {
    if (!within(path, tree.at)) continue
    const found = inTree(machine, tree, path)
    if (found) return found
  }
  if (isUnknown(fields.stores) && (BUNDLES.has(path) || touchesTrust(path))) return fields.stores
  return packagedFile(fields, path)
}

function packagedFile(fields: Fields, path: string): Content | null {
  const folder = fields.layout?.packaged
  const { packaged } = fields
  if (!folder || isUnknown(packaged) || !packaged || !path.startsWith(`${folder}/`)) return null
  const roots = packaged.files.get(path.slice(folder.length + 1))
  if (!roots) return null
  return { kind: 'bundle', roots, release: packaged.release?.id ?? null, match: 'nearest', origin: null }
}

function inTree(machine: Machine, tree: Tree, path: string): Content | null {
  const rest = path.slice(tree.at === '/' ? 1 : tree.at.length + 1)
  if (rest !== '' && tree.excludes?.(rest)) return null
  const source = rest === '' ? tree.source : `${tree.source.replace(/\/$/, '')}/${rest}`
  return contextFile(machine, source)
}

/** A file of the build context; null where it is surely not there. */
export function contextFile(machine: Machine, path: string): Content | null {
  const { context } = machine.session
  if (!context) return unknown('there is no build context to read it from')
  const file = context.read(clampPath(path))
  switch (file.kind) {
    case 'file':
      return textContent(Buffer.from(file.bytes).toString('latin1'))
    case 'refused':
      return unknown(file.why)
    default:
      return null
  }
}

/** Puts a content at a path: a store, conf, or just a file. */
export function put(machine: Machine, asked: string, content: Content): void {
  const { fields } = machine
  const path = realPath(fields, asked)
  if (path === CONF) {
    const conf = isTextContent(content)
      ? linesOf(content.text)
      : isUnknown(content)
        ? content
        : unknown('it is no list')
    confEdited(machine, fields.conf, conf)
    machine.set({ conf })
    return
  }
  noteAnchor(machine, path, content)
  const old = storeAt(fields, path)
  if (old || BUNDLES.has(path) || isStoreContent(machine, content)) {
    putStore(machine, path, content, old)
    return
  }
  const apt = /^\/etc\/apt\/apt\.conf(\.d\/|$)/.test(path)
  if (apt && isTextContent(content) && /Install-Recommends\s*"?(0|false|no)\b/i.test(content.text)) {
    machine.set({ noRecommends: true })
  }
  machine.set({ files: fields.files.with(path, { kind: 'file', content }) })
}

/** Tells which roots an edit of conf means to take away, whether or not the tool will heed it. */
function confEdited(machine: Machine, before: Fields['conf'], after: Fields['conf']): void {
  if (isUnknown(before) || isUnknown(after) || before === null || after === null) return
  const { packaged } = machine.fields
  if (isUnknown(packaged) || packaged === null) return
  const listed = new Set(after)
  const was = new Set(before)
  const names = [...packaged.files.keys()].filter(
    name => was.has(name) && (!listed.has(name) || (listed.has(`!${name}`) && !was.has(`!${name}`))),
  )
  if (names.length === 0) return
  machine.emit({
    kind: 'root-removal',
    program: 'ca-certificates.conf',
    how: 'conf',
    names,
    roots: names.flatMap(name => packaged.files.get(name) ?? []),
    location: machine.place(),
  })
}

function linesOf(text: string): string[] {
  const lines = text.split('\n')
  if (lines[lines.length - 1] === '') lines.pop()
  return lines
}

function isStoreContent(machine: Machine, content: Content): boolean {
  if (isUnknown(content)) return false
  if (content.kind === 'text' && !content.text.includes('-----BEGIN')) return false
  const roots = rootsOf(content, machine.catalogue)
  return !isUnknown(roots) && roots.length >= STORE_FROM
}

function putStore(machine: Machine, path: string, content: Content, old: TracedStore | null): void {
  const { fields } = machine
  if (isUnknown(fields.stores)) return
  const roots = rootsOf(content, machine.catalogue)
  const bundle = isBundle(content) ? content : null
  const store: TracedStore = {
    path,
    aliases: old?.aliases ?? linksTo(fields, path),
    sources: old?.sources ?? [],
    format: 'pem-bundle',
    release: bundle?.release ?? null,
    match: bundle?.match ?? 'unknown',
    roots,
    origin:
      bundle?.origin ??
      (isTextContent(content) ? content.origin : null) ??
      machine.edited(old?.origin ?? null),
  }
  machine.set({ stores: withStore(fields.stores, store), files: fields.files.without(path) })
}

function linksTo(fields: Fields, path: string): readonly string[] {
  const links: string[] = []
  for (const [name, node] of fields.files) if (node.kind === 'link' && node.target === path) links.push(name)
  return links.sort()
}

export function withStore(stores: readonly TracedStore[], store: TracedStore): readonly TracedStore[] {
  const rest = stores.filter(other => other.path !== store.path)
  return [...rest, store].sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** `rm`, the first half of `mv`: the path may be a pattern. */
export function removePath(machine: Machine, pattern: string): void {
  dropAnchors(machine, pattern)
  const { fields } = machine
  const change: { -readonly [K in keyof Fields]?: Fields[K] } = {}
  let { files } = fields
  if (!isUnknown(fields.stores)) {
    const kept: TracedStore[] = []
    for (const store of fields.stores) {
      if (covers(pattern, store.path)) {
        // Links that led to it stay, and lead nowhere until something is put there again.
        for (const alias of store.aliases) files = files.with(alias, { kind: 'link', target: store.path })
        continue
      }
      const aliases = store.aliases.filter(alias => !covers(pattern, alias))
      kept.push(aliases.length === store.aliases.length ? store : { ...store, aliases })
    }
    change.stores = kept
  }
  if (covers(pattern, CONF)) change.conf = null
  if (fields.tool === true && TOOLS.some(tool => covers(pattern, tool))) change.tool = false
  const packaged = fields.layout?.packaged
  if (packaged && covers(pattern, packaged)) change.packaged = null
  else if (packaged && !isUnknown(fields.packaged) && fields.packaged && mayReach(pattern, packaged)) {
    const { files, release } = fields.packaged
    const kept = [...files].filter(([name]) => !covers(pattern, `${packaged}/${name}`))
    if (kept.length < files.size) change.packaged = { release, files: new Map(kept) }
  }
  for (const [path] of files) if (covers(pattern, path)) files = files.with(path, { kind: 'absent' })
  if (!hasGlob(pattern)) files = files.with(pattern, { kind: 'absent' })
  change.files = files
  change.trees = fields.trees.filter(tree => !covers(pattern, tree.at))
  machine.set(change)
}

/** A symbolic link. */
export function putLink(machine: Machine, path: string, target: string): void {
  const real = realPath(machine.fields, target)
  removePath(machine, path)
  const { fields } = machine
  const store = storeAt(fields, real)
  if (store && !isUnknown(fields.stores)) {
    const aliases = [...store.aliases.filter(alias => alias !== path), path].sort()
    machine.set({
      stores: withStore(fields.stores, { ...store, aliases }),
      files: fields.files.without(path),
    })
    return
  }
  machine.set({ files: fields.files.with(path, { kind: 'link', target: real }) })
}

/** The names in a folder as far as the Dockerfile made them, and the files of the context beneath it. */
export function filesUnder(machine: Machine, folder: string, deep: boolean): Map<string, Content> {
  const found = new Map<string, Content>()
  const { files, trees } = machine.fields
  for (const tree of trees) {
    if (!(within(tree.at, folder) || within(folder, tree.at))) continue
    const inner = within(folder, tree.at) ? folder.slice(tree.at.length) : ''
    for (const path of listContext(machine, `${tree.source}${inner}`)) {
      const at = `${within(folder, tree.at) ? folder : tree.at}/${path}`
      if (!deep && at.slice(folder.length + 1).includes('/')) continue
      if (tree.excludes?.(`${inner}/${path}`.replace(/^\/+/, ''))) continue
      const content = contextFile(machine, `${tree.source}${inner}/${path}`)
      if (content) found.set(at, content)
    }
  }
  for (const [path, node] of files) {
    if (!path.startsWith(`${folder}/`)) continue
    if (!deep && path.slice(folder.length + 1).includes('/')) continue
    const content = nodeContent(machine, node)
    if (content) found.set(path, content)
    else found.delete(path)
  }
  return found
}

function nodeContent(machine: Machine, node: FileNode): Content | null {
  if (node.kind === 'file') return node.content
  return node.kind === 'link' ? (lookUp(machine, node.target) ?? unknown('it is a link')) : null
}

const MAX_FILES = 2_000

function listContext(machine: Machine, folder: string): string[] {
  const { context } = machine.session
  const found: string[] = []
  const walk = (path: string, prefix: string, depth: number): void => {
    if (depth > 8) return
    for (const name of context?.list(clampPath(path)) ?? []) {
      if (found.length >= MAX_FILES) return
      const at = `${path}/${name}`
      if (context?.read(clampPath(at)).kind === 'folder') walk(at, `${prefix}${name}/`, depth + 1)
      else found.push(prefix + name)
    }
  }
  walk(folder, '', 0)
  return found
}
