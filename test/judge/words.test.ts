import { describe, expect, it } from 'vitest'
import { isPlainOrLoopback, withoutSecrets } from '../../src/questions/urls.ts'
import { count, enumerate, shorten, span } from '../../src/questions/words.ts'

describe('words of a message', () => {
  it.each([
    [[], ''],
    [['a'], 'a'],
    [['a', 'b'], 'a and b'],
    [['a', 'b', 'c', 'd'], 'a, b, c and d'],
    [['a', 'b', 'c', 'd', 'e'], 'a, b, c and 2 more'],
  ])('enumerates %j as %j', (items, expected) => expect(enumerate(items)).toBe(expected))

  it('counts', () => {
    expect([count(1, 'root'), count(17, 'root')]).toEqual(['1 root', '17 roots'])
    expect([span(1), span(221), span(800)]).toEqual(['1 day', '221 days', '2 years'])
  })

  it('cuts a long name between its characters', () => {
    expect(shorten('😀'.repeat(100))).toBe(`${'😀'.repeat(79)}…`)
  })
})

describe('addresses', () => {
  it.each([
    ['http://example.com/', true],
    ['https://localhost:8443/x', true],
    ['https://127.0.0.1', true],
    ['https://[::1]:1/', true],
    ['HTTP://EXAMPLE.COM', true],
    ['https://localhost.example.com/', false],
    ['https://127.0.0.1.example.com/', false],
    ['https://user:pw@example.com/', false],
    ['git@example.com:o/r', false],
    [null, false],
  ])('%j is plain or loopback: %j', (url, expected) => expect(isPlainOrLoopback(url)).toBe(expected))

  it('are shown without what may be secret', () => {
    expect(withoutSecrets('https://me:pw@example.com/a?token=x#y')).toBe('https://example.com/a')
  })
})
