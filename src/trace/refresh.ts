/** What the tools that rebuild a store do: `update-ca-certificates`, `update-ca-trust`. */
import { blocklistFolder } from '../knowledge/blocklist.ts'
import { isUnknown, type Maybe, type Root, unknown } from '../model.ts'
import { BY_NAME, doubtAnchors, refreshedAnchors } from './anchors.ts'
import { distinct, type PackageContents, rootsOf } from './content.ts'
import { filesUnder, lookUp, withStore } from './files.ts'
import type { Machine } from './machine.ts'
import type { StoreOrigin, TracedStore } from './state.ts'

/**
 * Rebuilds the store of the distribution's own tool, as its layout says.
 * @param origin what brings the content; null: this run of the tool
 */
export function refresh(machine: Machine, origin: StoreOrigin | null): void {
  if (origin !== null) tellRefresh(machine, machine.program, 'install', true)
  refreshedAnchors(machine)
  // The package's own scripts write conf anew, and take up what they find there.
  if (origin !== null || machine.program === 'dpkg-reconfigure') doubtAnchors(machine, BY_NAME)
  const { fields } = machine
  const { layout, stores, packaged } = fields
  if (isUnknown(stores)) return
  if (!layout) {
    machine.storesUnknown('the store is rebuilt in a distribution that is not known')
    return
  }
  const old = stores.find(store => store.path === layout.bundle || store.aliases.includes(layout.bundle))
  const contents = isUnknown(packaged) || !packaged ? null : machine.catalogue.contents(packaged.files)
  const roots = rebuilt(machine, contents)
  const release = !isUnknown(packaged) && packaged?.release ? packaged.release : null
  if (origin === null && old && same(old.roots, roots)) return
  const whole = contents !== null && same(roots, contents.byName)
  const store: TracedStore = {
    path: old?.path ?? layout.bundle,
    aliases: old?.aliases ?? aliasesOf(machine),
    sources: [...(layout.packaged ? [layout.packaged] : []), ...layout.anchors].sort(),
    format: 'pem-bundle',
    release: release?.id ?? old?.release ?? null,
    match: isUnknown(roots) ? 'unknown' : whole && release?.certainty === 'exact' ? 'exact' : 'nearest',
    roots,
    origin: origin ?? machine.edited(old?.origin ?? null),
  }
  machine.set({ stores: withStore(stores, store), files: fields.files.without(store.path) })
}

/** Tells the rules that the store is, or would be, made anew here. */
export function tellRefresh(
  machine: Machine,
  program: string,
  by: 'tool' | 'install',
  there: Maybe<boolean>,
): void {
  const { user } = machine.fields
  machine.emit({
    kind: 'refresh',
    program,
    by,
    there,
    user: machine.elevated ? unknown('another user was asked for') : user,
    sure: machine.doubt === 0,
    location: machine.place(),
  })
}

/** Since 3.12 Alpine's `cert.pem` is a link to the bundle; before it was OpenSSL's or LibreSSL's own plain file. */
function aliasesOf(machine: Machine): readonly string[] {
  const { layout, distribution, stores } = machine.fields
  if (!layout) return []
  const taken = isUnknown(stores) ? [] : stores.flatMap(store => [store.path, ...store.aliases])
  const free = layout.aliases.filter(alias => !taken.includes(alias))
  if (layout.family !== 'alpine') return free
  const minor = /^3\.(\d+)/.exec(distribution?.version ?? '')?.[1]
  return minor !== undefined && Number(minor) < 12 ? [] : free
}

function same(a: Maybe<readonly Root[]>, b: Maybe<readonly Root[]>): boolean {
  if (a === b) return true
  if (isUnknown(a) || isUnknown(b)) return isUnknown(a) && isUnknown(b)
  const other = new Set(b.map(root => root.sha256))
  return a.length === b.length && a.every(root => other.has(root.sha256))
}

