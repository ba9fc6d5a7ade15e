/** Turns what should be true into steps that fit the target. What does not fit gives no remedy, never a wrong one. */
import { addDays, dayStart } from '../clock.ts'
import { lookupImage } from '../knowledge/base-images.ts'
import { endOfLife, newestSupported } from '../knowledge/lifecycles.ts'
import { rootByFingerprint } from '../knowledge/roots.ts'
import { knowledgeDate } from '../knowledge/status.ts'
import { storeLayout } from '../knowledge/store-layouts.ts'
import { type Distribution, type ImageModel, type Instant, isUnknown, type Root } from '../model.ts'
import { systemStorePaths } from '../questions/line.ts'
import type { DockerfileModel } from '../trace/state.ts'
import { fragmentsFor } from './bundle.ts'
import type { Mend, PackageManager, Remedy, Step } from './plan.ts'
import { isSafePath, isSafeReference, isSeedName } from './quote.ts'
import { type Target, type TargetStore, targetOf } from './target.ts'

/** A remedy that has not been proven yet. */
export type Candidate = Omit<Remedy, 'proven'>

/** The steps for one mend, the best first; empty where this target offers none. */
export function choose(mend: Mend, model: DockerfileModel | ImageModel, at: Instant): Candidate[] {
  const target = targetOf(model)
  if (target === null) return []
  switch (mend.kind) {
    case 'change-base':
      return changeBase(mend.to, mend.line, mend.note, model, at)
    case 'remove-roots':
      return removeRoots(target, mend.store, mend.roots)
    case 'install-store':
      return installStore(target, mend.beforeLine, at)
    case 'upgrade-store':
      return upgradeStore(target, at)
    case 'edit':
      return mend.edits.length === 0
        ? []
        : [
            {
              summary: mend.summary,
              steps: [{ kind: 'edit-text', edits: mend.edits }],
              fixable: !mend.behaviour,
            },
          ]
  }
}

function changeBase(
  to: string,
  line: number | undefined,
  note: string | undefined,
  model: DockerfileModel | ImageModel,
  at: Instant,
): Candidate[] {
  if (!isSafeReference(to)) return []
  const step: Step = line === undefined ? { kind: 'set-base', to } : { kind: 'set-base', to, line }
  const install = model.kind === 'dockerfile' || model.stores.length === 0 ? null : storeFor(to, at)
  const summary =
    install === null ? `Build on ${to}` : `Build on ${to} and install ${install.names.join(' ')}`
  return [
    {
      summary: note === undefined ? summary : `${summary}: ${note}`,
      steps: install === null ? [step] : [step, install],
      fixable: false,
    },
  ]
}

/** What an image must install on a base that holds no store, as those of Debian and Ubuntu; null where the base has one. */
function storeFor(base: string, at: Instant): Extract<Step, { kind: 'install-package' }> | null {
  const image = lookupImage(base)
  if (isUnknown(image) || isUnknown(image.stores) || image.stores.length > 0 || image.distribution === null)
    return null
  const { id, version } = image.distribution
  const layout = storeLayout(id)
  const manager = managerOf({ id, version, endOfLife: version === null ? null : endOfLife(id, version) }, at)
  return layout === null || manager === null
    ? null
    : { kind: 'install-package', manager, names: [layout.package], upgrade: false }
}

function removeRoots(target: Target, path: string, roots: readonly Root[]): Candidate[] {
  const store = target.store(path)
  if (store === null || roots.length === 0 || target.bare) return []
  const steps = byConf(target, store, roots) ?? byBundle(target, store, roots)
  if (steps === null) return []
  const names = roots.map(({ sha256 }) => rootByFingerprint(sha256)?.name)
  const what =
    names.length <= 2 && !names.includes(undefined) ? names.join(' and ') : `${roots.length} expired roots`
  return [{ summary: `Take ${what} out of ${isSafePath(path) ? path : 'the store'}`, steps, fixable: true }]
}

/**
 * Where ca-certificates.conf lists the certificates and the tool is there, the tool makes the store anew without them.
 * @returns null where that is not so
 */
