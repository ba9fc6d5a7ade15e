import { unknown } from '../../model.ts'
import { hasOption } from '../words.ts'
import { asks, type Handler, ran } from './types.ts'

/** What a checksum tool prints: whoever searches it for the sum that is meant to be there compares. */
export const CHECKSUM = unknown('a checksum')

/** sha256sum(1) and its kin: `-c` compares, without it they only print. */
export const checksum: Handler = (command, machine) => {
  if (hasOption(command.args, '--check', '--status', '-c')) machine.checked = true
  return { ...ran, stdout: CHECKSUM }
}

/** gpg(1) `--verify`, gpgv(1), cosign(1) `verify…`, minisign(1) `-V`. */
export const gpg: Handler = (command, machine) => {
  const name = command.name.value?.replace(/^.*\//, '') ?? ''
  const words = command.args.map(word => word.value ?? '')
  const verifies =
    name === 'gpgv' ||
    words.some(
      word => word === '--verify' || word.startsWith('verify') || word === '-V' || /^-[A-Za-z]*V/.test(word),
    )
  if (verifies) machine.checked = true
  return verifies ? ran : asks
}
