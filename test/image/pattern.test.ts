import picomatch from 'picomatch'
import { describe, expect, it } from 'vitest'
import { matches, parsePattern } from '../../src/image/registry/pattern.ts'

describe('a pattern of images', () => {
  it.each([
    ['localhost:5000/team/*', 'localhost:5000', 'team/*', '*'],
    ['localhost:5000/team/*:v*', 'localhost:5000', 'team/*', 'v*'],
    ['ghcr.io/o/app:*', 'ghcr.io', 'o/app', '*'],
    ['harbor.corp/**', 'harbor.corp', '**', '*'],
    ['harbor.corp/*', 'harbor.corp', '*', '*'],
    ['harbor.corp/**/app:1.*', 'harbor.corp', '**/app', '1.*'],
    ['alpine:3.*', 'docker.io', 'library/alpine', '3.*'],
    ['docker.io/alpine:3.*', 'docker.io', 'library/alpine', '3.*'],
    ['bitnami/redis:*', 'docker.io', 'bitnami/redis', '*'],
  ])('%s', (text, registry, repository, tag) => {
    expect(parsePattern(text)).toEqual({ registry, repository, tag })
  })

  it('is none where nothing is left open', () => {
    expect(parsePattern('localhost:5000/team/app:1')).toBeNull()
  })

  it.each([
    '*.corp/app:*',
    'a.io/app@sha256:*',
    'a.io/App*',
    'a.io/app:v1/*x:',
    'a.io/app:a b*',
    'a.io/-*',
  ])('%s is refused in one line', text => {
    expect(() => parsePattern(text)).toThrow(expect.objectContaining({ code: 'usage' }))
  })
})

describe('matching', () => {
  const names = [
    'team/app',
    'team/app-2',
    'team/x/app',
    'team',
    'other/app',
    'team/x/y/app',
    'app',
    'v1.2',
    'latest',
  ]
  const patterns = ['team/*', 'team/**', '**', '*', '*/app', '**/app', 'team/*/app', 'v*', '*-*', 't*m/a*p']
  it.each(patterns)('%s matches what another matcher says', pattern => {
    const other = picomatch(pattern, { dot: true })
    // picomatch lets a globstar at the end stand for nothing, and one at the beginning too: here there must be a segment.
    const expected = names.filter(
      name =>
        other(name) &&
        !(pattern.includes('**/') && name === 'app') &&
        !(pattern.endsWith('/**') && name === 'team'),
    )
    expect(names.filter(name => matches(pattern, name))).toEqual(expected)
  })

  it('takes no longer for many stars', () => {
    expect(matches(`${'*a'.repeat(100)}b`, 'a'.repeat(255))).toBe(false)
  })
})
