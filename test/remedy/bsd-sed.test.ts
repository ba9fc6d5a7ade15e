/** macOS' line by the seds that are here: BSD's own is not, so the script runs without `-i ''`, GNU's in POSIX mode. */
import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { allRoots, rootDer } from '../../src/knowledge/roots.ts'
import { entryOf, fragmentsFor } from '../../src/remedy/bundle.ts'
import { commandsOf } from '../../src/remedy/dialects/commands.ts'

const entries = allRoots()
  .slice(0, 5)
  .map(({ index }) => entryOf(rootDer(index)))
const pems = entries.map(
  ({ lines }) => `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
)
const fragments = fragmentsFor(entries, [entries[1]!.sha256, entries[3]!.sha256])!
const [command] = commandsOf({ kind: 'bundle-delete', path: '/x', fragments, sed: 'bsd' }, 'delete')!
const words = command!.map(({ text }) => text)

it('has an empty word behind -i', () => expect(words.slice(0, 3)).toEqual(['sed', '-i', '']))

const seds: [string, string[]][] = [
  ['sed', ['--posix']],
  ['busybox', ['sed']],
  ['toybox', ['sed']],
]
const here = ([program, args]: [string, string[]]) =>
  spawnSync(program, [...args, 'p'], { input: '', env: { PATH: process.env.PATH, POSIXLY_CORRECT: '1' } })
    .status === 0

describe.each(seds)('%s %j', (program, args) => {
  const run = (input: string) =>
    spawnSync(program, [...args, ...words.slice(3, -1)], {
      input,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, POSIXLY_CORRECT: '1' },
    }).stdout

  it.skipIf(!here([program, args]))('takes the blocks out and leaves the rest', () => {
    expect(run(`# a\n${pems.join('# b\n')}`)).toBe(`# a\n${pems[0]}# b\n# b\n${pems[2]}# b\n# b\n${pems[4]}`)
  })

  it.skipIf(!here([program, args]))('loses nothing where the file ends within a block', () => {
    const cut = pems[4]!.split('\n').slice(0, 4).join('\n')
    expect(run(`${pems[0]}${pems[1]}${cut}\n`)).toBe(`${pems[0]}${cut}\n`)
  })
})
