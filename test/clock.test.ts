import { describe, expect, it } from 'vitest'
import { formatInstant, parseInstant } from '../src/clock.ts'
import { parseDuration } from '../src/options.ts'

describe('--at', () => {
  it.each([
    ['2020-05-31', '2020-05-31T00:00:00Z'],
    ['2020-05-30T10:48:38Z', '2020-05-30T10:48:38Z'],
    ['2020-05-30T12:48:38+02:00', '2020-05-30T10:48:38Z'],
    ['2020-05-30 10:48Z', '2020-05-30T10:48:00Z'],
    ['2024-02-29', '2024-02-29T00:00:00Z'],
  ])('%s is %s', (text, instant) => {
    const at = parseInstant(text)
    expect(at === null ? null : formatInstant(at)).toBe(instant)
  })

  it.each([
    'yesterday',
    '2021-02-29',
    '2021-13-01',
    '31.05.2020',
    '2020-05-31T10:00',
    '',
    '2020-5-1',
    '1590883200',
  ])('%s is refused', text => expect(parseInstant(text)).toBeNull())
})

describe('--expiring-within', () => {
  it.each([
    ['90d', 90],
    ['12w', 84],
    ['6m', 180],
    ['1y', 365],
    ['30', 30],
  ])('%s is %i days', (text, days) => expect(parseDuration(text)).toBe(days * 86_400_000))

  it.each(['', '-1d', 'soon', '1.5d', '999999d'])('%s is refused with an example', text =>
    expect(() => parseDuration(text)).toThrow(/90d/))
})
