import { installPackages, removePackages } from '../packages.ts'
import { architecture } from '../platform.ts'
import { refresh } from '../refresh.ts'
import { hasOption, operands } from '../words.ts'
import { asks, type Handler, ran } from './types.ts'

/** dpkg(1): a package file's name begins with the package's. */
export const dpkg: Handler = (command, machine) => {
  const named = operands(command.args)
  if (hasOption(command.args, '--print-architecture')) return architecture(machine, 'debian')
  if (hasOption(command.args, '--version')) return ran
  if (hasOption(command.args, '--install', '-i')) {
    const names = named.map(word => {
      const base = (word.value ?? '').replace(/^.*\//, '')
      const name = word.glob ? null : (/^([a-z0-9][a-z0-9+.-]+)_.*\.deb$/.exec(base)?.[1] ?? null)
      return { name, location: machine.location(word.start, word.end) }
    })
    if (names.some(({ name }) => name === 'ca-certificates')) {
      machine.storesUnknown('ca-certificates is installed from a file')
      return ran
    }
    // dpkg draws nothing in.
    installPackages(
      machine,
      names.filter(({ name }) => name !== null),
      { manager: 'rpm', recommends: false, upgrades: false },
    )
    return ran
  }
  if (hasOption(command.args, '--purge', '--remove', '-P', '-r')) {
    const names = named.flatMap(word => (word.value === null ? [] : [word.value]))
    removePackages(machine, names, 'apt', hasOption(command.args, '--purge', '-P'))
    return ran
  }
  return asks
}

/** `dpkg-reconfigure -f noninteractive ca-certificates` refreshes, as the package's installation does. */
export const dpkgReconfigure: Handler = (command, machine) => {
  const [name] = operands(command.args, new Set(['-f', '-p', '--frontend', '--priority'])).slice(-1)
  if (name?.value === 'ca-certificates' && machine.fields.tool === true) refresh(machine, null)
  return ran
}
