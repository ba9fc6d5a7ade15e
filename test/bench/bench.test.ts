/** The bench's own arithmetic, and that its table is whole. What it measures is for people: no test waits for a clock. */
import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { verdict } from '../../bench/measure.ts'
import { rowsPage } from '../../bench/readme.ts'
import { faster, type Round, ratio } from '../../bench/row.ts'
import { rows } from '../../bench/rows/index.ts'
import { Runner } from '../../bench/runner.ts'
import { summarise } from '../../bench/statistics.ts'
import { root } from '../support/run.ts'

const bench = ['node_modules/tsx/dist/cli.mjs', 'bench/index.ts'].map(file => join(root, file))
const sample = (wall: number) => ({ wall, cpu: wall, peak: 0, told: {} })

describe('the statistics', () => {
  it('tell the middle of an odd number of runs, the mean of the two middle ones of an even', () => {
    expect(summarise([9, 1, 4])).toEqual({ median: 4, min: 1, max: 9, count: 3 })
    expect(summarise([9, 1, 4, 10])).toEqual({ median: 6.5, min: 1, max: 10, count: 4 })
    expect(summarise([3])).toEqual({ median: 3, min: 3, max: 3, count: 1 })
  })

  it('sort by number, not by text', () => {
    expect(summarise([100, 20, 3]).median).toBe(20)
  })

  it('refuse to tell anything of no run', () => {
    expect(() => summarise([])).toThrow(RangeError)
  })

  it('divide within a round, whichever way the claim asks', () => {
    const round: Round = { ours: sample(2), theirs: sample(6) }
    expect(ratio('id', 'ours', 'theirs').value(round, {})).toBeCloseTo(1 / 3)
    expect(faster('id', 'ours', 'theirs').value(round, {})).toBe(3)
  })

  it('say what a number meets', () => {
    const less = { better: 'less', must: 2, goal: 1.5 } as const
    expect([1.5, 2, 2.01].map(value => verdict(less, value))).toEqual(['goal', 'must', 'no'])
    const more = { better: 'more', must: 10, goal: null } as const
    expect([10, 9.9].map(value => verdict(more, value))).toEqual(['must', 'no'])
    expect(verdict({ better: 'less', must: null, goal: 1 }, 2)).toBe(null)
    expect(verdict({ better: 'less', must: null, goal: null }, 2)).toBe(null)
  })
})

describe.skipIf(spawnSync('python3', ['--version']).status !== 0)('the runner (needs python3)', () => {
  const runner = new Runner({ PATH: process.env.PATH ?? '', WORD: 'bare' }, tmpdir())
  afterAll(() => runner.close())
  const node = (code: string) => [process.execPath, '-e', code]

  it('says what a command took and told, and counts beside it', async () => {
    const before: string[] = []
    const command = node(
      'console.log("first"); console.log(JSON.stringify({ words: process.env.WORD.length }))',
    )
    const sample = await runner.run({
      name: 'a',
      command,
      tells: true,
      before: () => before.push('before'),
      after: () => ({ counted: before.length }),
    })
    expect(sample.told).toEqual({ words: 4, counted: 1 })
    expect(sample.wall).toBeGreaterThan(0)
    expect(sample.cpu).toBeGreaterThan(0)
    expect(sample.peak).toBeGreaterThan(10e6)
  })

  it('sees the memory that a command takes', async () => {
    const little = await runner.run({ name: 'little', command: node('0') })
    const much = await runner.run({ name: 'much', command: node('Buffer.alloc(100e6, 1)') })
    expect(much.peak - little.peak).toBeGreaterThan(90e6)
    expect(much.peak - little.peak).toBeLessThan(150e6)
  })

  it('feeds a command from another', async () => {
    const feed = node('process.stdout.write("x".repeat(300000))')
    const count =
      'let n=0; process.stdin.on("data", b => n += b.length).on("end", () => console.log(JSON.stringify({ n })))'
    expect((await runner.run({ name: 'fed', command: node(count), feed, tells: true })).told).toEqual({
      n: 300_000,
    })
  })

  it('takes no failure for a run, and goes on after it', async () => {
    const wrong = runner.run({ name: 'wrong', command: node('console.error("why"); process.exit(3)') })
    await expect(wrong).rejects.toThrow(/wrong ended with 3: why/)
    await expect(runner.run({ name: 'none', command: ['/nonexistent'] })).rejects.toThrow(
      /none: .*nonexistent/,
    )
    const right = runner.run({ name: 'right', command: node('process.exit(3)'), statuses: [3] })
    await expect(right).resolves.toMatchObject({ told: {} })
  })
})

describe('the rows', () => {
  it('have ids of their own, words, rounds, and something that must be met', () => {
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length)
    for (const { id, title, doc, rounds, claims } of rows) {
      expect(id).toMatch(/^[a-z-]+$/)
      expect(title.length, id).toBeGreaterThan(5)
      expect(doc.length, id).toBeGreaterThan(20)
      expect(rounds[0], id).toBeGreaterThanOrEqual(rounds[1])
      expect(
        claims.some(({ must }) => must !== null),
        id,
      ).toBe(true)
      expect(new Set(claims.map(claim => claim.id)).size, id).toBe(claims.length)
    }
  })

  it('ask for more in the goal than in what must be', () => {
    for (const { claims } of rows)
      for (const { what, better, must, goal } of claims)
        if (must !== null && goal !== null)
          expect(better === 'less' ? goal < must : goal > must, what).toBe(true)
  })

  it('stand in the page of the bench (npm run bench -- --list --readme)', () => {
    expect(readFileSync(join(root, 'bench/README.md'), 'utf8')).toContain(rowsPage(rows))
  })

  it('are listed by the command', () => {
    const list = execFileSync(process.execPath, [...bench, '--list'], {
      encoding: 'utf8',
    })
    expect(list.split('\n').filter(line => /^\S/.test(line))).toEqual(
      rows.map(({ id, title }) => `${id}: ${title}`),
    )
    expect(list).toContain('must 1.5 goal 1')
  })

  it('are named where one is asked for that is none', () => {
    const { status, stderr } = spawnSync(process.execPath, [...bench, 'nothing'], { encoding: 'utf8' })
    expect(status).toBe(2)
    expect(stderr).toBe('no row nothing; --list names them\n')
  })
})
