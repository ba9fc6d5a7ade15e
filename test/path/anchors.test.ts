import { describe, expect, it } from 'vitest'
import { type Anchor, Anchors } from '../../src/path/anchors.ts'
import { certificateOf } from '../support/path-table.ts'
import { issue, keyOf } from '../support/pki.ts'

const root = (subject: string, key: string) =>
  certificateOf(issue({ subject, key: keyOf(key, 'ec'), ca: true }))
const [first, second, other] = [root('Twin', 'first'), root('Twin', 'second'), root('Other', 'other')]
const child = (key: string) =>
  certificateOf(
    issue({ subject: 'child', key: keyOf('child', 'ec'), by: { subject: 'TWIN', key: keyOf(key, 'ec') } }),
  )

/** What is read of a store is counted. */
function counted(certificates: readonly (typeof first)[]) {
  const reads: string[] = []
  const anchors = certificates.map(
    (certificate): Anchor => ({
      sha256: certificate.sha256,
      subject: certificate.subject,
      read: () => {
        reads.push(certificate.sha256)
        return certificate
      },
    }),
  )
  return { reads, anchors: new Anchors(anchors) }
}

describe('the roots of a store', () => {
  it('are found by name, whatever its case, in the order of the store', () => {
    for (const order of [
      [first, other, second],
      [second, first, other],
    ]) {
      const anchors = Anchors.of(order)
      const twins = order.filter(each => each !== other)
      expect(anchors.named(child('first').issuer)).toEqual(twins)
    }
  })

  it('could have issued what names their key, too', () => {
    const anchors = Anchors.of([first, other, second])
    expect(anchors.issuersOf(child('second'))).toEqual([second])
    expect(anchors.issuersOf(child('a key of nobody'))).toEqual([])
  })

  it('are told apart by their bytes', () => {
    const anchors = Anchors.of([first, other])
    expect([first, second, other].map(each => anchors.has(each))).toEqual([true, false, true])
    expect(Anchors.of([first, first, other]).size).toBe(2)
  })

  it('of several stores are one store in their order, each once', () => {
    const both = Anchors.joined([Anchors.of([second, other]), Anchors.of([first, second])])
    expect(both.size).toBe(3)
    expect(both.named(first.subject)).toEqual([second, first])
  })

  it('are read when their name is asked for, once, and no others', () => {
    const { reads, anchors } = counted([first, other, second])
    expect(anchors.has(other)).toBe(true)
    expect(reads).toEqual([])
    for (let times = 0; times < 3; times++) anchors.issuersOf(child('first'))
    expect(reads).toEqual([first.sha256, second.sha256])
  })
})
