import { createHash, X509Certificate } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  allRoots,
  breakingRoots,
  incidents,
  rootByFingerprint,
  rootByIndex,
  rootDer,
  rootsByName,
  statusAt,
  trustedByMozillaAt,
} from '../../src/knowledge/roots.ts'
import { rawJson, withFacts } from './facts.ts'

const at = (text: string) => Date.parse(text)
const addTrust = () => rootsByName('AddTrust External Root')[0]!

const DAY = 86_400_000

describe('roots', () => {
  it('hold 455 certificates, each of the fingerprint, dates and serial that its own bytes say', () => {
    expect(allRoots()).toHaveLength(455)
    for (const root of allRoots()) {
      const der = rootDer(root.index)
      expect(createHash('sha256').update(der).digest('hex')).toBe(root.sha256)
      const certificate = new X509Certificate(der)
      expect(Date.parse(certificate.validTo)).toBe(root.notAfter)
      expect(Date.parse(certificate.validFrom)).toBe(root.notBefore)
      // A serial may have a zero in front, or be negative in certificates of old.
      if (!certificate.serialNumber.startsWith('-')) {
        expect(certificate.serialNumber.replace(/^0+(?=.)/, '')).toBe(root.serial.replace(/^0+(?=.)/, ''))
      }
    }
  })

  it('are found by fingerprint in any case, and not by a wrong one', () => {
    for (const root of allRoots()) expect(rootByFingerprint(root.sha256.toUpperCase())).toBe(root)
    expect(rootByFingerprint('0'.repeat(64))).toBeNull()
    expect(() => rootByIndex(455)).toThrow(RangeError)
  })

  it('are found by label, older label, common name, file and beginning of the fingerprint', () => {
    const [root] = rootsByName('addtrust external root')
    expect(root?.sha256).toBe('687fa451382278fff0c8b11f8d43d576671c6eb2bceab413fb83d965d06d2ff2')
    for (const text of [
      'AddTrust_External_Root.crt',
      'AddTrust_External_Root',
      'AddTrust External CA Root',
      '687fa451',
      '68:7F:A4:51:38',
    ]) {
      expect(rootsByName(text), text).toEqual([root])
    }
    expect(rootsByName('AddTrust Non-Validated Services Root').map(one => one.name)).toEqual([
      'AddTrust Low-Value Services Root',
    ])
    expect(rootsByName('GTS Root R1')).toHaveLength(2)
    for (const nothing of ['', ' ', 'no such root', 'AddTrust']) expect(rootsByName(nothing)).toEqual([])
  })

  it("bear Debian's file name: the label, with / space and , made _ and brackets made =", () => {
    for (const root of allRoots()) {
      const label = root.labels.at(-1)
      if (label === undefined) continue
      const rule = (text: string) => `${text.replace(/[/ ,]/g, '_').replace(/[()]/g, '=')}.crt`
      expect(root.labels.map(rule)).toContain(root.file)
    }
  })
})

