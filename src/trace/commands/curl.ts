import type { ShellWord } from '../../dockerfile/shell-types.ts'
import { unknown } from '../../model.ts'
import { type Content, FETCHED, unvouched } from '../content.ts'
import { certificateFetched } from '../downloads.ts'
import { absolutePath } from '../paths.ts'
import { type Address, addressesOf, addressOf, allLoopback, useClient } from '../tls.ts'
import { cutWord, removal } from '../words.ts'
import { type Handler, ran } from './types.ts'

/** Short options of curl(1) that take a value. */
const SHORT_VALUED = new Set('AbcCdDeEFhHKmoPQrtTuUwxXyYz')
/** Long ones; the rest are switches. */
const LONG_VALUED = new Set(
  (
    'output header data data-raw data-binary data-urlencode data-ascii request user user-agent referer cookie ' +
    'cookie-jar cert key cacert capath max-time connect-timeout retry retry-delay retry-max-time proxy proxy-user ' +
    'url write-out form form-string upload-file range limit-rate resolve connect-to config interface ciphers ' +
    'tls-max pass dump-header continue-at netrc-file speed-limit speed-time output-dir json url-query aws-sigv4 ' +
    'unix-socket noproxy proto proto-default proto-redir engine cert-type key-type dns-servers max-redirs ' +
    'max-filesize time-cond oauth2-bearer login-options mail-from mail-rcpt service-name socks5 socks5-hostname ' +
    'pinnedpubkey stderr trace trace-ascii variable expand-url crlfile proxy-cacert keepalive-time ftp-port quote'
  ).split(' '),
)

interface Off {
  readonly how: string
  readonly start: number
  readonly end: number
  readonly remove: { start: number; end: number } | null
}

/** curl(1): its flags are read as curl reads them; `-fsSLo/usr/local/bin/kubectl` switches nothing off. */
export const curl: Handler = (command, machine) => {
  const { args } = command
  const operands: ShellWord[] = []
  const off: Off[] = []
  let own = false
  /** The file is named as the address names it. */
  let remote = false
  let output: ShellWord | null = null
  const take = (name: string, value: ShellWord | undefined): void => {
    if (!value) return
    if (name === 'url') operands.push(value)
    if (name === 'o' || name === 'output') output = value
    if (name === 'cacert' || name === 'capath') own = true
  }
  for (let index = 0; index < args.length; index += 1) {
    const word = args[index]!
    const text = word.value ?? word.prefix
    if (!text.startsWith('-') || text === '-') {
      operands.push(word)
      continue
    }
    if (text.startsWith('--')) {
      const name = text.slice(2)
      if (name === 'remote-name' || name === 'remote-name-all') remote = true
      if (name === 'insecure')
        off.push({
          how: text,
          start: word.start,
          end: word.end,
          remove: removal(command, machine.session.text, index),
        })
      else if (LONG_VALUED.has(name)) {
        index += 1
        take(name, args[index])
      }
      continue
    }
    for (let at = 1; at < text.length; at += 1) {
      const char = text[at]!
      if (char === 'O') remote = true
      if (char === 'k') off.push(shortOff(word, text, at, removal(command, machine.session.text, index)))
      if (!SHORT_VALUED.has(char)) continue
      if (at + 1 < text.length || word.value === null) take(char, cutWord(word, at + 1))
      else {
        index += 1
        take(char, args[index])
      }
      break
    }
  }
  const addresses = addressesOf(operands)
  const loopback = allLoopback(machine, addresses)
  for (const one of off) machine.switchedOff('curl', one.how, one, loopback, one.remove)
  useClient(machine, command, 'curl', addresses, { verifies: off.length === 0 && !own })
  const plain = addresses.find(address => address.kind === 'http' && !address.loopback)
  const url = plain?.word.value ?? null
  const fetched: Content = plain && url !== null ? unvouched('http', url, FETCHED) : unknown(FETCHED)
  const target = output as ShellWord | null
  if (target && target.value !== '-') {
    const path = target.value === null ? null : absolutePath(target.value, command.cwd)
    if (path !== null && !path.startsWith('/dev/')) machine.writeFile(path, fetched, false, target)
    return { status: 'likely', stdout: { text: '', mapped: null } }
  }
  const why = `what curl fetches${named(addresses)}`
  if (!plain || url === null) return { ...ran, stdout: unknown(why) }
  const content = unvouched('http', url, why)
  if (remote) certificateFetched(machine, `/${lastName(url)}`, content, 'curl', plain.word)
  return { ...ran, stdout: content }
}

/** The name that a download is given where none is asked for. */
export function lastName(url: string): string {
  return url.replace(/[?#].*$/, '').replace(/^.*\//, '')
}

/** Kept for known installers: which address a pipe comes from. */
function named(addresses: readonly Address[]): string {
  const [first] = addresses
  const text = first ? (first.word.value ?? first.word.prefix) : ''
  return /^https?:\/\/[A-Za-z0-9._~:/-]+$/.test(text) && text.length < 200 ? ` from ${text}` : ''
}

function shortOff(
  word: ShellWord,
  text: string,
  at: number,
  whole: { start: number; end: number } | null,
): Off {
  if (text === '-k') return { how: text, start: word.start, end: word.end, remove: whole }
  const place = word.mapped?.range(at, at + 1) ?? null
  const remove = place && place.end === place.start + 1 && word.raw === text ? place : null
  return { how: text, start: word.start, end: word.end, remove }
}

/** aria2c(1). */
export const aria2c: Handler = (command, machine) => {
  const addresses = command.args.filter(word => /^[a-z]+:\/\//.test(word.prefix)).map(addressOf)
  let verifies = true
  for (const [index, word] of command.args.entries()) {
    if (word.value !== '--check-certificate=false') continue
    verifies = false
    machine.switchedOff(
      'aria2c',
      word.value,
      word,
      allLoopback(machine, addresses),
      removal(command, machine.session.text, index),
    )
  }
  useClient(machine, command, 'aria2c', addresses, { verifies })
  return ran
}
