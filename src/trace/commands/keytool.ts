import { isUnknown, unknown } from '../../model.ts'
import { withStore } from '../files.ts'
import { absolutePath } from '../paths.ts'
import { optionValue } from '../words.ts'
import { type Handler, ran } from './types.ts'

const CHANGING = ['-import', '-importcert', '-importkeystore', '-delete']

/** keytool(1): a keystore that it changes is a store whose roots can't be told. */
export const keytool: Handler = (command, machine) => {
  if (!command.args.some(word => CHANGING.includes(word.value ?? ''))) return ran
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
