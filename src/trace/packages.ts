/** Packages that bring a trust store, take it away, or bring it along with something else. */
import { isUnknown, type Location, unknown } from '../model.ts'
import { type Drawing, drawing } from './drawn.ts'
import type { Packaged } from './fields.ts'
import type { Machine } from './machine.ts'
import { CONF } from './paths.ts'
import { refresh } from './refresh.ts'

/** Clients that read the system's store. */
const CLIENTS = new Set(['curl', 'wget', 'git'])

/** Packages whose installation is the store's installation. */
const STORE_PACKAGES = new Set(['ca-certificates', 'ca-certificates-mozilla', 'ca-certificates-bundle'])

export type Manager = 'apk' | 'apt' | 'rpm' | 'zypper' | 'pacman'

/** The newest release of the store's package of this distribution line is installed, or brought up to it. */
export function installStore(machine: Machine): void {
  const { fields } = machine
  const { distribution, layout } = fields
  if (isUnknown(fields.stores)) return
  if (!layout || !distribution) {
    machine.storesUnknown('a store is installed in a distribution that is not known')
    return
  }
  const release = machine.knowledge.newestRelease(distribution.id, distribution.version)
  const packaged: Packaged = { release, files: machine.catalogue.packaged(release) }
  machine.set({ packaged, tool: layout.tool !== null, conf: confAfter(machine, packaged) })
  if (release === null || release.roots === null) {
    const why = `which roots the newest ${layout.package} of ${distribution.id} ${distribution.version ?? ''} holds is not known`
    machine.set({ packaged: unknown(why) })
  }
  refresh(machine, { kind: 'install', line: machine.line })
}

/** Debian's conf keeps `!` through an upgrade; a deleted line counts as new and comes back. */
function confAfter(machine: Machine, packaged: Packaged): Machine['fields']['conf'] {
  const { conf, layout } = machine.fields
  if (layout?.conf !== CONF) return conf
  if (isUnknown(conf)) return conf
  const { names } = machine.catalogue.contents(packaged.files)
  if (conf === null || conf === names) return names
  const off = new Set(conf.filter(line => line.startsWith('!')).map(line => line.slice(1).trim()))
  const own = conf.filter(
    line => !line.startsWith('!') && !line.startsWith('#') && !line.startsWith('mozilla/'),
  )
  return [
    ...names.map(name => (off.has(name) ? `!${name}` : name)),
    ...own.filter(line => line.trim() !== ''),
  ]
}

export interface InstallOptions {
  readonly manager: Manager
  /** apt: what is merely recommended comes along. */
  readonly recommends: boolean
  /** An installed package is brought to its newest version. */
  readonly upgrades: boolean
}

export interface NamedPackage {
  /** Without version; null where the word is not known. */
  readonly name: string | null
  readonly location: Location
}

export function installPackages(
  machine: Machine,
  named: readonly NamedPackage[],
  options: InstallOptions,
): void {
  const names = named.flatMap(({ name }) => (name === null ? [] : [name]))
  for (const { name, location } of named) {
    if (name !== null && CLIENTS.has(name)) machine.installs.push({ program: name, location })
  }
  const has = (name: string): boolean =>
    !isUnknown(machine.fields.packages) && machine.fields.packages.has(name)
  const asked = names.find(name => STORE_PACKAGES.has(name) && name !== 'ca-certificates-bundle')
  const bundle = !asked && names.includes('ca-certificates-bundle')
  if (asked) {
    if (!has(asked) || options.upgrades) installStore(machine)
  } else if (bundle && isEmpty(machine)) {
    installBundleOnly(machine)
  }
  addPackages(machine, names)
  if (asked) return
  const unnamed = named.length > names.length
  const verdicts = names.map(name => ({
    name,
    drawing: drawing(options.manager, name, machine.fields.distribution),
  }))
  bringAlong(machine, verdicts, unnamed, options)
}

