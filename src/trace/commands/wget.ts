import { isUnknown, unknown } from '../../model.ts'
import { isAnchorPath } from '../anchors.ts'
import { FETCHED, unvouched } from '../content.ts'
import { certificateFetched } from '../downloads.ts'
import type { Machine } from '../machine.ts'
import { absolutePath } from '../paths.ts'
import { addressesOf, allLoopback, useClient } from '../tls.ts'
import { hasOption, operands, optionValue, removal } from '../words.ts'
import { lastName } from './curl.ts'
import { type Handler, ran } from './types.ts'

const VALUED = new Set([
  ...[
    '-O',
    '-o',
    '-a',
    '-P',
    '-U',
    '-T',
    '-t',
    '-w',
    '-e',
    '-i',
    '-A',
    '-R',
    '-D',
    '-X',
    '-I',
    '-Q',
    '-l',
    '-B',
    '-Y',
  ],
  ...[
    '--output-document',
    '--output-file',
    '--directory-prefix',
    '--user-agent',
    '--header',
    '--timeout',
    '--tries',
    '--user',
    '--password',
    '--post-data',
    '--waitretry',
    '--ca-certificate',
    '--execute',
  ],
])

/** wget(1), GNU's and busybox's. */
export const wget: Handler = (command, machine) => {
  const { args } = command
  const addresses = addressesOf(operands(args, bundled(args.map(word => word.value ?? word.prefix))))
  const loopback = allLoopback(machine, addresses)
  let verifies = true
  for (const [index, word] of args.entries()) {
    const text = word.value ?? ''
    // GNU takes any abbreviation that is not ambiguous.
    const short = text.length >= '--no-check'.length && '--no-check-certificate'.startsWith(text)
    const long = /^--check-certificate=(off|no|false|0|quiet)$/.test(text)
    const executed = /^(-e|--execute=)/.test(text) ? text : args[index - 1]?.value === '-e' ? text : ''
    const set = /^(?:-e|--execute=)?check[-_]?certificate\s*=\s*(off|no|0)$/i.test(executed)
    if (!short && !long && !set) continue
    verifies = false
    const first = set && args[index - 1]?.value === '-e' ? index - 1 : index
    machine.switchedOff('wget', text, word, loopback, removal(command, machine.session.text, first, index))
  }
  const own = hasOption(args, '--ca-certificate', '--ca-directory')
  const program = 'wget'
  if (readsStore(machine)) useClient(machine, command, program, addresses, { verifies: verifies && !own })
  const output = optionValue(args, '-O', '--output-document') ?? bundledOutput(args)
  const open = addresses.find(address => address.kind === 'http' && !address.loopback)
  const url = open?.word.value ?? null
  const plain = open && url !== null ? unvouched('http', url, FETCHED) : null
  if (!output && plain && open && url !== null) {
    const folder = optionValue(args, '-P', '--directory-prefix')?.value ?? '.'
    const path = absolutePath(`${folder}/${lastName(url)}`, command.cwd ?? '/')
    if (path !== null) certificateFetched(machine, path, plain, 'wget', open.word)
    if (path !== null && isAnchorPath(path)) machine.writeFile(path, unknown(FETCHED), false, open.word)
  }
  if (output && output.value !== '-' && output.value !== null) {
    const path = absolutePath(output.value, command.cwd)
    if (path !== null && !path.startsWith('/dev/'))
      machine.writeFile(path, plain ?? unknown(FETCHED), false, output)
  }
  const from = addresses.find(address =>
    /^https?:\/\/[A-Za-z0-9._~:/-]{1,200}$/.test(address.word.value ?? ''),
  )
  const why = `what wget fetches${from ? ` from ${from.word.value}` : ''}`
  return { ...ran, stdout: plain ? unvouched('http', url, why) : unknown(why) }
}

/** `-qO FILE`, `-nvO FILE`: the bundle's last option takes the next word. */
function bundled(texts: readonly string[]): ReadonlySet<string> {
  return new Set([
    ...VALUED,
    ...texts.filter(text => /^-[A-Za-z]+[OoPUTtaiew]$/.test(text) && !text.startsWith('--')),
  ])
}

function bundledOutput(args: Parameters<Handler>[0]['args']): (typeof args)[number] | null {
  for (const [index, word] of args.entries()) {
    const text = word.value ?? word.prefix
    if (/^-[A-Za-z]+O$/.test(text)) return args[index + 1] ?? null
    if (/^-[A-Za-z]*O-$/.test(text)) return { ...word, value: '-' }
  }
  return null
}

/** busybox's own wget verifies only through a helper: without GNU's package it is no reader of the store for sure. */
function readsStore(machine: Machine): boolean {
  const { packages, distribution } = machine.fields
  if (distribution !== null && distribution.id !== 'alpine') return true
  if (isUnknown(packages)) return true
  return packages.has('wget')
}
