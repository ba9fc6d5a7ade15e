import { installPackages, removePackages, upgradeAll } from '../packages.ts'
import { hasOption, operands } from '../words.ts'
import { asks, type Handler, ran } from './types.ts'

const VALUED = new Set(
  '-b --dbpath -r --root --sysroot --arch --cachedir --config --gpgdir --hookdir --logfile --color --overwrite --ignore --ignoregroup --assume-installed'.split(
    ' ',
  ),
)

/** pacman(8) of Arch Linux, and the helpers that take its words. A new ca-certificates runs update-ca-trust by its hook. */
export const pacman: Handler = (command, machine) => {
  const words = command.args.map(word => word.value ?? word.prefix)
  const operation = words.find(word => /^-[A-Z]/.test(word) || LONG.has(word))
  // Another root than this one.
  if (hasOption(command.args, '--root', '--sysroot', '-r')) return ran
  const named = operands(command.args, VALUED)
  const names = named.map(word => ({
    name: word.value === null ? null : word.value.replace(/^[^/]+\//, '').replace(/[=<>].*$/, ''),
    location: machine.location(word.start, word.end),
  }))
  const listed = names.flatMap(({ name }) => (name === null ? [] : [name]))
  switch (LONG.get(operation ?? '') ?? operation?.[1]) {
    case 'S': {
      const only = operation ?? ''
      // Searched, listed, cleaned or only fetched.
      if (/^-S[a-z]*[csilgpw]/.test(only) || hasOption(command.args, '--downloadonly', '--clean', '--print'))
        return ran
      if (/^-S[a-z]*u/.test(only) || words.includes('-u') || words.includes('--sysupgrade'))
        upgradeAll(machine)
      installPackages(machine, names, { manager: 'pacman', recommends: false, upgrades: true })
      return ran
    }
    case 'U':
      if (named.some(word => (word.value ?? word.raw).includes('ca-certificates')))
        machine.storesUnknown('ca-certificates is installed from a file')
      return ran
    case 'R':
      removePackages(machine, listed, 'pacman', true)
      return ran
    case 'Q':
    case 'T':
      return asks
    default:
      return ran
  }
}

const LONG = new Map([
  ['--sync', 'S'],
  ['--upgrade', 'U'],
  ['--remove', 'R'],
  ['--query', 'Q'],
  ['--deptest', 'T'],
])