describe('the status of a root', () => {
  it('is expired from the second after its end', () => {
    const root = addTrust()
    expect(new Date(root.notAfter).toISOString()).toBe('2020-05-30T10:48:38.000Z')
    expect(statusAt(root, at('2020-05-30T10:48:37Z')).status).toEqual([])
    expect(statusAt(root, at('2020-05-30T10:48:38Z')).status).toEqual([])
    expect(statusAt(root, at('2020-05-30T10:48:39Z')).status).toEqual(['expired'])
  })

  it('is expiring within the days asked for, and no longer so once expired', () => {
    const root = addTrust()
    expect(statusAt(root, at('2020-05-01T00:00:00Z'), { expiringWithin: 30 * DAY }).status).toEqual([
      'expiring',
    ])
    expect(statusAt(root, at('2020-05-01T00:00:00Z'), { expiringWithin: 29 * DAY }).status).toEqual([])
    expect(statusAt(root, at('2020-05-30T10:48:39Z'), { expiringWithin: 30 * DAY }).status).toEqual([
      'expired',
    ])
  })

  it('is removed from the day of its removal, with the bug', () => {
    expect(statusAt(addTrust(), at('2020-06-11T23:59:59Z')).status).toEqual(['expired'])
    expect(statusAt(addTrust(), at('2020-06-12T00:00:00Z'))).toEqual({
      status: ['expired', 'removed'],
      removedOn: '2020-06-12',
      bug: 1645199,
    })
  })

  it('is cut where trust for servers was taken, and never for roots that had none', () => {
    const [goDaddy] = rootsByName('Go Daddy Class 2 CA')
    expect(statusAt(goDaddy!, at('2025-04-15T23:59:59Z')).status).toEqual([])
    expect(statusAt(goDaddy!, at('2025-04-16T00:00:00Z'))).toEqual({
      status: ['cut'],
      cutOn: '2025-04-16',
      bug: 1957685,
    })
    const [mail] = rootsByName('GlobalSign Secure Mail Root R45')
    expect(statusAt(mail!, at('2026-10-20T00:00:00Z')).status).toEqual([])
  })

  it('comes back where trust was given back', () => {
    const [equifax] = rootsByName('Equifax Secure CA')
    const cut = (day: string) => statusAt(equifax!, at(`${day}T12:00:00Z`)).status.includes('cut')
    expect([cut('2015-02-25'), cut('2015-02-26'), cut('2015-04-20'), cut('2015-10-29')]).toEqual([
      false,
      true,
      false,
      true,
    ])
  })

  it('is distrusted by a distrust-after day, an incident, or the data itself', () => {
    const [entrust] = rootsByName('Entrust Root Certification Authority')
    expect(statusAt(entrust!, at('2026-10-20T00:00:00Z'))).toMatchObject({
      status: ['distrusted'],
      distrustAfter: '2024-11-30',
    })
    const startCom = rootsByName('StartCom Certification Authority')
    expect(statusAt(startCom[0]!, at('2016-10-23T23:59:59Z')).status).toEqual([])
    expect(statusAt(startCom[0]!, at('2016-10-24T00:00:00Z'))).toMatchObject({
      status: ['distrusted'],
      incident: { name: 'WoSign and StartCom' },
    })
    const [diginotar] = rootsByName('Explicitly Distrust DigiNotar Root CA')
    expect(statusAt(diginotar!, at('2012-01-01T00:00:00Z')).status).toEqual(['distrusted'])
  })

  it('has incidents that name roots of their own authority only, each with source and day', () => {
    for (const incident of incidents()) {
      expect(incident.roots.length, incident.name).toBeGreaterThan(0)
      expect(incident.source).toMatch(/^https:\/\//)
      expect(incident.checked).toMatch(/^\d{4}-\d{2}-\d{2}$/)
    }
  })
})

describe('breaking roots', () => {
  it('have ended or will end before the roots that they cross-signed, which Mozilla came to trust', () => {
    for (const entry of breakingRoots()) {
      const root = rootByFingerprint(entry.sha256)!
      expect(entry.source).toMatch(/^https:\/\//)
      for (const crossed of entry.crossSigned) {
        const other = rootByFingerprint(crossed.sha256)!
        expect(other.notAfter).toBeGreaterThan(root.notAfter)
        expect(trustedByMozillaAt(at('2026-04-01T00:00:00Z'))).toContain(other)
      }
    }
    expect(breakingRoots().map(entry => [entry.name, entry.crossSigned.length])).toEqual([
      ['AddTrust External Root', 4],
      ['DST Root CA X3', 1],
      ['Comodo AAA Services root', 1],
      ['GlobalSign Root CA', 1],
    ])
  })
})

describe.skipIf(withFacts !== '')(`Mozilla's sets, against its own history${withFacts}`, () => {
  it('follow from the events of the roots, on every day that has a set', () => {
    const sets = rawJson<{ date: string; roots: number[] }[]>('mozilla-releases.json')
    // Of several sets of one day the last one is that of its end.
    const last = new Map(sets.map(set => [set.date, set.roots]))
    for (const [date, roots] of last) {
      const trusted = trustedByMozillaAt(at(`${date}T23:59:59Z`)).map(root => root.index)
      expect(trusted, date).toEqual([...roots].sort((a, b) => a - b))
    }
    expect(last.size).toBeGreaterThan(90)
  })
})
