import type { ImageFile, ImageTree } from '../image/facts.ts'
import type { FormatContext } from './formats/index.ts'

/**
 * Which layer brought a root of a store: a tool that writes a bundle anew brings all of it a second time, so the layers
 * below are asked for the same root at the same path.
 * @returns for a root's fingerprint and the layer of the file that holds it now, the layer that brought it first
 */
export function rootLayers(
  tree: ImageTree,
  path: string,
  context: FormatContext,
): (sha256: string, layer: number) => number {
  const file = tree.file(path)
  const earlier = (file?.earlier ?? []).map(({ layer, content, found }) => ({
    layer,
    held: fingerprints({ ...file!, content, found }, context),
  }))
  return (sha256, layer) => {
    let first = layer
    for (const version of earlier) {
      if (!version.held.has(sha256)) break
      first = version.layer
    }
    return first
  }
}

function fingerprints(file: ImageFile, context: FormatContext): ReadonlySet<string> {
  const found = new Set<string>()
  for (const entry of context.foundIn(file)) {
    if (!entry.der) continue
    const certificate = context.certificateOf(entry)
    if ('sha256' in certificate) found.add(certificate.sha256)
  }
  return found
}
