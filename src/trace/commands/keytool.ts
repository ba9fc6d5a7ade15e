import type { ShellCommand } from '../../dockerfile/shell-types.ts'
import { isUnknown, unknown } from '../../model.ts'
import { certificateFile } from '../certificate-file.ts'
import { withStore } from '../files.ts'
import type { Machine } from '../machine.ts'
import { absolutePath } from '../paths.ts'
import { optionValue } from '../words.ts'
import { type Handler, ran } from './types.ts'

const CHANGING = ['-import', '-importcert', '-importkeystore', '-delete']

/** keytool(1): a keystore that it changes is a store whose roots can't be told. */
export const keytool: Handler = (command, machine) => {
  if (!command.args.some(word => CHANGING.includes(word.value ?? ''))) return ran
  imported(command, machine)
  const word = optionValue(command.args, '-keystore', '-destkeystore')
  const path = word?.value ? absolutePath(word.value, command.cwd) : null
  const { stores } = machine.fields
  if (path === null || isUnknown(stores)) return ran
  const old = stores.find(store => store.path === path)
  machine.set({
    stores: withStore(stores, {
      path,
      aliases: old?.aliases ?? [],
      sources: [],
      format: 'jks',
      release: null,
      match: 'unknown',
      roots: unknown('keytool changes it'),
      origin: machine.edited(old?.origin ?? null),
    }),
  })
  return ran
}

/** A certificate is put into a store of roots, as its name or `-trustcacerts` says. */
function imported(command: ShellCommand, machine: Machine): void {
  const words = command.args.map(word => word.value ?? word.prefix)
  if (!words.includes('-import') && !words.includes('-importcert')) return
  machine.note('keystore')
  const store = optionValue(command.args, '-keystore')
  const trusted =
    words.includes('-trustcacerts') ||
    words.includes('-cacerts') ||
    /cacerts|trust/i.test(store?.value ?? store?.suffix ?? '')
  const file = optionValue(command.args, '-file')
  const path = file?.value ? absolutePath(file.value, command.cwd) : null
  const content = path === null ? null : machine.readFile(path)
  if (!trusted || !file || content === null) return
  machine.emit({
    kind: 'keystore-import',
    program: 'keytool',
    file: certificateFile(content, machine.catalogue),
    location: machine.location(file.start, file.end),
  })
}
