import { describe, expect, it } from 'vitest'
import { dayStart } from '../../src/clock.ts'
import { newestRelease } from '../../src/knowledge/releases.ts'
import { neededRoots, rootByFingerprint, trustedByMozillaAt } from '../../src/knowledge/roots.ts'
import { knowledgeDate } from '../../src/knowledge/status.ts'

describe.each(neededRoots().map(entry => [entry.services, entry] as const))('%s', (_, entry) => {
  it('need a root that Mozilla trusts today, since a day on which it did', () => {
    for (const day of [entry.from, knowledgeDate()]) {
      const trusted = trustedByMozillaAt(dayStart(day)).map(({ sha256 }) => sha256)
      expect(trusted, day).toContain(entry.sha256)
    }
  })

  it('names what serves as well by other certificates that are known', () => {
    const all = [entry.sha256, ...entry.or.map(({ sha256 }) => sha256)]
    expect(new Set(all).size).toBe(all.length)
    for (const sha256 of all) expect(rootByFingerprint(sha256)?.sha256).toBe(sha256)
  })

  it.each([
    ['debian', '12'],
    ['debian', '13'],
    ['ubuntu', '24.04'],
    ['alpine', '3.22'],
    ['rhel', '9'],
  ])('is in the newest store of %s %s', (id, version) => {
    const { roots } = newestRelease(id, version)!
    expect(roots).toContain(rootByFingerprint(entry.sha256)!.index)
  })
})
