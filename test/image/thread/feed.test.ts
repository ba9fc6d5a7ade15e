import { randomBytes } from 'node:crypto'
import { describe, expect, it, vi } from 'vitest'
import { Feed } from '../../../src/image/thread/feed.ts'

describe('bytes on their way to a thread', () => {
  it('are copied once, into a few buffers that come back, and wait for them', async () => {
    const copied = vi.spyOn(Uint8Array.prototype, 'set')
    const bytes = randomBytes(5_000_000)
    const seen: Buffer[] = []
    const buffers = new Set<ArrayBuffer>()
    const feed: Feed = new Feed((buffer, length) => {
      buffers.add(buffer)
      seen.push(Buffer.from(new Uint8Array(buffer, 0, length)))
      setTimeout(() => feed.spent(buffer), 1)
    })
    let waited = 0
    for (let at = 0; at < bytes.length; at += 70_001) {
      const wait = feed.write(bytes.subarray(at, at + 70_001))
      if (wait) waited++
      await wait
    }
    feed.flush()
    const parts = copied.mock.calls.map(([part]) => part.length)
    copied.mockRestore()
    expect(Buffer.concat(seen).equals(bytes)).toBe(true)
    expect(parts.reduce((sum, length) => sum + length, 0)).toBe(bytes.length)
    expect(buffers.size).toBeLessThanOrEqual(4)
    expect(waited).toBeGreaterThan(0)
  })

  it('are dropped when nobody wants them any more', async () => {
    const feed = new Feed(() => {})
    const wait = feed.write(Buffer.alloc(3_000_000))
    feed.stop()
    await wait
    await feed.write(Buffer.alloc(3_000_000))
  })
})
