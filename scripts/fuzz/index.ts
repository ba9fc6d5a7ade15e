/**
 * Feeds the readers of foreign bytes with mutated samples: `npm run fuzz -- [--count N] [--seconds S] [--seed N]
 * [--target NAME]`. The seed is printed; with it and `--target` a failure comes again. A failure is an error that is no
 * JobError, a rejection that nobody awaited, or an input that takes over two seconds.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { mutate, randomOf } from '../../test/support/fuzz.ts'
import { type Target, targets } from './targets.ts'

const SLOW_MS = 2_000
const HANG_MS = 30_000
/** What one child does before a fresh one goes on: how often is told to its parent. */
const BATCH = 500

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '50000' },
    seconds: { type: 'string' },
    seed: { type: 'string' },
    target: { type: 'string' },
    child: { type: 'boolean', default: false },
  },
})
// The one place where chance comes in: it is printed.
const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed)
const chosen = targets.filter(({ name }) => values.target === undefined || name === values.target)

interface Told {
  readonly done: number
  readonly refused: number
  readonly slowest: number
  readonly failure?: { readonly number: number; readonly what: string; readonly input: string }
}

/** The input of this number, whatever came before it: so a failure can be had again alone. */
function inputOf(target: Target, number: number): Buffer {
  const random = randomOf((seed + Math.imul(number, 0x9e3779b1)) >>> 0)
  const sample = target.samples[random(target.samples.length)]!
  return target.mutate?.(sample, random) ?? mutate(sample, random, target.words)
}

async function runChild(target: Target): Promise<void> {
  const until =
    values.seconds === undefined
      ? Number.POSITIVE_INFINITY
      : performance.now() + Number(values.seconds) * 1000
  const count = values.seconds === undefined ? Number(values.count) : Number.POSITIVE_INFINITY
  let current = 0
  let refused = 0
  let slowest = 0
  const tell = (failure?: string) =>
    new Promise<void>(resolve => {
      const input = failure === undefined ? '' : inputOf(target, current).toString('base64')
      const told: Told = {
        done: current,
        refused,
        slowest,
        ...(failure !== undefined && { failure: { number: current, what: failure, input } }),
      }
      process.send!(told, () => resolve())
    })
  process.on(
    'unhandledRejection',
    error => void tell(`nobody awaited: ${String(error)}`).then(() => process.exit(1)),
  )
  for (; current < count && performance.now() < until; current++) {
    if (current % BATCH === 0) await tell()
    const started = performance.now()
    try {
      await target.read(inputOf(target, current))
    } catch (error) {
      refused++
      if ((error as Error).name !== 'JobError') return tell(String((error as Error).stack ?? error))
    }
    const ms = performance.now() - started
    slowest = Math.max(slowest, ms)
    if (ms > SLOW_MS) return tell(`it took ${ms.toFixed(0)} ms`)
  }
  await tell()
}

function runTarget(target: Target): Promise<Told> {
  return new Promise(resolve => {
    const more = values.seconds === undefined ? ['--count', values.count] : ['--seconds', values.seconds]
    const args = ['--child', '--target', target.name, '--seed', String(seed), ...more]
    const child: ChildProcess = fork(process.argv[1]!, args)
    let last: Told = { done: 0, refused: 0, slowest: 0 }
    const end = (told: Told) => {
      clearTimeout(watch)
      child.kill('SIGKILL')
      resolve(told)
    }
    const hang = () => {
      const input = inputOf(target, last.done).toString('base64')
      const what = `no answer for ${HANG_MS / 1000} s, in the ${BATCH} inputs from this one on`
      end({ ...last, failure: { number: last.done, what, input } })
    }
    let watch = setTimeout(hang, HANG_MS)
    child.on('message', told => {
      last = told as Told
      clearTimeout(watch)
      watch = setTimeout(hang, HANG_MS)
      if (last.failure) end(last)
    })
    child.on('exit', code => {
      if (code === 0 || last.failure) end(last)
      else end({ ...last, failure: { number: last.done, what: `it ended with ${code}`, input: '' } })
    })
  })
}

if (values.child) {
  await runChild(chosen[0]!)
  process.disconnect()
} else {
  if (chosen.length === 0)
    throw new Error(`there is no such target; there are: ${targets.map(t => t.name).join(', ')}`)
  console.log(`seed ${seed}`)
  let total = 0
  let failed = 0
  for (const target of chosen) {
    const { done, refused, slowest, failure } = await runTarget(target)
    total += done
    console.log(
      `${target.name.padEnd(30)} ${String(done).padStart(8)} inputs, ${refused} refused, slowest ${slowest.toFixed(0)} ms`,
    )
    if (!failure) continue
    failed++
    const folder = join(tmpdir(), 'imgtrust-fuzz')
    mkdirSync(folder, { recursive: true })
    const file = join(folder, `${target.name.replace(/\W+/g, '-')}-${seed}-${failure.number}`)
    writeFileSync(file, Buffer.from(failure.input, 'base64'))
    console.log(`  FAILED at input ${failure.number}, kept in ${file}: ${failure.what}`)
  }
  console.log(`${total} inputs, ${failed} failures`)
  process.exitCode = failed > 0 ? 1 : 0
}
