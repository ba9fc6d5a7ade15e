import type { ShellWord } from '../../dockerfile/shell-types.ts'
import { isUnknown } from '../../model.ts'
import { drawing } from '../drawn.ts'
import type { Machine } from '../machine.ts'
import { installPackages, removePackages, removeStore, upgradeAll } from '../packages.ts'
import { notePins } from '../pins.ts'
import { settingSwitches } from '../verification.ts'
import { hasOption, operands, removal } from '../words.ts'
import { type Handler, ran } from './types.ts'

const VALUED = new Set([
  '-o',
  '--option',
  '-t',
  '--target-release',
  '--default-release',
  '-c',
  '--config-file',
  '-a',
  '--host-architecture',
  '-P',
])

/** apt-get(8), apt(8), aptitude(8). */
export const apt: Handler = (command, machine) => {
  const settings = optionSettings(command.args)
  for (const setting of settings) {
    if (settingSwitches('apt', setting.key, setting.value)) {
      const remove = removal(command, machine.session.text, setting.first, setting.last)
      machine.switchedOff('apt', `${setting.key}=${setting.value}`, setting.word, false, remove)
    }
  }
  const [verb, ...named] = operands(command.args, VALUED)
  // Only downloads, or only says what it would do.
  if (hasOption(command.args, '--download-only', '--simulate', '--dry-run', '--just-print', '-d', '-s'))
    return ran
  const recommends =
    !hasOption(command.args, '--no-install-recommends', '--without-recommends') &&
    !settings.some(({ key, value }) => /^APT::Install-Recommends$/i.test(key) && isNo(value))
  const names = named.map(word => ({
    name: packageName(word),
    location: machine.location(word.start, word.end),
  }))
  const listed = names.flatMap(({ name }) => (name === null ? [] : [name]))
  switch (verb?.value) {
    case 'install':
    case 'reinstall': {
      notePins(machine, 'apt', named)
      // `apt-get install x-` removes, `x+` installs.
      const gone = listed.filter(name => name.endsWith('-'))
      if (gone.length > 0)
        removePackages(
          machine,
          gone.map(name => name.slice(0, -1)),
          'apt',
          false,
        )
      const upgrades = !hasOption(command.args, '--no-upgrade')
      // What is asked for by name is no longer automatic.
      let { automatic } = machine.fields
      for (const name of listed) automatic = automatic.without(name)
      if (automatic !== machine.fields.automatic) machine.set({ automatic })
      if (listed.some(name => /^libcurl.*-dev$/.test(name))) machine.note('curl-headers')
      installPackages(
        machine,
        names.filter(({ name }) => !name?.endsWith('-')),
        { manager: 'apt', recommends, upgrades },
      )
      return ran
    }
    case 'upgrade':
    case 'dist-upgrade':
    case 'full-upgrade':
    case 'safe-upgrade':
      upgradeAll(machine)
      return ran
    case 'remove':
    case 'purge':
    case 'autoremove':
    case 'autopurge': {
      const purge = verb.value === 'purge' || verb.value === 'autopurge' || hasOption(command.args, '--purge')
      if (names.some(({ name }) => name === null))
        machine.storesUnknown('a package whose name is not known is removed')
      removePackages(machine, listed, 'apt', purge)
      const auto = verb.value.startsWith('auto') || hasOption(command.args, '--auto-remove', '--autoremove')
      if (auto) autoremove(machine, purge, settings)
      return ran
    }
    default:
      return ran
  }
}

/**
 * What nothing needs any more goes: what was not asked for by name (or was declared so by `apt-mark auto`) and what no
 * kept package depends on, or recommends.
 */
function autoremove(machine: Machine, purge: boolean, settings: readonly Setting[]): void {
  const { automatic, stores, packages, distribution, notes } = machine.fields
  if (isUnknown(stores) || isUnknown(packages)) return
  const important = !settings.some(
    ({ key, value }) => /^APT::AutoRemove::RecommendsImportant$/i.test(key) && isNo(value),
  )
  if (automatic.has('ca-certificates')) {
    const kept = [...packages.keys()].filter(name => name !== 'ca-certificates' && !automatic.has(name))
    const drawings = kept.map(name => drawing('apt', name, distribution))
    // Libraries that were kept by what their programs are linked with.
    const linked = important && notes.has('kept-by-name') && notes.has('curl-headers')
    const needed = drawings.some(one => one === 'depends' || (important && one === 'recommends'))
    const doubtful =
      linked || drawings.some(one => one === 'unknown' || (important && one === 'perhaps-recommends'))
    if (needed) return
    if (doubtful) {
      machine.storesUnknown('ca-certificates may go with the packages that nothing needs any more')
      return
    }
    removeStore(machine, 'apt', purge)
  }
  let less = packages
  for (const name of automatic.keys()) less = less.without(name)
  machine.set({ packages: less })
}

function isNo(value: string): boolean {
  return /^"?(0|false|no)"?$/i.test(value)
}

/** `apt-mark auto` makes packages go with the next autoremove, `manual` keeps them. */
export const aptMark: Handler = (command, machine) => {
  const [verb, ...named] = operands(command.args)
  const { automatic, packages } = machine.fields
  if (verb?.value === 'showmanual') {
    // The base image's own packages are not all known; those that matter here are.
    if (isUnknown(packages)) return { ...ran, stdout: packages }
    const manual = [...packages.keys()].filter(name => !automatic.has(name))
    return { ...ran, stdout: { text: manual.map(name => `${name}\n`).join(''), mapped: null } }
  }
  const all = named.some(word => word.value === null || /^(\.\*|'\.\*'|\^.*)$/.test(word.value))
  const names = named.flatMap(({ value }) => (value === null ? [] : [value]))
  let marked = automatic
  if (verb?.value === 'auto') {
    const known = all && !isUnknown(packages) ? [...packages.keys(), 'ca-certificates'] : []
    for (const name of [...known, ...names.filter(one => /^[a-z0-9]/.test(one))])
      marked = marked.with(name, true)
  }
  if (verb?.value === 'manual') {
    for (const name of names.flatMap(text => text.split(/\s+/))) marked = marked.without(name)
    // Names that another program finds.
    if (names.length < named.length || named.length === 0) machine.note('kept-by-name')
  }
  if (marked !== automatic) machine.set({ automatic: marked })
  return ran
}

export const aptConfig: Handler = () => ran

interface Setting {
  readonly key: string
  readonly value: string
  readonly word: ShellWord
  readonly first: number
  readonly last: number
}

/** `-o KEY=VALUE`, `-oKEY=VALUE`, `--option=KEY=VALUE`. */
function optionSettings(words: readonly ShellWord[]): Setting[] {
  const found: Setting[] = []
  for (const [index, word] of words.entries()) {
    const text = word.value ?? ''
    const direct = /^(?:-o|--option=)([^=]+)=(.*)$/.exec(text)
    if (direct) found.push({ key: direct[1]!, value: direct[2]!, word, first: index, last: index })
    else if (text === '-o' || text === '--option') {
      const next = words[index + 1]
      const pair = /^([^=]+)=(.*)$/.exec(next?.value ?? '')
      if (next && pair)
        found.push({ key: pair[1]!, value: pair[2]!, word: next, first: index, last: index + 1 })
    }
  }
  return found
}

/** The name without version, release or architecture. */
function packageName(word: ShellWord): string | null {
  const text = word.value ?? word.prefix
  const match = /^([A-Za-z0-9][A-Za-z0-9+.-]*)((?::[a-z0-9-]+)?(?:[=/].*)?)$/.exec(text)
  if (!match) return null
  return word.value === null && match[2] === '' ? null : match[1]!
}