/** What the named packages may have drawn in. */
function bringAlong(
  machine: Machine,
  verdicts: readonly { name: string; drawing: Drawing }[],
  unnamed: boolean,
  options: InstallOptions,
): void {
  const { tool } = machine.fields
  if (options.manager !== 'apk' && options.manager !== 'apt') return
  const already = tool === true && !isEmpty(machine)
  if (already) return
  const recommends = options.recommends && !machine.fields.noRecommends
  const drawn = verdicts.find(
    one => one.drawing === 'depends' || (recommends && one.drawing === 'recommends'),
  )
  if (drawn) {
    installStore(machine)
    addPackages(machine, ['ca-certificates'])
    machine.set({ automatic: machine.fields.automatic.with('ca-certificates', true) })
    return
  }
  const doubtful = verdicts.find(
    one => one.drawing === 'unknown' || (recommends && one.drawing === 'perhaps-recommends'),
  )
  if (!doubtful && !unnamed) return
  const why = doubtful
    ? `${doubtful.name} may bring ca-certificates along`
    : 'a package whose name is not known may bring ca-certificates along'
  if (isEmpty(machine)) machine.storesUnknown(why)
  else if (tool === false) machine.set({ tool: unknown(why), conf: unknown(why), packaged: unknown(why) })
}

function isEmpty(machine: Machine): boolean {
  const { stores } = machine.fields
  return !isUnknown(stores) && stores.length === 0
}

/** Alpine's bundle without the tool. */
function installBundleOnly(machine: Machine): void {
  const { tool, conf } = machine.fields
  installStore(machine)
  machine.set({ tool, conf })
}

export function addPackages(machine: Machine, names: readonly string[]): void {
  const { packages } = machine.fields
  if (isUnknown(packages)) return
  let more = packages
  for (const name of names) if (!more.has(name)) more = more.with(name, true)
  if (more !== packages) machine.set({ packages: more })
}

/** Packages are taken away. `purge`: with their configuration. */
export function removePackages(
  machine: Machine,
  names: readonly string[],
  manager: Manager,
  purge: boolean,
): void {
  const { packages } = machine.fields
  if (!isUnknown(packages)) {
    let less = packages
    for (const name of names) less = less.without(name)
    machine.set({ packages: less })
  }
  if (!names.includes('ca-certificates') && !names.includes('ca-certificates-mozilla')) return
  removeStore(machine, manager, purge)
}

/** The package that brought the store goes. */
export function removeStore(machine: Machine, manager: Manager, purge: boolean): void {
  const { fields } = machine
  const { stores, layout } = fields
  if (isUnknown(stores)) return
  if (!layout) {
    machine.storesUnknown('a package is removed in a distribution that is not known')
    return
  }
  const without = stores.filter(store => store.path !== layout.bundle)
  if (manager === 'apk') {
    machine.set({ tool: false, conf: null, packaged: null })
    const minor = Number(/^3\.(\d+)/.exec(fields.distribution?.version ?? '')?.[1] ?? Number.NaN)
    // Since 3.12 the base image's own ca-certificates-bundle owns the file; 3.12's first releases deleted it all the same.
    if (minor <= 11) machine.set({ stores: without })
    else if (!(minor > 12))
      machine.storesUnknown('ca-certificates is removed from an Alpine whose base may keep its bundle')
    return
  }
  if (manager === 'apt') {
    // `remove` leaves what the package's scripts made: bundle and conf. `purge` takes both.
    machine.set(
      purge ? { tool: false, conf: null, packaged: null, stores: without } : { tool: false, packaged: null },
    )
    return
  }
  machine.set({ tool: false, packaged: null, stores: without })
}

/** All packages are brought to their newest version. */
export function upgradeAll(machine: Machine): void {
  const { stores, layout, packages, tool } = machine.fields
  if (isUnknown(stores) || !layout || stores.length === 0) return
  const installed = tool === true || (!isUnknown(packages) && packages.has(layout.package))
  if (installed || layout.family !== 'alpine') installStore(machine)
  else {
    // The package under Alpine's bare bundle is upgraded too; up to 3.11 that is another file's package.
    const kept = machine.fields
    const known = stores.find(store => store.path === layout.bundle)
    if (known) installStore(machine)
    else
      machine.set({
        stores: stores.map(store => ({
          ...store,
          roots: unknown('the package that brings it is upgraded'),
          match: 'unknown' as const,
          origin: { kind: 'install' as const, line: machine.line },
        })),
      })
    machine.set({ tool: kept.tool, conf: kept.conf, packaged: kept.packaged })
  }
}
