import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { inOrder } from '../../src/fleet/in-order.ts'

const alone = { atOnce: 1, laneOf: () => '' }

async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const value of values) all.push(value)
  return all
}

it('gives results in the order of the items, whatever is done first', async () => {
  const items = [5, 1, 4, 2, 3, 0]
  const finished: number[] = []
  const results = inOrder(items, { ...alone, atOnce: 6 }, async item => {
    await sleep(item * 10)
    finished.push(item)
    return item
  })
  expect(await collect(results)).toEqual(items)
  expect(finished).not.toEqual(items)
})

it('works on no more at once than it may', async () => {
  let now = 0
  let most = 0
  const results = inOrder(
    Array.from({ length: 40 }, (_, i) => i),
    { ...alone, atOnce: 3 },
    async item => {
      most = Math.max(most, ++now)
      await sleep(item % 3)
      now--
    },
  )
  await collect(results)
  expect(most).toBe(3)
})

it('lets each lane have its turn', async () => {
  const begun: string[] = []
  const items = ['a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'c1']
  const lanes = { atOnce: 1, laneOf: (item: string) => item[0]! }
  const results = inOrder(items, lanes, async item => {
    begun.push(item)
    return item
  })
  expect(await collect(results)).toEqual(items)
  expect(begun).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3', 'a4'])
})

it('stops all that is under way where one throws, and throws that when they have ended', async () => {
  let running = 0
  let begun = 0
  const results = inOrder(
    Array.from({ length: 50 }, (_, i) => i),
    { ...alone, atOnce: 4 },
    async (item, signal) => {
      begun++
      running++
      try {
        if (item === 2) throw new Error('broken')
        await sleep(60_000, undefined, { signal })
      } finally {
        running--
      }
    },
  )
  await expect(collect(results)).rejects.toThrow('broken')
  expect(running).toBe(0)
  expect(begun).toBe(4)
})

it('stops where nobody reads on', async () => {
  let aborted = 0
  const results = inOrder([0, 1, 2], { ...alone, atOnce: 3 }, async (item, signal) => {
    if (item > 0) await sleep(60_000, undefined, { signal }).catch(() => aborted++)
    return item
  })
  for await (const _ of results) break
  expect(aborted).toBe(2)
})

it('takes no items, and as many workers as there are items', async () => {
  expect(await collect(inOrder([], { ...alone, atOnce: 9 }, async () => 1))).toEqual([])
})
