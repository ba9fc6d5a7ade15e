/** V8 complains on standard error of a flag that it does not know; each version of Node.js has its own. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const heap = fileURLToPath(new URL('../../src/cli/heap.ts', import.meta.url))

it('says nothing to V8 that it does not know', () => {
  const script = `const { compileLate, keepHeapSmall } = await import(${JSON.stringify(heap)})
    compileLate()
    keepHeapSmall()`
  const args = ['--import', 'tsx', '--input-type=module', '-e', script]
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env: {} })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
})
