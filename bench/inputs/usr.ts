/** The large image of the table: 900 MB of /usr, in two layers and in one, packed by gzip and not. */
import { join } from 'node:path'
import type { Bench } from '../row.ts'
import { type OrdinaryFile, ordinaryFiles, parts } from './files.ts'
import { archiveOf, type Layout, writeLayout } from './image.ts'
import { type Layer, listed, makeLayer } from './layer.ts'

const MB = 1e6
const HALF = 450 * MB

/** Files by part: the two halves, two of 50 MB, and 40 of 8 MB for images that share layers. */
let cut: OrdinaryFile[][] | undefined
function filesOf(part: number): OrdinaryFile[] {
  cut ??= parts(ordinaryFiles('/usr'), [HALF, HALF, 50 * MB, 50 * MB, ...Array(40).fill(8 * MB)])
  return cut[part]!
}

async function layer(bench: Bench, name: string, files: Parameters<typeof makeLayer>[1]): Promise<Layer> {
  bench.say(`input: ${name}`)
  return makeLayer(join(bench.work, 'usr', name), files)
}

export async function halves(bench: Bench): Promise<[Layer, Layer]> {
  const first = layer(bench, 'half-1', () => filesOf(0))
  const second = layer(bench, 'half-2', () => filesOf(1))
  return [await first, await second]
}

/** What is in the two halves, in one layer: by their lists, as what is under /usr may have changed since. */
export async function whole(bench: Bench): Promise<Layer> {
  await halves(bench)
  return layer(bench, 'whole', () =>
    ['half-1', 'half-2'].flatMap(half => listed(join(bench.work, 'usr', half))),
  )
}

/** Two layers of 50 MB. */
export async function small(bench: Bench): Promise<[Layer, Layer]> {
  return [await layer(bench, 'small-1', () => filesOf(2)), await layer(bench, 'small-2', () => filesOf(3))]
}

/** One of 40 layers of 8 MB. */
export function shared(bench: Bench, index: number): Promise<Layer> {
  return layer(bench, `shared-${index}`, () => filesOf(4 + index))
}

/** An image of these layers as an OCI layout. */
export function layout(
  bench: Bench,
  name: string,
  layers: readonly Layer[],
  packing: 'gzip' | 'tar',
): Layout {
  return writeLayout(
    join(bench.work, 'images', name),
    layers.map(one => ({ blob: one[packing], diffId: one.tar.digest })),
  )
}

/** The same in one tar, with the `manifest.json` of `docker save`. */
export function archive(
  bench: Bench,
  name: string,
  layers: readonly Layer[],
  packing: 'gzip' | 'tar',
): Promise<string> {
  return archiveOf(layout(bench, name, layers, packing))
}

/** `2 layers, 900 MB (312 MB packed)`. */
export function told(layers: readonly Layer[]): string {
  const sum = (kind: 'tar' | 'gzip') => Math.round(layers.reduce((all, one) => all + one[kind].size, 0) / MB)
  return `${layers.length} layer${layers.length === 1 ? '' : 's'}, ${sum('tar')} MB, ${sum('gzip')} MB packed`
}
