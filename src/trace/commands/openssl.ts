import { unknown } from '../../model.ts'
import { type Content, contentOf, isUnvouched, unvouched } from '../content.ts'
import { absolutePath } from '../paths.ts'
import { optionValue } from '../words.ts'
import { type Handler, ran } from './types.ts'

/** openssl(1): what it writes is not known. It asks no system store by itself unless told to. */
export const openssl: Handler = (command, machine) => {
  const given = command.stdin === null ? null : contentOf(command.stdin)
  const passed: Content | null = given !== null && isUnvouched(given) ? given : null
  if (command.args[0]?.value === 's_client') {
    const server = optionValue(command.args, '-connect', '-host')
    const host = (server?.value ?? server?.prefix ?? '').trim()
    return {
      ...ran,
      stdout: unvouched('server', host === '' ? null : `tls://${host}`, 'what a server sends'),
    }
  }
  const output = optionValue(command.args, '-out')
  const path = output?.value ? absolutePath(output.value, command.cwd) : null
  if (path !== null && output) machine.writeFile(path, passed ?? unknown('openssl writes it'), false, output)
  const verifies = command.args.some(word => word.value === '-verify' || word.value === '-signature')
  if (verifies) machine.checked = true
  return passed === null ? ran : { ...ran, stdout: passed }
}
