/** What all images of one run share: rules, policy, ways to open them, layers and documents that are read once. */
import { existsSync } from 'node:fs'
import { ruleIds } from '../rules/index.ts'
import type { Config } from './config/config.ts'
import { readConfigText } from './config/find.ts'
import { type Configs, withNetwork } from './config/load.ts'
import { settle } from './config/settings.ts'
import { SharedDocuments } from './fleet/shared-documents.ts'
import { SharedLayers } from './fleet/shared-layers.ts'
import { Connections } from './image/registry/connections.ts'
import type { ScanOptions } from './index.ts'
import { openOptions } from './open-options.ts'
import { mergePolicies, type Policy } from './policy/policy.ts'
import type { ScanSettings } from './scan.ts'

/** paranoia's own file (https://github.com/jetstack/paranoia): read as it is, from the current folder alone. */
const PARANOIA = '.paranoia.yaml'

/** Whoever asks for it closes `open.connections` at the end, as `eachImage` does. */
export async function scanSettings(
  options: ScanOptions & Pick<ScanSettings, 'at'>,
  configs: Configs,
  config: Config | null,
): Promise<ScanSettings> {
  const { rules, expiringWithin } = settle(options, config, ruleIds())
  const policy = await policyOf(options.config === 'find', config?.policy ?? null)
  const open = openOptions(withNetwork(options, await configs.network()))
  const shared = new SharedLayers(open.layers)
  return {
    at: options.at,
    expiringWithin,
    rules,
    shared,
    open: {
      ...open,
      layers: shared,
      documents: new SharedDocuments(open.documents),
      connections: new Connections(options.signal),
      ...(options.allPlatforms === undefined ? {} : { allPlatforms: options.allPlatforms }),
      ...(options.deep === undefined ? {} : { deep: options.deep }),
    },
    ...(policy === null ? {} : { policy }),
  }
}

async function policyOf(find: boolean, own: Policy | null): Promise<Policy | null> {
  const found = find && existsSync(PARANOIA) ? await paranoia() : null
  const policies = [own, found].filter(policy => policy !== null)
  return policies.length === 0 ? null : mergePolicies(policies)
}

async function paranoia(): Promise<Policy> {
  // A parser of YAML is loaded where there is something to parse.
  const { readPolicy } = await import('./policy/read.ts')
  return readPolicy(readConfigText(PARANOIA), PARANOIA)
}
