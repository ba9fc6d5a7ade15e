import { describe, expect, it, test } from 'vitest'
import { javaRelease, programs } from '../../src/trust/clients/programs.ts'
import { beginningWith, literalEnd, PathPatterns } from '../../src/trust/path-patterns.ts'
import { keystorePlaces, knownStorePatterns } from '../../src/trust/store-paths.ts'
import { fuzzSeed, randomOf } from '../support/fuzz.ts'

describe('the literal text in which a pattern ends', () => {
  test.each<[RegExp, string]>([
    [/(?:^|\/)certifi\/cacert\.pem$/, 'certifi/cacert.pem'],
    [/stripe[^/]*\/(?:lib\/)?data\/ca-certificates\.crt$/, 'data/ca-certificates.crt'],
    [/lib-dynload\/_ssl\.[^/]*so$/, 'so'],
    [/a{2}b$/, 'b'],
    [/^a\d+bc$/, 'bc'],
    [/a\dbc$/, 'bc'],
    [/[|(]bc$/, 'bc'],
    [/(?:a|b)c$/, 'c'],
    [/(?:a|(?:b|c))d$/, 'd'],
    [/^abc$/, 'abc'],
  ])('of %s', (pattern, end) => {
    expect(literalEnd(pattern)).toBe(end)
  })

  test.each([
    /abc/,
    /abc\$/,
    /a|bc$/,
    /^a$|^bc$/,
    /(?:a|b)|bc$/,
    /abc$/i,
    /abc$/m,
    /abc?$/,
    /abc*$/,
    /a(?:bc)$/,
    /\x41bc$/,
    /\u0041bc$/,
    /(a)\1bc$/,
    /[bc]$/,
    /abc.$/,
    /a\w$/,
  ])('is not plain in %s', pattern => {
    expect(literalEnd(pattern)).toBe('')
  })
})

/** A path that a pattern may well match: of the simple forms that ours have. */
function likely({ source }: RegExp, random: (below: number) => number): string {
  let text = source.replace(/\[[^\]]*\][+*?]?|\\d\+/g, '1').replaceAll('.*', 'x/')
  for (let before = ''; before !== text; ) {
    before = text
    text = text.replace(/\((?:\?:)?([^()]*)\)([?*]|\{.*?\})?/, (_, inner: string, optional?: string) => {
      const alternatives = inner.split('|')
      return optional && random(2) === 0 ? '' : alternatives[random(alternatives.length)]!
    })
  }
  return text.replace(/[\\^$]/g, '')
}

describe('patterns of paths', () => {
  const known = [
    ...knownStorePatterns.map(({ pattern }) => pattern),
    ...keystorePlaces.map(({ pattern }) => pattern),
    javaRelease,
    ...programs.flatMap(({ module, versionFile, ownLibrary }) =>
      [module, versionFile?.path, ownLibrary?.path].filter(each => each instanceof RegExp),
    ),
  ]

  it('match what any of them matches, and nothing else', () => {
    const random = randomOf(fuzzSeed())
    let matched = 0
    for (let round = 0; round < 10_000; round++) {
      let path = likely(known[random(known.length)]!, random)
      const at = random(path.length + 1)
      if (random(3) === 0) path = path.slice(0, at) + path.slice(at + random(3))
      if (random(3) === 0) path = `${path.slice(0, at)}${'/.xsl1'[random(6)]}${path.slice(at)}`
      const patterns = known.filter(() => random(2) === 0)
      const any = patterns.some(pattern => pattern.test(path))
      expect(new PathPatterns(patterns).test(path), path).toBe(any)
      if (any) matched++
    }
    expect(matched).toBeGreaterThan(1_000)
  })

  it('match nothing where there are none, or no path', () => {
    expect(new PathPatterns([]).test('a')).toBe(false)
    expect(new PathPatterns([/a$/]).test('')).toBe(false)
    expect(new PathPatterns([/^$/]).test('')).toBe(true)
  })
})

test('what begins with one of some texts, taken as they are', () => {
  const pattern = beginningWith(['etc/ssl/', 'a.b+c/'])
  expect(pattern.test('etc/ssl/certs')).toBe(true)
  expect(pattern.test('a.b+c/d')).toBe(true)
  expect(pattern.test('axb+c/d')).toBe(false)
  expect(pattern.test('x/etc/ssl/certs')).toBe(false)
})
