import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { SharedLayers } from '../../src/fleet/shared-layers.ts'
import { EntryLog } from '../../src/image/entry-log.ts'
import type { ContentReader, LayerFacts, OpenedImage } from '../../src/image/facts.ts'
import { MemoryBudget } from '../../src/image/memory-budget.ts'
import { readTree } from '../../src/image/read-image.ts'
import { limits } from '../../src/limits.ts'
import { keepNone } from '../support/gather.ts'

const digest = (name: string) => `sha256:${Buffer.from(name).toString('hex').padEnd(64, '0')}`

function factsOf(name: string, content = 16): LayerFacts {
  const file = { type: 'file', link: null, mode: 0o644, uid: 0, gid: 0, found: [] } as const
  const entries = EntryLog.of([
    { ...file, path: `etc/${name}`, size: content, content: Buffer.alloc(content) },
  ])
  return { diffId: digest(name), entries, whiteouts: [], opaque: [] }
}

/** An image whose layers take a while; `reads` counts each layer's. */
function imageOf(names: readonly string[], reads: Map<string, number>, fail = false): OpenedImage {
  return {
    kind: 'image',
    source: 'test',
    reference: names.join(),
    digest: null,
    platform: null,
    config: { user: null, env: {} },
    unknowns: [],
    close: async () => {},
    layers: names.map(name => ({
      digest: null,
      diffId: digest(name),
      mediaType: null,
      size: null,
      createdBy: null,
      async facts(_reader: ContentReader, { signal }) {
        reads.set(name, (reads.get(name) ?? 0) + 1)
        await sleep(20, undefined, signal && { signal })
        if (fail) throw new Error(`${name} is broken`)
        return factsOf(name)
      },
    })),
  }
}

const treeOf = (shared: SharedLayers, image: OpenedImage, signal?: AbortSignal) =>
  readTree(shared.share(image), keepNone, { layers: shared, ...(signal && { signal }) })

describe('layers that several images have', () => {
  it('are read once: at the same time, and later', async () => {
    const reads = new Map<string, number>()
    const shared = new SharedLayers(undefined)
    const trees = await Promise.all(['x', 'y', 'z'].map(own => treeOf(shared, imageOf(['base', own], reads))))
    trees.push(await treeOf(shared, imageOf(['base', 'x'], reads)))
    expect(Object.fromEntries(reads)).toEqual({ base: 1, x: 1, y: 1, z: 1 })
    for (const tree of trees) expect(tree.exists('/etc/base')).toBe(true)
    expect(trees.map(tree => tree.exists('/etc/x'))).toEqual([true, false, false, true])
  })

  it('are read by the next where reading them failed for one', async () => {
    const reads = new Map<string, number>()
    const shared = new SharedLayers(undefined)
    const broken = treeOf(shared, imageOf(['base'], reads, true))
    const whole = treeOf(shared, imageOf(['base'], reads))
    await expect(broken).rejects.toThrow('base is broken')
    expect((await whole).exists('/etc/base')).toBe(true)
    expect(reads.get('base')).toBe(2)
  })

  it('keep nobody waiting who is interrupted', async () => {
    const shared = new SharedLayers(undefined)
    const stop = new AbortController()
    const endless = imageOf(['base'], new Map())
    const never = { ...endless.layers[0]!, facts: () => new Promise<LayerFacts>(() => {}) }
    void treeOf(shared, { ...endless, layers: [never] })
    const waiting = treeOf(shared, imageOf(['base'], new Map()), stop.signal)
    stop.abort()
    await expect(waiting).rejects.toMatchObject({ code: 'aborted' })
  })

  it('count for the memory of each image that has them', async () => {
    const shared = new SharedLayers(undefined)
    const large = { ...factsOf('large', limits.imageFactsBytes - 4096) }
    const layer = { ...imageOf(['large'], new Map()).layers[0]!, facts: async () => large }
    const wrapped = shared.share({ ...imageOf([], new Map()), layers: [layer, layer] })
    const budget = new MemoryBudget()
    budget.take('what was read before', 8192)
    const options = { budget }
    // One reads, the other waits for it: what it is given counts as if it had read.
    const [first, second] = wrapped.layers.map(each => each.facts(keepNone, options))
    await first
    await expect(second).rejects.toMatchObject({ code: 'limit' })
  })

  it('take no more bytes than may stay in memory, and are asked of the cache beneath then', () => {
    const under = new Map<string, LayerFacts>()
    const asked: string[] = []
    const cache = {
      read: (diffId: string) => {
        asked.push(diffId)
        return under.get(diffId) ?? null
      },
      write: (facts: LayerFacts) => void under.set(facts.diffId!, facts),
    }
    const shared = new SharedLayers(cache, 10_000)
    for (const name of ['a', 'b', 'c']) shared.write(factsOf(name, 4_000))
    shared.write(factsOf('huge', 20_000))
    for (const name of ['c', 'b']) expect(shared.read(digest(name))).not.toBeNull()
    expect(asked).toEqual([])
    for (const name of ['a', 'huge']) expect(shared.read(digest(name))).not.toBeNull()
    expect(asked).toEqual([digest('a'), digest('huge')])
  })
})
