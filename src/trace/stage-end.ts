/** What is known of a stage at its end beside its state: anchors, files, what it starts. */
import type { StoreLayout } from '../knowledge/types.ts'
import { isUnknown, type Maybe, unknown } from '../model.ts'
import { BY_NAME, readByName } from './anchors.ts'
import { certificateFile } from './certificate-file.ts'
import { type Fields, trustState } from './fields.ts'
import { contentIn, realPath } from './files.ts'
import type { Machine } from './machine.ts'
import { within } from './paths.ts'
import type { CertificateFile, StageEnd, StageStart, TracedAnchor } from './state.ts'

export function stageEnd(machine: Machine, fields: Fields): StageEnd {
  const { notes } = fields
  return {
    heir: trustState(fields),
    anchors: anchorsOf(machine, fields),
    file: path => fileAt(machine, fields, path),
    start: startOf(machine.entrypoint, machine.command),
    keystoreTouched: notes.has('keystore'),
    storeOpened: notes.has('opened'),
    configured: new Set(
      [...notes.keys()].flatMap(name =>
        name.startsWith('configured:') ? [name.slice('configured:'.length)] : [],
      ),
    ),
  }
}

/** An ENTRYPOINT is handed the words of CMD: what it does with them is followed as if it ran them. */
function startOf(entrypoint: StageStart | null, command: StageStart | null): StageStart {
  const parts = [entrypoint, command].filter(part => part !== null)
  return {
    programs: parts.flatMap(({ programs }) => programs),
    refreshes: parts.some(({ refreshes }) => refreshes),
    followed: parts.every(({ followed }) => followed),
  }
}

/** Bundles that one family has and others surely have not: their packages' file lists. */
const OF_FAMILIES: Readonly<Record<string, readonly string[]>> = {
  debian: ['/etc/ssl/certs/ca-certificates.crt'],
  alpine: ['/etc/ssl/certs/ca-certificates.crt', '/etc/ssl/cert.pem', '/etc/ssl1.1/cert.pem'],
  rhel: [
    '/etc/pki/tls/certs/ca-bundle.crt',
    '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
    '/etc/ssl/certs/ca-bundle.crt',
  ],
  suse: ['/etc/ssl/ca-bundle.pem', '/var/lib/ca-certificates/ca-bundle.pem'],
}
const STANDARD = new Set(Object.values(OF_FAMILIES).flat())

function fileAt(machine: Machine, fields: Fields, path: string): Maybe<CertificateFile | null> {
  const real = realPath(fields, path)
  const { stores, layout, bare } = fields
  const content = contentIn(machine, fields, path)
  if (content !== null) {
    const store = isUnknown(stores) ? undefined : stores.find(one => one.path === real)
    if (store && isUnknown(store.roots)) return unknown(store.roots.unknown)
    return certificateFile(content, machine.catalogue)
  }
  if (isUnknown(stores)) return stores
  const family = layout?.family ?? ''
  const known = bare || family === 'debian' || family === 'alpine'
  // What this distribution's packages may bring is told by its stores; the other families' bundles it has not.
  if (known && STANDARD.has(real) && fields.files.get(path)?.kind !== 'link') {
    const own = OF_FAMILIES[family]?.includes(real) === true
    return own && stores.length > 0 && real !== layout?.bundle
      ? unknown('a package may have brought it')
      : null
  }
  const tree = fields.trees.find(
    one => one.at !== '/' && within(real, one.at) && within(one.at, parent(real)),
  )
  const listed = tree && machine.session.context?.list(tree.source)
  // A folder that was copied whole from a context at hand, and that does not hold it.
  if (listed && listed.length > 0 && fields.files.get(real) === undefined && /\.(crt|pem|cer)$/.test(real))
    return null
  return unknown('something else may have made it')
}

function parent(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/'
}

/** The anchors of a stage as they are at its end. */
export function anchorsOf(machine: Machine, fields: Fields): TracedAnchor[] {
  const found: TracedAnchor[] = []
  for (const [path, mark] of fields.anchors) {
    const content = contentIn(machine, fields, path)
    found.push({
      path,
      location: mark.location,
      file:
        content === null
          ? { unknown: 'nothing is known of it' }
          : certificateFile(content, machine.catalogue),
      reading: readByName(path)
        ? readingByName(path, fields, mark.refreshed)
        : readingOf(path, fields.layout),
      folder: fields.layout?.anchors[0] ?? null,
      refreshed: mark.refreshed,
      doubtful: mark.doubtful,
    })
  }
  return found.sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** update-ca-certificates(8): conf names the certificates of this folder that are taken, `!` in front those that are not. */
function readingByName(path: string, { conf, layout }: Fields, refreshed: boolean): TracedAnchor['reading'] {
  if (layout === null || isUnknown(conf)) return 'unknown'
  const name = path.slice(BY_NAME.length + 1)
  const lines = (conf ?? []).map(line => line.trim())
  if (layout.conf !== null && lines.includes(name)) return 'read'
  // Where no tool is run behind it, it may lie there for a program that is told its path.
  const meant = refreshed && !lines.includes(`!${name}`) && (layout.conf === null || conf !== null)
  return meant ? 'wrong-folder' : 'unknown'
}

/**
 * Debian's tool takes `*.crt` at any depth, Alpine's every file of the folder itself whose name begins with no dot,
 * p11-kit's what lies in the folder; what it does with folders in it is not known.
 */
export function readingOf(path: string, layout: StoreLayout | null): TracedAnchor['reading'] {
  if (layout === null) return 'unknown'
  const folder = layout.anchors.find(anchors => within(path, anchors))
  if (folder === undefined) return 'wrong-folder'
  const deep = path.slice(folder.length + 1).includes('/')
  switch (layout.family) {
    case 'debian':
      return path.endsWith('.crt') ? 'read' : 'wrong-extension'
    case 'alpine':
      return deep ? 'wrong-folder' : path.slice(folder.length + 1).startsWith('.') ? 'unknown' : 'read'
    default:
      return deep ? 'unknown' : 'read'
  }
}
