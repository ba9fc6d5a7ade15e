import type { ShellWord } from '../../dockerfile/shell-types.ts'
import { isUnknown } from '../../model.ts'
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
    !settings.some(
      ({ key, value }) => /^APT::Install-Recommends$/i.test(key) && /^"?(0|false|no)"?$/i.test(value),
    )
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
      if (auto) autoremove(machine, purge)
      return ran
    }
    default:
      return ran
  }
}

function autoremove(machine: Machine, purge: boolean): void {
  const { automatic, stores } = machine.fields
  if (!automatic.has('ca-certificates') || isUnknown(stores)) return
  if (purge) machine.storesUnknown('ca-certificates may go with the packages that nothing needs any more')
  else removeStore(machine, 'apt', false)
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
  const touched = named.some(
    word => word.value === null || /^(ca-certificates|\.\*|'\.\*'|\^.*)$/.test(word.value),
  )
  if (verb?.value === 'auto' && touched) machine.set({ automatic: automatic.with('ca-certificates', true) })
  if (verb?.value === 'manual' && named.some(word => word.value === 'ca-certificates')) {
    machine.set({ automatic: automatic.without('ca-certificates') })
  }
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
