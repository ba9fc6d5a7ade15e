import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Layer } from '../inputs/layer.ts'
import { own } from '../inputs/own-layer.ts'
import { startRegistry } from '../inputs/registry.ts'
import { layout, shared } from '../inputs/usr.ts'
import { type Row, ratio } from '../row.ts'

const IMAGES = 200
const SHARED = 40

export const many: Row = {
  id: 'many',
  title: '200 images that share layers',
  doc: `200 OCI layouts in one call (\`--from-file\`), the cache empty: each image has five layers of 40 shared ones of
8 MB and a small one of its own. Against a scan of one image that has all those 240 layers. The same images from a
registry on loopback: how many layers it is asked for, by distinct layer.`,
  rounds: [5, 2],
  warmUp: 0,
  claims: [
    ratio('distinct', '200 images', 'every layer once', {
      what: 'against one image with the distinct layers',
      must: 1.3,
    }),
    {
      id: 'reads',
      what: 'layers asked for by distinct layer',
      unit: 'reads',
      better: 'less',
      must: 1,
      goal: null,
      of: ['200 images of a registry'],
      value: (round, { distinct }) => round['200 images of a registry']!.told.layers! / distinct!,
    },
  ],
  prepare: async bench => {
    const base: Layer[] = []
    for (let index = 0; index < SHARED; index++) base.push(await shared(bench, index))
    const every = [...base]
    const images = []
    for (let index = 0; index < IMAGES; index++) {
      const mine = await own(bench, index)
      every.push(mine)
      // A base of three layers out of ten such, and two of the ten layers after them.
      const picked = [0, 1, 2].map(at => base[3 * (index % 10) + at]!)
      const middle = [30 + (index % 7), 37 + (index % 3)].map(at => base[at]!)
      images.push(layout(bench, `many/${index}`, [...picked, ...middle, mine], 'gzip'))
    }
    const all = layout(bench, 'many/all', every, 'gzip')
    const registry = await startRegistry(
      Object.fromEntries(images.map((image, index) => [`image${index}`, image])),
    )
    const list = join(bench.work, 'many.txt')
    const remote = join(bench.work, 'many-registry.txt')
    writeFileSync(list, images.map(({ folder }) => `oci-dir:${folder}\n`).join(''))
    writeFileSync(
      remote,
      images.map((_, index) => `registry:${registry.host}/image${index}:latest\n`).join(''),
    )
    const cache = join(bench.work, 'many-cache')
    const before = () => rmSync(cache, { recursive: true, force: true })
    const scan = (...words: string[]) => ({
      command: bench.imgtrust('scan', '--quiet', '--cache-dir', cache, ...words),
      statuses: [0, 1],
      before,
    })
    return {
      input: `${IMAGES} images, ${every.length} layers, ${Math.round(every.reduce((sum, { tar }) => sum + tar.size, 0) / 1e6)} MB`,
      facts: { distinct: every.length },
      subjects: [
        { name: '200 images', ...scan('--from-file', list) },
        { name: 'every layer once', ...scan(`oci-dir:${all.folder}`) },
        {
          name: '200 images of a registry',
          ...scan('--plain-http', registry.host, '--from-file', remote),
          after: registry.counted,
        },
      ],
      close: () => {
        before()
        registry.close()
      },
    }
  },
}
