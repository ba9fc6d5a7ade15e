import { describe, expect, it } from 'vitest'
import { PersistentMap } from '../../src/dockerfile/persistent-map.ts'

describe('a persistent map', () => {
  it('is a Map at every step, and stays as it was', () => {
    let seed = 7
    const next = (below: number): number => {
      seed = (seed * 48271) % 2147483647
      return seed % below
    }
    let map = PersistentMap.empty<string, number>()
    const model = new Map<string, number>()
    const kept: { map: PersistentMap<string, number>; entries: [string, number][] }[] = []
    for (let step = 0; step < 3_000; step += 1) {
      const key = `k${next(80)}`
      if (next(3) === 0) {
        map = map.without(key)
        model.delete(key)
      } else {
        map = map.with(key, step)
        model.set(key, step)
      }
      expect(map.get(key)).toBe(model.get(key))
      if (step % 100 === 0) kept.push({ map, entries: [...model] })
    }
    expect(new Map(map)).toEqual(model)
    expect(map.size).toBe(model.size)
    for (const { map: old, entries } of kept) expect(new Map(old)).toEqual(new Map(entries))
  })
})
