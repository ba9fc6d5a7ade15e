import { installPackages, removePackages, upgradeAll } from '../packages.ts'
import { operands } from '../words.ts'
import { type Handler, ran } from './types.ts'

const VALUED = new Set(['-r', '--repo', '--from', '-t', '--type', '-R', '--root', '--installroot'])

/** zypper(8). */
export const zypper: Handler = (command, machine) => {
  const [verb, ...named] = operands(command.args, VALUED)
  const names = named.map(word => ({ name: word.value, location: machine.location(word.start, word.end) }))
  const listed = names.flatMap(({ name }) => (name === null ? [] : [name]))
  switch (verb?.value) {
    case 'install':
    case 'in':
      installPackages(machine, names, { manager: 'zypper', recommends: true, upgrades: true })
      return ran
    case 'update':
    case 'up':
    case 'dist-upgrade':
    case 'dup':
    case 'patch':
      if (named.length === 0 || listed.some(name => name.startsWith('ca-certificates'))) upgradeAll(machine)
      return ran
    case 'remove':
    case 'rm':
      removePackages(machine, listed, 'zypper', true)
      return ran
    default:
      return ran
  }
}