/** The roots that the tool would put into the bundle now: of the package, those that conf names, and the anchors. */
function rebuilt(machine: Machine, contents: PackageContents | null): Maybe<readonly Root[]> {
  const { layout, packaged } = machine.fields
  if (!layout) return unknown('the distribution is not known')
  if (isUnknown(packaged)) return packaged
  const roots = packagedRoots(machine, contents)
  if (isUnknown(roots)) return roots
  const anchors = anchored(machine)
  if (isUnknown(anchors)) return anchors
  const blocked = blockedRoots(machine)
  if (isUnknown(blocked)) return blocked
  if (packaged?.release && packaged.release.roots === null && packaged.files.size === 0) {
    return unknown(`which roots ${packaged.release.id} holds is not known`)
  }
  if (anchors.length === 0 && blocked.size === 0) return roots
  return distinct([...roots, ...anchors]).filter(({ sha256 }) => !blocked.has(sha256))
}

/** Each once. Where nobody changed conf it is the package's own list, which all such stores share. */
function packagedRoots(machine: Machine, contents: PackageContents | null): Maybe<readonly Root[]> {
  const { layout, packaged, conf } = machine.fields
  if (isUnknown(packaged)) return packaged
  if (layout?.conf === null)
    return contents?.inOrder ?? unknown("the distribution's own certificates are not known")
  if (isUnknown(conf)) return conf
  if (contents !== null && conf === contents.names) return contents.byName
  const roots: Root[] = []
  for (const line of conf ?? []) {
    const name = line.trim()
    if (name === '' || name.startsWith('#') || name.startsWith('!')) continue
    const found = packaged?.files.get(name) ?? planted(machine, `${layout?.packaged}/${name}`)
    if (isUnknown(found)) return found
    roots.push(...found)
  }
  return distinct(roots)
}

/** A file that conf names: not there is skipped with a warning, as the tools do. */
function planted(machine: Machine, path: string): Maybe<readonly Root[]> {
  const content = lookUp(machine, path)
  if (content === null) return []
  const roots = rootsOf(content, machine.catalogue)
  return isUnknown(roots) ? unknown(`${path}: ${roots.unknown}`) : roots
}

/**
 * The administrators' own anchors: Debian's tool takes `*.crt` at any depth, Alpine's every file of the folder itself,
 * update-ca-trust every file of the folder.
 */
function anchored(machine: Machine): Maybe<readonly Root[]> {
  const { layout } = machine.fields
  const roots: Root[] = []
  for (const folder of layout?.anchors ?? []) {
    const deep = layout?.family === 'debian'
    for (const [path, content] of filesUnder(machine, folder, deep)) {
      const name = path.slice(path.lastIndexOf('/') + 1)
      if (deep ? !name.endsWith('.crt') : name.startsWith('.')) continue
      const found = rootsOf(content, machine.catalogue)
      if (isUnknown(found)) return unknown(`${path}: ${found.unknown}`)
      roots.push(...found)
    }
  }
  return roots
}

/** Where update-ca-trust's p11-kit reads what it is to leave out: update-ca-trust(8) of Fedora and of Arch Linux. */
const BLOCKING: Readonly<Record<string, readonly string[]>> = {
  rhel: ['/etc/pki/ca-trust/source', '/usr/share/pki/ca-trust-source'],
  arch: ['/etc/ca-certificates/trust-source', '/usr/share/ca-certificates/trust-source'],
  suse: ['/etc/pki/trust', '/usr/share/pki/trust'],
}

/** Fingerprints of the certificates that p11-kit leaves out, whoever put them into its stores. */
function blockedRoots(machine: Machine): Maybe<ReadonlySet<string>> {
  const { layout, distribution } = machine.fields
  const blocked = new Set<string>()
  const read = distribution && blocklistFolder(distribution.id, distribution.version)
  for (const source of BLOCKING[layout?.family ?? ''] ?? []) {
    for (const name of ['blocklist', 'blacklist']) {
      if (read !== null && name !== read) continue
      for (const [path, content] of filesUnder(machine, `${source}/${name}`, false)) {
        if (read === null) return unknown(`${path}: whether it is read here is not known`)
        const roots = rootsOf(content, machine.catalogue)
        if (isUnknown(roots)) return unknown(`${path}: ${roots.unknown}`)
        if (roots.length === 0) return unknown(`${path}: it holds no certificate in PEM`)
        for (const { sha256 } of roots) blocked.add(sha256)
      }
    }
  }
  return blocked
}
