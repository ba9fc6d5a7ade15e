import { once, readBytes, readLines } from './load.ts'
import type { KnownRoot, RootEvent } from './types.ts'

type EventRow = [date: string, version: string | null, bug: number, change: string, detail?: string]
type RootRow = [
  sha256: string,
  name: string,
  labels: string[],
  file: string,
  subject: string,
  serial: string,
  notBefore: number,
  notAfter: number,
  key: string,
  events: EventRow[],
  derLength: number,
]

/** A row each: most look-ups parse a third of them. */
const lines = () => once('lines of roots', () => readLines('roots.json.br').filter(line => line.length > 1))
const made: KnownRoot[] = []

const rowAt = (index: number): RootRow => JSON.parse(lines()[index] as string)

/** All roots, by number. */
export function allRoots(): readonly KnownRoot[] {
  return once('roots', () => lines().map((_, index) => rootByIndex(index)))
}

/** The root of a number that the built-in facts gave out. */
export function rootByIndex(index: number): KnownRoot {
  if (lines()[index] === undefined) throw new RangeError(`there is no root ${index}`)
  made[index] ??= rootOf(rowAt(index), index)
  return made[index]
}

/** @param sha256 64 hex digits of the SHA-256 of the DER, in any case */
export function rootByFingerprint(sha256: string): KnownRoot | null {
  const index = rootNumber(sha256)
  return index === null ? null : rootByIndex(index)
}

/** The number of that root, nothing else of it read. */
export function rootNumber(sha256: string): number | null {
  // A row begins with it: `["2930…",`.
  const numbers = once(
    'roots by fingerprint',
    () => new Map(lines().map((line, index) => [line.slice(2, 66), index])),
  )
  return numbers.get(sha256.toLowerCase()) ?? null
}

/**
 * Roots that a person may mean by a text: a label, a common name, a file of Debian's (with or without `.crt`),
 * or the first eight or more hex digits of the fingerprint. Case does not count; whole words of it, no parts.
 */
export function rootsByName(text: string): readonly KnownRoot[] {
  const wanted = text.trim().toLowerCase()
  if (wanted === '') return []
  const prefix = wanted.replaceAll(':', '')
  if (/^[0-9a-f]{8,64}$/.test(prefix)) {
    const found = allRoots().filter(root => root.sha256.startsWith(prefix))
    if (found.length > 0) return found
  }
  return allRoots().filter(root => namesOf(root).has(wanted))
}

/** The certificate itself; the file of all certificates is read at the first call. */
export function rootDer(index: number): Uint8Array {
  const root = rootByIndex(index)
  const all = once('root certificates', () => readBytes('roots.der.br'))
  const starts = once('starts of root certificates', () => {
    let at = 0
    return [
      ...lines().map((_, index) => {
        const start = at
        at += rowAt(index)[10]
        return start
      }),
      at,
    ]
  })
  return new Uint8Array(all.subarray(starts[root.index], starts[root.index + 1]))
}

function namesOf(root: KnownRoot): ReadonlySet<string> {
  const common = /(?:^|, )CN=((?:\\.|[^\\,])*)/.exec(root.subject)?.[1]?.replace(/\\(.)/g, '$1')
  const names = [root.name, ...root.labels, root.file, root.file.replace(/\.crt$/, ''), common ?? '']
  return new Set(names.filter(name => name !== '').map(name => name.trim().toLowerCase()))
}

function rootOf(row: RootRow, index: number): KnownRoot {
  const [sha256, name, labels, file, subject, serial, notBefore, notAfter, key, events] = row
  return {
    index,
    sha256,
    name,
    labels,
    file,
    subject,
    serial,
    notBefore: notBefore * 1000,
    notAfter: notAfter * 1000,
    key,
    events: events.map(eventOf),
  }
}

function eventOf([date, version, bug, change, detail]: EventRow): RootEvent {
  return {
    date,
    version,
    change: change as RootEvent['change'],
    ...(change === 'added' && { trusted: detail === 'trusted' }),
    ...(change === 'distrust-after' && detail !== undefined && { after: detail }),
    ...(bug !== 0 && { bug }),
  }
}
