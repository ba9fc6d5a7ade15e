import { describe, expect, it } from 'vitest'
import { endOfLife, isSupported, lifecycle, newestSupported } from '../../src/knowledge/lifecycles.ts'

const at = (day: string) => Date.parse(`${day}T00:00:00Z`)

describe('lifecycles', () => {
  it.each([
    ['alpine', '3.11.13', '2021-11-01'],
    ['alpine', '3.8', '2020-05-01'],
    ['alpine', 'v3.20.3', '2026-04-01'],
    // Debian's LTS is for everybody, its ELTS is not.
    ['debian', '9', '2022-07-01'],
    ['debian', 'buster', '2024-06-30'],
    ['debian', '12.5', '2028-06-30'],
    // Ubuntu's ESM and Red Hat's ELS are paid.
    ['ubuntu', '16.04', '2021-04-02'],
    ['ubuntu', 'focal', '2025-05-31'],
    ['rhel', '7.9', '2024-06-30'],
    ['centos', '8', '2021-12-31'],
    ['almalinux', '9.8', '2032-05-31'],
    ['ol', '10', null],
    ['node', '14.21.3', '2023-04-30'],
    ['python', '3.8', '2024-10-07'],
    ['nixos', '24.05', null],
  ])('%s %s ends on %s', (id, version, end) => {
    expect(endOfLife(id, version)).toBe(end)
  })

  it('keep the end of the own team apart from that of LTS', () => {
    expect(lifecycle('debian', '10')).toEqual({
      id: 'debian',
      version: '10',
      codename: 'Buster',
      released: '2019-07-06',
      endOfLife: '2024-06-30',
      standardEnd: '2022-09-10',
      source: 'https://endoflife.date',
    })
    expect(lifecycle('alpine', '3.99')).toBeNull()
    expect(lifecycle('toString', '1')).toBeNull()
  })

  it('end with the end of their last day', () => {
    expect(isSupported('alpine', '3.11', at('2021-11-01') + 86_399_999)).toBe(true)
    expect(isSupported('alpine', '3.11', at('2021-11-02'))).toBe(false)
    expect(isSupported('ol', '10', at('2099-01-01'))).toBe(true)
    expect(isSupported('nixos', '24.05', at('2024-01-01'))).toBeNull()
  })

  it.each([
    ['debian', '2026-10-20', '13'],
    ['debian', '2020-05-31', '10'],
    ['alpine', '2026-10-20', '3.24'],
    ['alpine', '2020-05-28', '3.11'],
    ['alpine', '2020-05-29', '3.12'],
    ['ubuntu', '2026-10-20', '26.04'],
    ['ubuntu', '2021-10-01', '20.04'],
    ['node', '2026-10-20', '24'],
    ['node', '2026-10-30', '26'],
    ['eclipse-temurin', '2026-08-21', '25'],
    ['python', '2026-10-20', '3.14'],
  ])('the newest supported %s on %s is %s', (id, day, version) => {
    expect(newestSupported(id, at(day))?.version).toBe(version)
  })
})