function byConf(target: Target, store: TargetStore, roots: readonly Root[]): Step[] | null {
  const { layout, conf } = target
  if (layout?.conf == null || layout.tool !== 'update-ca-certificates' || conf === null || !target.tool)
    return null
  // The tool makes its bundle and the folder around it: a plain cert.pem beside (Alpine up to 3.11) stays as it is.
  if (layout.aliases.includes(store.path) || !systemStorePaths(layout).includes(store.path)) return null
  const names = roots.map(({ sha256 }) => rootByFingerprint(sha256)?.file ?? '')
  if (!names.every(name => isSeedName(name) && deletesOneLine(conf, name))) return null
  const edit: Step =
    target.kind === 'host'
      ? { kind: 'conf-deselect', conf: layout.conf, names }
      : { kind: 'conf-delete', conf: layout.conf, names }
  return [edit, { kind: 'run-tool', tool: layout.tool, fresh: true }]
}

/** Does sed's pattern, its dot unescaped, match the one line that names this certificate and no other? */
function deletesOneLine(conf: readonly string[], name: string): boolean {
  const pattern = new RegExp(name)
  const matched = conf.filter(line => pattern.test(line))
  return matched.length === 1 && matched[0]!.trim() === `mozilla/${name}`
}

/** Where no tool makes the bundle, it is edited itself. */
function byBundle(target: Target, store: TargetStore, roots: readonly Root[]): Step[] | null {
  if (store.format !== 'pem-bundle' || !isSafePath(store.path)) return null
  // What a tool makes comes back with its next run: an edit of it would not last.
  if (target.tool && store.path === target.layout?.bundle) return null
  if (target.layout?.tool === 'update-ca-trust') return null
  const entries = target.bundle(store)
  const fragments =
    entries === null
      ? null
      : fragmentsFor(
          entries,
          roots.map(({ sha256 }) => sha256),
        )
  return fragments === null ? null : [{ kind: 'bundle-delete', path: store.path, fragments }]
}

function installStore(target: Target, beforeLine: number | undefined, at: Instant): Candidate[] {
  const { layout, distribution } = target
  const manager = managerOf(target.distribution, at)
  if (layout !== null && manager !== null) {
    const step: Step = { kind: 'install-package', manager, names: [layout.package], upgrade: false }
    return [
      {
        summary: `Install ${layout.package}`,
        steps: [beforeLine === undefined ? step : { ...step, beforeLine }],
        fixable: false,
      },
    ]
  }
  return distribution === null && target.bare ? copyStore(at) : []
}

/** For an image without any distribution: the store of the newest Alpine, whose base image holds one. */
function copyStore(at: Instant): Candidate[] {
  const version = newestSupported('alpine', today(at))?.version
  const from = `alpine:${version ?? 'latest'}`
  const image = lookupImage(from)
  const path = isUnknown(image) || isUnknown(image.stores) ? undefined : image.stores[0]?.path
  if (path === undefined) return []
  return [
    {
      summary: `Bring the trust store of ${from}`,
      steps: [{ kind: 'copy-store', from, path }],
      fixable: false,
    },
  ]
}

function upgradeStore(target: Target, at: Instant): Candidate[] {
  const { layout } = target
  const manager = managerOf(target.distribution, at)
  if (layout === null || manager === null) return []
  return [
    {
      summary: `Upgrade ${layout.package} to the newest release of this line`,
      steps: [{ kind: 'install-package', manager, names: [layout.package], upgrade: true }],
      fixable: true,
    },
  ]
}

/** The package manager of a distribution. RHEL's family has dnf from 8 on, yum before. */
function managerOf(distribution: Distribution | null, at: Instant): PackageManager | null {
  if (distribution === null) return null
  const { id, version, endOfLife } = distribution
  const major = Number.parseInt(version ?? '', 10)
  const ended = endOfLife !== null && today(at) >= addDays(dayStart(endOfLife), 1)
  switch (id) {
    case 'alpine':
      return 'apk'
    case 'debian':
    case 'ubuntu':
      // Past its end a release moves to an archive of its own, and apt-get update fails until sources.list says so.
      return ended ? null : 'apt-get'
    case 'fedora':
    case 'rocky':
    case 'almalinux':
    case 'centos-stream':
      return ended ? null : 'dnf'
    case 'rhel':
    case 'ol':
    case 'centos':
      return ended ? null : major >= 8 ? 'dnf' : 'yum'
    case 'amzn':
      return ended ? null : major >= 2022 ? 'dnf' : 'yum'
    case 'opensuse-leap':
    case 'opensuse-tumbleweed':
    case 'opensuse':
    case 'sles':
      return 'zypper'
    default:
      return null
  }
}

/** One can only take what there is: what archives serve is of today, whatever the judge's clock says. */
function today(at: Instant): Instant {
  return Math.max(at, dayStart(knowledgeDate()))
}
