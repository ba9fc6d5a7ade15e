/** The measured table, and what is held against it. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type MeasuredRow, profileFor } from '../../src/knowledge/tls-profiles.ts'
import { isUnknown } from '../../src/model.ts'
import { Anchors } from '../../src/path/anchors.ts'
import { predict } from '../../src/path/predict.ts'
import type { PathInput, Verdict } from '../../src/path/verdict.ts'
import { type Certificate, readCertificate } from '../../src/trust/certificate.ts'
import { reasonsIn } from './client-words.ts'
import type { PathCase } from './path-cases.ts'
import type { Answer, RealClient } from './real-clients.ts'

export type ClientAbout = Omit<RealClient, 'ask'>

/** Answers by case and client; each a number of `words`, of which the first is `accepted`. */
export interface Table {
  readonly recipe: string
  readonly measured: string
  readonly clients: readonly ClientAbout[]
  readonly words: readonly string[]
  readonly answers: Readonly<Record<string, readonly (number | null)[]>>
}

export const tablePath = fileURLToPath(new URL('../path/measured.json', import.meta.url))

/** Where the built-in facts get it from; `npm run knowledge` takes it from there. */
export const factsPath = fileURLToPath(
  new URL('../../scripts/knowledge/curated/tls-measured.json', import.meta.url),
)

export function readTable(): Table {
  return JSON.parse(readFileSync(tablePath, 'utf8')) as Table
}

/** What the built-in facts say was measured: the clients of the table. */
export function measuredRows({ clients, measured }: Table): MeasuredRow[] {
  return clients.map(({ name: _, ...client }) => ({
    ...client,
    source: 'test/path/measured.json',
    checked: measured,
  }))
}

export function answerOf({ words, answers }: Table, name: string, client: number): Answer | null {
  const number = answers[name]?.[client]
  if (number === undefined || number === null) return null
  return { accepted: number === 0, words: number === 0 ? '' : words[number]! }
}

export function inputOf({ sent, store, host }: PathCase, at: number): PathInput {
  const anchors = Anchors.of(store.map(certificateOf))
  return { sent: sent.map(certificateOf), store: anchors, host, at, purpose: 'server' }
}

export function certificateOf({ der }: { readonly der: Uint8Array }): Certificate {
  const certificate = readCertificate(der)
  if (isUnknown(certificate)) throw new Error(certificate.unknown)
  return certificate
}

export type Outcome = 'agrees' | 'null' | 'not told' | 'differs'

/** Verdict and reason against the real client's; words that do not speak of certificates tell nothing. */
export function compare(verdict: Verdict, answer: Answer, storeIsEmpty: boolean): Outcome {
  const reasons = answer.accepted ? [] : reasonsIn(answer.words)
  if (reasons === null) return 'not told'
  if (verdict.accepted === null) return 'null'
  if (verdict.accepted !== answer.accepted) return 'differs'
  if (verdict.accepted) return 'agrees'
  // No client has a word for a store without roots: it says that it does not know the issuer.
  const own = verdict.reason === 'no-store' ? ['unknown-issuer', 'self-signed'] : [verdict.reason]
  if (verdict.reason === 'no-store' && !storeIsEmpty) return 'differs'
  return own.some(each => each !== null && (reasons as readonly string[]).includes(each))
    ? 'agrees'
    : 'differs'
}

/** What the model says for a measured client; null where no profile is known for it. */
export function predicted(input: PathInput, about: ClientAbout): Verdict {
  const known = profileFor(about)
  if (isUnknown(known)) return { accepted: null, reason: null, chain: [], brokenBy: null, why: known.unknown }
  return predict(input, known)
}
