/** What is done once, however often its result is needed. */
import { describe, expect, it, vi } from 'vitest'
import { judge } from '../../src/judge.ts'
import type { TracedStore } from '../../src/trace/state.ts'
import { expiringWithin, traceText } from '../support/examples.ts'

const { parsed } = vi.hoisted(() => ({ parsed: [] as string[] }))
vi.mock('unbash', async original => {
  const unbash = await original<typeof import('unbash')>()
  const parse = (text: string) => {
    parsed.push(text)
    return unbash.parse(text)
  }
  return { ...unbash, parse }
})

const sentry = 'FROM sentry:9.1.2\n\nRUN pip install sentry-plugins\n\nCMD ["sentry", "run", "web"]\n'

describe('the work of a lint', () => {
  it('traces a changed text once, for all findings and remedies that it is the proof of', async () => {
    const traced: string[] = []
    const retrace = (text: string) => {
      traced.push(text)
      return traceText(text)
    }
    const at = Date.parse('2021-10-01')
    const findings = await judge(traceText(sentry), { at, expiringWithin, prove: { retrace } })
    const remedies = findings.flatMap(({ remedy, alternatives }) => [
      ...(remedy ? [remedy] : []),
      ...alternatives,
    ])
    const bases = remedies.filter(({ steps }) => steps.some(({ kind }) => kind === 'set-base'))
    // Both findings of the base have the newer base as their remedy.
    expect(bases.length).toBeGreaterThan(1)
    expect(new Set(bases.map(({ summary }) => summary)).size).toBe(1)
    expect(traced).toHaveLength(new Set(traced).size)
    expect(traced.length).toBeLessThan(remedies.length)
  })

  it('reads a line of the shell once, in however many texts it stands', () => {
    const line = 'echo once && pip install sentry-plugins'
    for (const base of ['debian:12', 'debian:11', 'alpine:3.20']) traceText(`FROM ${base}\nRUN ${line}\n`)
    expect(parsed.filter(text => text === line)).toHaveLength(1)
  })

  it('has the roots of a store that its package alone makes once, in whatever file', () => {
    const roots = (text: string) =>
      (traceText(text).final!.final.stores as readonly TracedStore[]).map(store => store.roots)
    const [one] = roots('FROM debian:11\nRUN apt-get update && apt-get install -y ca-certificates\n')
    const [other] = roots('FROM debian:11\nRUN apt-get update\nRUN apt-get install -y curl ca-certificates\n')
    expect(one).toHaveLength((other as readonly unknown[]).length)
    expect(one).toBe(other)
  })
})
