import { putLink } from '../files.ts'
import { absolutePath, touchesTrust } from '../paths.ts'
import { operands } from '../words.ts'
import { type Handler, silent } from './types.ts'

/** ln(1): a relative target counts from the link's folder. */
export const ln: Handler = (command, machine) => {
  const words = operands(command.args)
  const [target, name] = [words[words.length - 2], words[words.length - 1]]
  if (!target || !name || words.length > 2) return silent
  let path = name.value === null ? null : absolutePath(name.value, command.cwd)
  if (path === null || target.value === null) return silent
  if ((name.value ?? '').endsWith('/') || path === '/etc/ssl/certs' || path === '/etc/ssl') {
    path = `${path}/${target.value.replace(/^.*\//, '')}`
  }
  const folder = path.slice(0, path.lastIndexOf('/')) || '/'
  const absolute = absolutePath(target.value, folder)
  if (absolute !== null && (touchesTrust(path) || touchesTrust(absolute) || path.length > 1))
    putLink(machine, path, absolute)
  return silent
}
