import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { Gate } from '../../../src/image/thread/gate.ts'
import { bundled } from '../../support/bundled.ts'

it('threads can be ended at any moment, whatever they make', async () => {
  const trial = await bundled('gate-trial.ts')
  // Without the gate Node.js 20, 22 and 24 do not live through it.
  const { status, stderr } = spawnSync(process.execPath, [trial, '60'], { encoding: 'utf8' })
  expect([status, stderr]).toEqual([7, ''])
}, 60_000)

it('gives what was made, and lets the next one in where that failed', () => {
  const gate = new Gate()
  const refuse = () => {
    throw new Error('refused')
  }
  expect(() => gate.pass(refuse)).toThrow('refused')
  expect(gate.pass(() => 'made')).toBe('made')
})

it('does not wait for ever for a thread that died inside', () => {
  const gate = new Gate()
  Atomics.store(new Int32Array(gate.shared), 0, 1)
  gate.shut()
})
