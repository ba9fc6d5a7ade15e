import { isUnknown, type Root } from '../../model.ts'
import { removePath } from '../files.ts'
import type { Machine } from '../machine.ts'
import { absolutePath, covers } from '../paths.ts'
import { operands } from '../words.ts'
import { type Handler, silent } from './types.ts'

/** rm(1): a folder goes only with `-r`; files go either way. */
export const rm: Handler = (command, machine) => {
  for (const word of operands(command.args)) {
    const path = word.value === null ? null : absolutePath(word.value, command.cwd)
    if (path === null || path === '/') continue
    machine.at = word
    rootFile(machine, path)
    removePath(machine, path)
    javaStore(machine, path)
  }
  return silent
}

/** One certificate among those that the package laid down, or the link to it in the folder of the store. */
function rootFile(machine: Machine, path: string): void {
  const { packaged, layout } = machine.fields
  const name = /^\/etc\/ssl\/certs\/([A-Za-z0-9_.=-]+)\.(?:pem|crt)$/.exec(path)?.[1]
  const source =
    layout?.packaged && path.startsWith(`${layout.packaged}/`) ? path.slice(layout.packaged.length + 1) : null
  if (isUnknown(packaged) || !packaged) return
  const key = source ?? (name === undefined ? null : `mozilla/${name}.crt`)
  const roots: readonly Root[] | undefined = key === null ? undefined : packaged.files.get(key)
  if (!roots || key === null) return
  machine.emit({
    kind: 'root-removal',
    program: 'rm',
    how: 'file',
    names: [key],
    roots,
    location: machine.place(),
  })
}

/** Java of Alpine's packages reads a store in the system's folder. */
function javaStore(machine: Machine, path: string): void {
  const { packages, distribution } = machine.fields
  const store = '/etc/ssl/certs/java/cacerts'
  if (!covers(path, store) || distribution?.id !== 'alpine' || isUnknown(packages)) return
  if (![...packages.keys()].some(name => /^openjdk\d+/.test(name))) return
  machine.emit({ kind: 'store-removed', program: 'rm', paths: [store], location: machine.place() })
}
