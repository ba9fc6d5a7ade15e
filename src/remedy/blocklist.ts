/** How a root leaves the stores that the RHEL family's update-ca-trust makes: its certificate goes into a folder. */
import { blocklistFolder } from '../knowledge/blocklist.ts'
import { rootByFingerprint, rootDer } from '../knowledge/roots.ts'
import { compareDotted } from '../knowledge/versions.ts'
import type { Root } from '../model.ts'
import { systemStorePaths } from '../questions/line.ts'
import { entryOf } from './bundle.ts'
import type { Step } from './plan.ts'
import { isSeedName } from './quote.ts'
import type { Target, TargetStore } from './target.ts'

const source = '/etc/pki/ca-trust/source'
const extracted = '/etc/pki/ca-trust/extracted/'

/** Is this store a work of update-ca-trust? */
export function madeByTrust(paths: readonly string[]): boolean {
  return paths.some(path => path.startsWith(extracted))
}

/** @returns null where that tool does not make this store, or a certificate is not in knowledge */
export function blocklistSteps(
  target: Target,
  store: TargetStore,
  roots: readonly Root[],
): readonly Step[] | null {
  const { layout, tool } = target
  if (layout?.tool !== 'update-ca-trust' || !tool) return null
  const paths = [store.path, ...store.aliases]
  if (!madeByTrust(paths) && !systemStorePaths(layout).some(path => paths.includes(path))) return null
  const folder = folderOf(target)
  if (folder === null) return null
  const steps: Step[] = []
  for (const { sha256 } of roots) {
    const known = rootByFingerprint(sha256)
    if (known === null || !isSeedName(known.file)) return null
    steps.push({
      kind: 'write-certificate',
      path: `${source}/${folder}/${known.file.replace(/\.crt$/, '.pem')}`,
      pem: [
        '-----BEGIN CERTIFICATE-----',
        ...entryOf(rootDer(known.index)).lines,
        '-----END CERTIFICATE-----',
      ],
    })
  }
  return [...steps, { kind: 'run-tool', tool: 'update-ca-trust', fresh: false }]
}

/**
 * p11-kit reads `blocklist` from 0.24.0 on and `blacklist` before, never both (its NEWS of 0.24.0). RHEL 9 and Fedora
 * 35 are the first with it; where an upgrade left both folders behind, the package alone can tell.
 */
function folderOf(target: Target): 'blocklist' | 'blacklist' | null {
  const version = target.packageVersion('p11-kit-trust') ?? target.packageVersion('p11-kit')
  if (version !== null)
    return compareDotted(version.replace(/^\d+:/, '').replace(/-.*$/, ''), '0.24.0') >= 0
      ? 'blocklist'
      : 'blacklist'
  const there = (['blocklist', 'blacklist'] as const).filter(name => target.exists(`${source}/${name}`))
  if (there.length === 1) return there[0]!
  const { distribution } = target
  return distribution && blocklistFolder(distribution.id, distribution.version)
}
