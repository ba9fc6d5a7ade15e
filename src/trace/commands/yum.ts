import type { ShellWord } from '../../dockerfile/shell-types.ts'
import { addPackages, installPackages, installStore, removePackages, upgradeAll } from '../packages.ts'
import { notePins } from '../pins.ts'
import { settingSwitches } from '../verification.ts'
import { hasOption, operands, removal } from '../words.ts'
import { asks, type Handler, ran } from './types.ts'

const VALUED = new Set([
  '-c',
  '--config',
  '-d',
  '-e',
  '-R',
  '-x',
  '--exclude',
  '--enablerepo',
  '--disablerepo',
  '--repo',
  '--installroot',
  '--releasever',
  '--setopt',
])

/** yum(8), dnf(8), microdnf(8), tdnf(8). */
export const yum: Handler = (command, machine) => {
  for (const [index, word] of command.args.entries()) {
    const text = word.value ?? ''
    const next = command.args[index + 1]?.value ?? ''
    const pair =
      /^--setopt=([^=]+)=(.*)$/.exec(text) ?? (text === '--setopt' ? /^([^=]+)=(.*)$/.exec(next) : null)
    if (pair && settingSwitches('yum', pair[1]!, pair[2]!)) {
      const last = text === '--setopt' ? index + 1 : index
      machine.switchedOff(
        'yum',
        command.args[last]!.value ?? '',
        { start: word.start, end: command.args[last]!.end },
        false,
        removal(command, machine.session.text, index, last),
      )
    }
  }
  if (hasOption(command.args, '--installroot', '--downloadonly')) return ran
  const [verb, ...named] = operands(command.args, VALUED)
  const names = named.map(word => ({
    name: packageName(word),
    location: machine.location(word.start, word.end),
  }))
  const listed = names.flatMap(({ name }) => (name === null ? [] : [name]))
  switch (verb?.value) {
    case 'install':
    case 'localinstall':
    case 'reinstall':
      notePins(machine, 'yum', named)
      installPackages(machine, names, { manager: 'rpm', recommends: true, upgrades: true })
      return ran
    case 'update':
    case 'upgrade':
    case 'up':
    case 'distro-sync':
    case 'update-minimal':
      if (named.length === 0) upgradeAll(machine)
      else if (listed.includes('ca-certificates')) installStore(machine)
      addPackages(machine, listed)
      return ran
    case 'remove':
    case 'erase':
    case 'autoremove':
      removePackages(machine, listed, 'rpm', true)
      return ran
    case 'list':
    case 'info':
      return asks
    default:
      return ran
  }
}

/** `-1.2-3.x86_64` behind a name can't be told from the name: only the store's own package is looked at so. */
function packageName(word: ShellWord): string | null {
  const text = word.value ?? word.prefix
  if (/^ca-certificates(-\d|\.noarch|$)/.test(text)) return 'ca-certificates'
  return /^[A-Za-z0-9][A-Za-z0-9+._-]*$/.test(text) && word.value !== null ? text : null
}

/** rpm(8): what a file brings can't be told, but for its name. */
export const rpm: Handler = (command, machine) => {
  if (hasOption(command.args, '--import', '--query', '-q')) return asks
  const touched = operands(command.args).some(word => (word.value ?? word.prefix).includes('ca-certificates'))
  if (touched) machine.storesUnknown('ca-certificates is changed by rpm')
  return ran
}
