import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import {
  escapePattern,
  isFragment,
  isSafeName,
  isSafePath,
  isSafeReference,
  isSafeUser,
  isSeedName,
  shellLine,
  word,
  words,
} from '../../src/remedy/quote.ts'

const nasty = [
  '',
  ' ',
  'a b',
  '$(id)',
  '`id`',
  '$'.concat('{IFS}x'),
  "a';id;'",
  'a"; id; "',
  'a\nb',
  'a\r\nRUN id',
  'a\0b',
  '-rf',
  '--help',
  '../x',
  '.hidden',
  'a/b',
  'a\\b',
  'a*b',
  'a?b',
  'a[b',
  'a{b,c}',
  'a~b',
  '~root',
  'a#b',
  '!x',
  'a&b',
  'a|b',
  'a;b',
  'a<b',
  'a>b',
  '\u001b[31m',
  'ünïcode',
  'a\u202eb',
  'a\u2028b',
]

describe('what may stand in a remedy', () => {
  it.each(nasty)('refuses %j as a name, a user, a reference, a fragment, in a path', text => {
    expect(isSafeName(text)).toBe(false)
    expect(isSafeUser(text)).toBe(false)
    if (text !== 'a/b') expect(isSafeReference(text)).toBe(false)
    expect(isFragment(text)).toBe(false)
    expect(isSafePath(`/etc/${text}`) && !text.includes('/')).toBe(false)
    expect(isSeedName(`${text}.crt`) && !/^-/.test(text)).toBe(false)
  })

  it.each(['AddTrust_External_Root.crt', 'libssl1.1', 'a+b=c@d-e'])('takes %j as a name', name => {
    expect(isSafeName(name)).toBe(true)
  })

  it.each(['/etc/ssl/cert.pem', '/etc/ssl/certs/ca-certificates.crt'])('takes the path %j', path => {
    expect(isSafePath(path)).toBe(true)
  })

  it.each(['/', '//etc', '/etc/', '/etc/../x', '/etc/./x', 'etc/ssl'])('refuses the path %j', path => {
    expect(isSafePath(path)).toBe(false)
  })

  it.each([
    'alpine:3.24',
    'node',
    'ghcr.io/o/i:t',
    'localhost:5000/a/b:c',
    `a/b@sha256:${'0'.repeat(64)}`,
  ])('takes the reference %j', reference => expect(isSafeReference(reference)).toBe(true))

  it.each(['app', '1000', '1000:1000', 'node:node'])('takes the user %j', user => {
    expect(isSafeUser(user)).toBe(true)
  })
})

describe('shellLine', () => {
  it.each([
    ...nasty.filter(text => !/[\r\n\0]/.test(text)),
    "it's",
    'a\\',
    '""',
    "'''",
  ])('keeps %j one word', text => {
    expect(shellLine([[...words('printf', '%s'), word(text)]])).toBeTypeOf('string')
  })

  it('means to a real shell what it means to the parser', () => {
    const texts = nasty.filter(text => !/\0/.test(text) && !/[\r\n]/.test(text)).concat("it's", 'a\\', "'''")
    for (const text of texts) {
      const line = shellLine([[...words('printf', '%s'), word(text)]])
      expect(execFileSync('/bin/sh', ['-c', line], { encoding: 'utf8' })).toBe(text)
    }
  })

  it('refuses a line break in any word', () => {
    expect(() => shellLine([[word('echo'), word('a\nb')]])).toThrow(/parse back/)
  })

  it('refuses an expansion in double quotes', () => {
    expect(() => shellLine([[word('echo'), { text: '$HOME', quote: 'double' }]])).toThrow(/parse back/)
    expect(() => shellLine([[word('echo'), { text: '`id`', quote: 'double' }]])).toThrow(/parse back/)
    expect(() => shellLine([[word('echo'), { text: 'a" && id "', quote: 'double' }]])).toThrow(/parse back/)
  })

  it('refuses a bare word that is more than one', () => {
    expect(() => shellLine([[word('echo'), { text: 'a b', quote: 'bare' }]])).toThrow(/parse back/)
    expect(() => shellLine([[word('echo'), { text: 'a;id', quote: 'bare' }]])).toThrow(/parse back/)
    expect(() => shellLine([[word('echo'), { text: '>x', quote: 'bare' }]])).toThrow(/parse back/)
    expect(() => shellLine([[word('echo'), { text: '{a,b}', quote: 'bare' }]])).toThrow(/parse back/)
    expect(() => shellLine([[word('echo'), { text: '*', quote: 'bare' }]])).toThrow(/parse back/)
    expect(() => shellLine([[word('echo'), { text: '~', quote: 'bare' }]])).toThrow(/parse back/)
  })

  it('refuses a command in the background, negated, or behind an assignment', () => {
    expect(() => shellLine([[word('id'), { text: '&', quote: 'bare' }]])).toThrow(/parse back/)
    expect(() => shellLine([[{ text: '!', quote: 'bare' }, word('id')]])).toThrow(/parse back/)
    expect(() => shellLine([[{ text: 'A=b', quote: 'bare' }, word('id')]])).toThrow(/parse back/)
  })
})

describe('escapePattern', () => {
  it.each([
    'a.b',
    'a*b',
    'a[b]c',
    '^a$',
    'a\\b',
    'a/b',
    'a&b',
    'a|b',
  ])('matches %j and nothing else', text => {
    const script = `/^${escapePattern(text)}$/!d`
    const sed = (input: string) => execFileSync('sed', [script], { input, encoding: 'utf8' })
    expect(sed(`${text}\n`)).toBe(`${text}\n`)
    expect(sed('axb\n')).toBe('')
  })
})
