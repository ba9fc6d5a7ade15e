/** Takes roots out of a store by whatever made it: its tool, its package, its keystore's program; the file itself last. */
import { newestRelease } from '../knowledge/releases.ts'
import { rootByFingerprint, rootByIndex } from '../knowledge/roots.ts'
import type { Instant, Root } from '../model.ts'
import { madeByTool } from './apply.ts'
import { blocklistSteps } from './blocklist.ts'
import { fragmentsFor } from './bundle.ts'
import type { Candidate } from './candidate.ts'
import { keystoreSteps } from './keystore.ts'
import { type Need, neededOf, warning } from './needed.ts'
import { managerOf } from './package-manager.ts'
import { pipSteps } from './pip.ts'
import type { Step } from './plan.ts'
import { isSafePath, isSeedName } from './quote.ts'
import type { Target, TargetStore } from './target.ts'

/** The best way first; empty where this store offers none. */
export function removeRoots(target: Target, path: string, roots: readonly Root[], at: Instant): Candidate[] {
  const store = target.store(path)
  if (store === null || roots.length === 0 || target.bare) return []
  const steps = stepsFor(target, store, roots)
  if (steps === null) return []
  const need = neededOf(store.roots, roots, at)
  const what = `Take ${namesOf(roots)} out of ${isSafePath(path) ? path : 'the store'}`
  const caution = warning(need, roots.length)
  const plain: Candidate = {
    summary: `${what}${caution === null ? '' : `, ${caution}`}${hint(target)}`,
    steps,
    fixable: caution === null,
    // Who asks for a good root to go gets it; a removal that leaves the servers refused has mended nothing.
    ...(caution === null || need.lacks.length === 0 ? {} : { doubt: caution }),
  }
  return need.lacks.length === 0 ? [plain] : [...withUpgrade(target, store, need, what, steps, at), plain]
}

function stepsFor(target: Target, store: TargetStore, roots: readonly Root[]): readonly Step[] | null {
  if (store.format === 'embedded') return null
  if (store.format === 'jks' || store.format === 'pkcs12') return keystoreSteps(target, store, roots)
  return (
    pipSteps(target, store) ??
    blocklistSteps(target, store, roots) ??
    byConf(target, store, roots) ??
    byLink(target, store, roots) ??
    byBundle(target, store, roots)
  )
}

/** The newest package of the line first, where it brings what the store lacks; then the removal. */
function withUpgrade(
  target: Target,
  store: TargetStore,
  { lacks, lacking }: Need,
  what: string,
  steps: readonly Step[],
  at: Instant,
): Candidate[] {
  const { layout, distribution } = target
  const manager = managerOf(distribution, at)
  if (layout === null || manager === null || distribution?.version == null) return []
  // A pattern of today's bytes need not fit those that the upgrade brings.
  if (steps.some(({ kind }) => kind === 'bundle-delete') || !madeByTool(layout, store.path)) return []
  const newest = newestRelease(distribution.id, distribution.version)
  const brought = new Set(newest?.roots?.map(index => rootByIndex(index).sha256))
  if (![...lacking].every(sha256 => brought.has(sha256))) return []
  return [
    {
      summary: `Upgrade ${layout.package}, which brings ${lacks.join(', ')}, then ${what.charAt(0).toLowerCase()}${what.slice(1)}${hint(target)}`,
      steps: [{ kind: 'install-package', manager, names: [layout.package], upgrade: true }, ...steps],
      fixable: true,
    },
  ]
}

function namesOf(roots: readonly Root[]): string {
  const names = roots.map(({ sha256 }) => rootByFingerprint(sha256)?.name)
  if (names.length <= 2 && !names.includes(undefined)) return names.join(' and ')
  return roots.length === 1 ? '1 root' : `${roots.length} roots`
}

/** What is still to do on a system when its store is mended: a program reads it when it starts. An image is built anew. */
function hint({ kind, darwin }: Target): string {
  return kind === 'host' || darwin ? '; then restart what still runs with the old store' : ''
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
  if (!madeByTool(layout, store.path)) return null
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

/**
 * A plain cert.pem beside the bundle that the tool makes (Alpine up to 3.11): as a link to it, both are one store for
 * ever. Its roots leave the bundle first where they are there too.
 */
function byLink(target: Target, store: TargetStore, roots: readonly Root[]): Step[] | null {
  const { layout, tool } = target
  if (layout === null || !tool || !layout.aliases.includes(store.path) || !isSafePath(store.path)) return null
  const bundle = target.store(layout.bundle)
  if (bundle === null) return null
  const here = new Set(bundle.roots.map(({ sha256 }) => sha256))
  const both = roots.filter(({ sha256 }) => here.has(sha256))
  const before = both.length === 0 ? [] : byConf(target, bundle, both)
  return before === null ? null : [...before, { kind: 'link', path: store.path, to: layout.bundle }]
}

/** Where no tool makes the bundle, it is edited itself. */
function byBundle(target: Target, store: TargetStore, roots: readonly Root[]): Step[] | null {
  if (store.format !== 'pem-bundle' || !isSafePath(store.path)) return null
  // What a tool makes comes back with its next run: an edit of it would not last.
  if (target.tool && target.layout !== null && store.path === target.layout.bundle) return null
  if (target.layout?.tool === 'update-ca-trust') return null
  const entries = target.bundle(store)
  const fragments =
    entries === null
      ? null
      : fragmentsFor(
          entries,
          roots.map(({ sha256 }) => sha256),
        )
  if (fragments === null) return null
  const { path } = store
  if (!target.darwin) return [{ kind: 'bundle-delete', path, fragments }]
  return [
    { kind: 'backup', path, to: `${path}.orig` },
    { kind: 'bundle-delete', path, fragments, sed: 'bsd' },
  ]
}
