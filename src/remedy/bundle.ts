/** Finds the piece of text by which one certificate can be told from all others of a PEM bundle. */
import { hash } from 'node:crypto'
import { remembered } from '../remembered.ts'
import { isFragment } from './quote.ts'

/** A certificate of a bundle: who it is, and the lines of its base64 text as they stand there. */
export interface BundleEntry {
  readonly sha256: string
  readonly lines: readonly string[]
  /** Its header is the usual one at the start of a line: the only one that the remedy looks for. */
  readonly plain: boolean
}

/** Long enough that no two certificates share it by chance, short enough to find one without `+` and `/`. */
const FRAGMENT = 24

/** Each remedy of a store asks for its bundle anew. */
const read = new WeakMap<Uint8Array, readonly BundleEntry[]>()

/**
 * The PEM blocks of a bundle, with the headers that OpenSSL takes. Blocks that hold no base64 are left out.
 * @param bytes they must not change afterwards
 */
export function bundleEntries(bytes: Uint8Array): readonly BundleEntry[] {
  const known = read.get(bytes)
  if (known) return known
  const entries = readEntries(bytes)
  read.set(bytes, entries)
  return entries
}

const usualHeader = '-----BEGIN CERTIFICATE-----'
const usualFooter = '-----END CERTIFICATE-----'

function readEntries(bytes: Uint8Array): BundleEntry[] {
  const text = Buffer.from(bytes).toString('latin1')
  const entries: BundleEntry[] = []
  for (const { 0: block, 1: body, index } of text.matchAll(
    /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----([^-]*)-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g,
  )) {
    const der = Buffer.from(body!, 'base64')
    if (der.length === 0) continue
    const lines = body!.split(/\r?\n/).filter(line => line !== '')
    const atLineStart = index === 0 || text[index - 1] === '\n'
    const plain = atLineStart && block.startsWith(usualHeader) && block.endsWith(usualFooter)
    entries.push({ sha256: fingerprint(der), lines, plain })
  }
  return entries
}

/** The entry that tools write for a DER: 64 columns (RFC 7468, section 2). */
export function entryOf(der: Uint8Array): BundleEntry {
  const text = Buffer.from(der).toString('base64')
  return { sha256: fingerprint(der), lines: text.match(/.{1,64}/g) ?? [], plain: true }
}

function fingerprint(der: Uint8Array): string {
  return hash('sha256', der, 'hex')
}

/**
 * One fragment for each certificate that is to go: it stands on a single line of that certificate and in no other
 * certificate of the bundle. Searched from the end backwards: there is the signature, which no twin shares.
 * @returns null where one of them is not in the bundle, or has no such fragment
 */
export function fragmentsFor(entries: readonly BundleEntry[], gone: readonly string[]): string[] | null {
  const fragments: string[] = []
  for (const sha256 of gone) {
    const fragment = fragmentOf(entries, sha256)
    if (fragment === null) return null
    fragments.push(fragment)
  }
  return fragments
}

/** The fingerprints of the certificates with a line in which the fragment stands. */
export const holdersOf = remembered((entries: readonly BundleEntry[], fragment: string) =>
  entries.filter(({ lines }) => lines.some(line => line.includes(fragment))).map(({ sha256 }) => sha256),
)

const fragmentOf = remembered((entries: readonly BundleEntry[], sha256: string) => {
  const copies = entries.filter(candidate => candidate.sha256 === sha256)
  const [entry] = copies
  if (entry === undefined || !copies.every(({ plain }) => plain)) return null
  const isAlone = (text: string) => holdersOf(entries, text).every(holder => holder === sha256)
  return candidates(entry).find(text => isFragment(text) && isAlone(text)) ?? null
})

function* runsOf(entry: BundleEntry): Generator<string> {
  for (const line of [...entry.lines].reverse()) {
    for (const run of line.match(/[A-Za-z0-9]+/g) ?? []) {
      if (run.length >= FRAGMENT) yield run.slice(0, FRAGMENT)
    }
  }
}

function candidates(entry: BundleEntry): string[] {
  return [...runsOf(entry)]
}
