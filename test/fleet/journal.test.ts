import {
  appendFileSync,
  chmodSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { Journal, type JournalEntry } from '../../src/fleet/journal.ts'

const folder = mkdtempSync(join(tmpdir(), 'imgtrust-journal-'))
afterAll(() => rmSync(folder, { recursive: true }))
let files = 0
const fresh = () => join(folder, `journal-${files++}`)

const at = Date.parse('2021-10-01')
const settings = { version: '1', configuration: 'none' }
const open = (path: string, more: object = {}) => Journal.open(path, { at: null, now: at, settings, ...more })
const entry = (target: string): JournalEntry => ({ target, told: [{ target } as never], used: [] })

/** A journal with three entries; where each of its lines ends. */
function three(): { readonly path: string; readonly text: Buffer; readonly ends: readonly number[] } {
  const path = fresh()
  const journal = open(path)
  for (const name of ['a', 'b', 'c\u2028\n']) journal.add(entry(name))
  journal.close()
  const text = readFileSync(path)
  return { path, text, ends: [...text].flatMap((byte, index) => (byte === 10 ? [index + 1] : [])) }
}

describe('a journal', () => {
  it('holds what was added, for its owner alone, and the instant at which it was begun', () => {
    const { path } = three()
    expect(statSync(path).mode & 0o777).toBe(0o600)
    const journal = open(path, { now: at + 5_000_000 })
    expect([...journal.done.values()]).toEqual(['a', 'b', 'c\u2028\n'].map(entry))
    expect(journal.at).toBe(at)
    journal.close()
  })

  it('drops a line that was cut anywhere, and goes on behind the whole ones', () => {
    const { text, ends } = three()
    const [head = 0] = ends
    for (let length = head; length < text.length; length += 7) {
      const path = fresh()
      writeFileSync(path, text.subarray(0, length), { mode: 0o600 })
      const journal = open(path)
      const whole = ends.filter(end => end <= length).length - 1
      expect(journal.done.size).toBe(whole)
      journal.add(entry('later'))
      journal.close()
      expect(open(path).done.size).toBe(whole + 1)
    }
  })

  it('believes nothing behind a line that was changed', () => {
    const { path, text, ends } = three()
    const changed = Buffer.from(text)
    changed[ends[1]! - 5]! ^= 1
    writeFileSync(path, changed)
    expect([...open(path).done.keys()]).toEqual([])
  })

  it('is begun anew in a file that is there and empty', () => {
    const path = fresh()
    writeFileSync(path, '', { mode: 0o600 })
    expect(open(path).done.size).toBe(0)
    expect(open(path).at).toBe(at)
  })

  it.each([
    [
      'another instant',
      { at: at + 1000 },
      /begun with --at 2021-10-01T00:00:00Z, and this run says 2021-10-01T00:00:01Z/,
    ],
    [
      'another configuration',
      { settings: { ...settings, configuration: 'x' } },
      /begun with another configuration;/,
    ],
    [
      'another version',
      { settings: { version: '2', configuration: 'x' } },
      /another version, another configuration/,
    ],
  ])('of %s is refused', (_, more, words) => {
    const { path, text } = three()
    expect(() => open(path, more)).toThrow(words)
    expect(readFileSync(path)).toEqual(text)
  })

  it('is never what another file is: that stays as it was', () => {
    const list = fresh()
    writeFileSync(list, 'alpine:3.20\n', { mode: 0o600 })
    expect(() => open(list)).toThrow(/is no journal of imgtrust/)
    expect(readFileSync(list, 'utf8')).toBe('alpine:3.20\n')
    const link = fresh()
    symlinkSync(list, link)
    expect(() => open(link)).toThrow(/it is a link/)
    expect(() => open(folder)).toThrow(/--resume/)
    expect(() => open('/dev/null')).toThrow(/no plain file|another user/)
    const { path } = three()
    chmodSync(path, 0o666)
    expect(() => open(path)).toThrow(/another user may write it/)
    expect(() => open(join(folder, 'no/such'))).toThrow(/can't be read and written/)
  })

  it('ends with a line of its own where another process has added half of one', () => {
    const { path } = three()
    appendFileSync(path, 'deadbeef {"target":')
    const journal = open(path)
    expect(journal.done.size).toBe(3)
    journal.close()
  })
})
