import type { ShellWord } from '../../dockerfile/shell-types.ts'
import { isUnknown, type Maybe } from '../../model.ts'
import { drawing } from '../drawn.ts'
import type { Machine } from '../machine.ts'
import { installPackages, removePackages, upgradeAll } from '../packages.ts'
import { notePins } from '../pins.ts'
import { architecture } from '../platform.ts'
import { hasOption, operands } from '../words.ts'
import { type Handler, ran } from './types.ts'

const VALUED = new Set([
  '-X',
  '--repository',
  '-p',
  '--root',
  '-t',
  '--virtual',
  '--keys-dir',
  '--repositories-file',
  '--arch',
  '--wait',
  '--cache-dir',
  '--progress-fd',
])

/** A package that more virtual ones hold is taken to stay. */
const MOST_HOLDERS = 32

/** apk(8): `add`, `del`, `upgrade`, with options before and after the verb. */
export const apk: Handler = (command, machine) => {
  if (hasOption(command.args, '--print-arch')) return architecture(machine, 'kernel')
  const words = operands(command.args, VALUED)
  const [verb, ...named] = words
  // Another root folder: nothing of it is this image's.
  if (hasOption(command.args, '--root') || command.args.some(word => word.value === '-p')) return ran
  const names = named.map(word => ({
    name: packageName(word),
    location: machine.location(word.start, word.end),
  }))
  switch (verb?.value) {
    case 'add': {
      notePins(machine, 'apk', named)
      const virtual = virtualName(command.args)
      const known = names.flatMap(({ name }) => (name === null ? [] : [name]))
      const before = machine.fields.packages
      installPackages(machine, names, {
        manager: 'apk',
        recommends: false,
        upgrades: command.args.some(
          word =>
            word.value === '-u' || word.value === '--upgrade' || word.value === '-Uu' || word.value === '-uU',
        ),
      })
      if (virtual === null) asked(machine, known)
      else hold(machine, virtual, known, before)
      return ran
    }
    case 'del': {
      const going = names.flatMap(({ name }) => name ?? [])
      const gone = [...going, ...letGo(machine, going)]
      if (names.some(({ name }) => name === null))
        machine.storesUnknown('a package whose name is not known is removed')
      // What came along with a package that goes, goes with it.
      const drawn = machine.fields.automatic.has('ca-certificates') && gone.length > 0
      if (drawn && !gone.includes('ca-certificates')) {
        const needed = drawers(machine, gone)
        if (needed === 'no') gone.push('ca-certificates')
        else if (needed === 'perhaps')
          machine.storesUnknown('ca-certificates may go with the package that brought it')
      }
      removePackages(machine, gone, 'apk', true)
      return ran
    }
    case 'upgrade':
      if (named.length === 0) upgradeAll(machine)
      else installPackages(machine, names, { manager: 'apk', recommends: false, upgrades: true })
      return ran
    default:
      return ran
  }
}

/** Named by themselves: they stay, whichever virtual package goes. */
function asked(machine: Machine, names: readonly string[]): void {
  const holders = names.reduce((left, name) => left.without(name), machine.fields.holders)
  machine.set({ holders })
}

/** A virtual package holds what it asks for, but for what was there before by itself. */
function hold(
  machine: Machine,
  virtual: string,
  names: readonly string[],
  before: Maybe<ReadonlyMap<string, unknown>>,
): void {
  let { holders } = machine.fields
  const isNew = (name: string) => !isUnknown(before) && !before.has(name)
  const own = names.filter(name => holders.has(name) || isNew(name))
  for (const name of own) {
    const others = holders.get(name) ?? []
    holders = others.length < MOST_HOLDERS ? holders.with(name, [...others, virtual]) : holders.without(name)
  }
  machine.set({ virtuals: machine.fields.virtuals.with(virtual, own), holders })
}

/** @returns what goes with these virtual packages: what no other one holds, and nobody asked for */
function letGo(machine: Machine, going: readonly string[]): string[] {
  let { virtuals, holders } = machine.fields
  const gone: string[] = []
  for (const virtual of going) {
    for (const name of virtuals.get(virtual) ?? []) {
      const left = holders.get(name)?.filter(other => other !== virtual)
      if (left === undefined) continue
      holders = left.length > 0 ? holders.with(name, left) : holders.without(name)
      if (left.length === 0) gone.push(name)
    }
    virtuals = virtuals.without(virtual)
  }
  machine.set({ virtuals, holders })
  return gone
}

/** Does a package that stays need ca-certificates, which nobody asked for by name? */
function drawers(machine: Machine, gone: readonly string[]): 'yes' | 'no' | 'perhaps' {
  const { packages, distribution, virtuals } = machine.fields
  if (isUnknown(packages)) return 'perhaps'
  const staying = [...packages.keys()].filter(
    name => name !== 'ca-certificates' && !gone.includes(name) && !virtuals.has(name),
  )
  const drawings = staying.map(name => drawing('apk', name, distribution))
  if (drawings.includes('depends')) return 'yes'
  return drawings.includes('unknown') ? 'perhaps' : 'no'
}

function packageName(word: ShellWord): string | null {
  const text = word.value ?? word.prefix
  const name = /^([A-Za-z0-9][A-Za-z0-9._+-]*|\.[A-Za-z0-9][A-Za-z0-9._+-]*)([=<>~@].*)?$/.exec(text)
  if (!name) return null
  return word.value === null && name[2] === undefined ? null : name[1]!
}

function virtualName(words: readonly ShellWord[]): string | null {
  for (const [index, word] of words.entries()) {
    const text = word.value ?? word.prefix
    if (text === '-t' || text === '--virtual') return words[index + 1]?.value ?? null
    if (text.startsWith('--virtual=')) return text.slice('--virtual='.length)
  }
  return null
}
