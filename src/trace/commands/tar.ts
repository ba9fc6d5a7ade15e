import type { Machine } from '../machine.ts'
import { absolutePath, inTrustFolder } from '../paths.ts'
import { optionValue } from '../words.ts'
import { type Handler, ran } from './types.ts'

/** tar(1): what comes out of an archive into a trust folder can't be told. Elsewhere it is not looked at. */
export const tar: Handler = (command, machine) => {
  const folder = optionValue(command.args, '-C', '--directory')
  unpacked(machine, folder?.value ?? command.cwd, command.cwd)
  return ran
}

/** unzip(1). */
export const unzip: Handler = (command, machine) => {
  const folder = optionValue(command.args, '-d')
  unpacked(machine, folder?.value ?? command.cwd, command.cwd)
  return ran
}

function unpacked(machine: Machine, folder: string | null, cwd: string | null): void {
  const path = folder === null ? null : absolutePath(folder, cwd)
  if (path === null || !(inTrustFolder(path) || path === '/etc')) return
  machine.storesUnknown(`an archive is unpacked in ${path}`)
}
