/** Turns what should be true into steps that fit the target. What does not fit gives no remedy, never a wrong one. */
import { lookupImage } from '../knowledge/base-images.ts'
import { endOfLife, newestSupported } from '../knowledge/lifecycles.ts'
import { storeLayout } from '../knowledge/store-layouts.ts'
import type { StoreLayout } from '../knowledge/types.ts'
import { type ImageModel, type Instant, isUnknown } from '../model.ts'
import type { DockerfileModel } from '../trace/state.ts'
import type { Candidate } from './candidate.ts'
import { managerOf, today } from './package-manager.ts'
import type { Mend, Step } from './plan.ts'
import { isSafeReference } from './quote.ts'
import { removeRoots } from './remove-roots.ts'
import { type Target, targetOf } from './target.ts'
import { storelessLine, together } from './together.ts'

/** The steps for one mend, the best first; empty where this target offers none. */
export function choose(mend: Mend, model: DockerfileModel | ImageModel, at: Instant): Candidate[] {
  const target = targetOf(model)
  if (target === null) return []
  switch (mend.kind) {
    case 'change-base':
      return changeBase(mend.to, mend.line, mend.note, model, at)
    case 'remove-roots':
      return removeRoots(target, mend.store, mend.roots, at)
    case 'install-store':
      return installStore(target, mend.beforeLine, at)
    case 'upgrade-store':
      return upgradeStore(target, at)
    case 'edit':
      return edit(mend, model, at)
    case 'together':
      return together(mend.mends.map(one => choose(one, model, at)))
  }
}

/** Where no store is, a client that checks again needs one: then both together are offered as well. */
function edit(
  { summary, edits, behaviour }: Extract<Mend, { kind: 'edit' }>,
  model: DockerfileModel | ImageModel,
  at: Instant,
): Candidate[] {
  if (edits.length === 0) return []
  const alone: Candidate = { summary, steps: [{ kind: 'edit-text', edits }], fixable: !behaviour }
  const line = model.kind === 'dockerfile' ? storelessLine(model, edits) : null
  const install = line === null ? [] : choose({ kind: 'install-store', beforeLine: line }, model, at)
  return [alone, ...together([install, [alone]])]
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
  const names = storePackages(target, layout)
  return [
    {
      summary: `Upgrade ${names.join(' and ')} to the newest release of this line`,
      steps: [{ kind: 'install-package', manager, names, upgrade: true }],
      fixable: true,
    },
  ]
}

/** Alpine 3.9 to 3.11: a package with cert.pem alone, which ca-certificates doesn't pull along. */
const PLAIN_FILE = 'ca-certificates-cacert'

/** The packages to upgrade for all stores of the distribution that are there. */
function storePackages({ packageVersion, tool }: Target, layout: StoreLayout): readonly string[] {
  const isThere = packageVersion(layout.package) !== null || tool
  const plain = packageVersion(PLAIN_FILE) !== null
  return [...(isThere || !plain ? [layout.package] : []), ...(plain ? [PLAIN_FILE] : [])]
}
