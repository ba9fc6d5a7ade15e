import type { ImageTree, OpenedImage } from '../image/facts.ts'
import type { ImageModel } from '../model.ts'
import { findClients } from './clients.ts'
import { readDistribution } from './distribution.ts'
import { readPackages } from './packages/index.ts'
import { findStores, type TrustNaming } from './stores.ts'

export type { ReleaseHints, TrustNaming } from './stores.ts'

/**
 * All that an image says about trust, from its files after the overlay.
 * @param naming what only the built-in facts can tell
 */
export function buildImageModel(
  image: Pick<OpenedImage, 'kind' | 'source' | 'reference' | 'digest' | 'platform' | 'config' | 'layers'>,
  tree: ImageTree,
  naming: TrustNaming,
): ImageModel {
  const packages = readPackages(tree)
  const read = readDistribution(tree)
  const distribution = read && { ...read, endOfLife: naming.endOfLife(read.id, read.version) }
  const { env } = image.config
  const clients = findClients(tree, { packages, distribution, env })
  const found = findStores(tree, {
    naming,
    clients: clients.clients,
    distribution,
    packages,
    env,
    layers: image.kind === 'image' ? image.layers : null,
  })
  return {
    kind: image.kind,
    source: image.source,
    reference: image.reference,
    digest: image.digest,
    platform: image.platform,
    distribution,
    stores: found.stores,
    certificates: found.certificates,
    clients: clients.clients.map(({ client }, index) => {
      const reads = found.read[index]
      return reads ? { ...client, reads } : client
    }),
    packages: packages.all.map(({ name, version, manager }) => ({ name, version, manager })),
    config: image.config,
    files: tree,
    unknowns: [
      ...tree.unknowns.map(({ what, why, layer }) => ({
        what,
        why,
        location: layer === undefined ? {} : { layer },
      })),
      ...found.unknowns,
      ...clients.unknowns,
      ...packages.unknowns,
    ],
  }
}
