import { removePath } from '../files.ts'
import { absolutePath } from '../paths.ts'
import { operands } from '../words.ts'
import { type Handler, silent } from './types.ts'

/** rm(1): a folder goes only with `-r`; files go either way. */
export const rm: Handler = (command, machine) => {
  for (const word of operands(command.args)) {
    const path = word.value === null ? null : absolutePath(word.value, command.cwd)
    if (path === null || path === '/') continue
    removePath(machine, path)
  }
  return silent
}
