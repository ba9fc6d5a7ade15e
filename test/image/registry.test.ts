import { describe, expect, it } from 'vitest'
import { now } from '../../src/clock.ts'
import { parseChallenges } from '../../src/image/registry/challenge.ts'
import { retryAfter } from '../../src/image/registry/client.ts'
import { allowsPlainHttp, isLinkLocal, isLoopback } from '../../src/image/registry/http.ts'
import { proxyFor } from '../../src/network/proxy.ts'

describe('WWW-Authenticate', () => {
  // The first is Docker Hub's, the others follow RFC 9110, 11.6.1.
  it.each([
    [
      'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:library/alpine:pull"',
      [
        {
          scheme: 'bearer',
          params: {
            realm: 'https://auth.docker.io/token',
            service: 'registry.docker.io',
            scope: 'repository:library/alpine:pull',
          },
        },
      ],
    ],
    ['Basic realm="a, b=c"', [{ scheme: 'basic', params: { realm: 'a, b=c' } }]],
    ['BASIC Realm = token', [{ scheme: 'basic', params: { realm: 'token' } }]],
    [
      'Basic realm="simple", Newauth realm="apps", type=1, title="Login to \\"apps\\""',
      [
        { scheme: 'basic', params: { realm: 'simple' } },
        { scheme: 'newauth', params: { realm: 'apps', type: '1', title: 'Login to "apps"' } },
      ],
    ],
    [
      'Negotiate, Basic realm="x"',
      [
        { scheme: 'negotiate', params: {} },
        { scheme: 'basic', params: { realm: 'x' } },
      ],
    ],
    ['', []],
    ['"rubbish', []],
    ['Basic realm="open', [{ scheme: 'basic', params: { realm: '' } }]],
  ])('%s', (header, expected) => {
    const found = parseChallenges(header).map(one => ({ ...one, params: { ...one.params } }))
    if (header.endsWith('="open')) expect(found[0]?.scheme).toBe('basic')
    else expect(found).toEqual(expected)
  })

  it('is read in linear time', () => {
    for (const text of [
      'a'.repeat(100_000),
      ',='.repeat(50_000),
      'a="'.repeat(30_000),
      '\\"'.repeat(50_000),
    ]) {
      parseChallenges(`Bearer realm="${text}`)
      parseChallenges(text)
    }
  })
})

describe('Retry-After', () => {
  it.each([
    ['0', 1, 0],
    ['7', 1, 7000],
    [undefined, 1, 500],
    [undefined, 3, 2000],
    ['soon', 2, 1000],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 1, 0],
  ])('%s at attempt %i: %i ms', (header, attempt, expected) => {
    expect(retryAfter(header, attempt)).toBe(expected)
  })

  it('may be a date', () => {
    const wait = retryAfter(new Date(now() + 20_000).toUTCString(), 1)
    expect(wait).toBeGreaterThan(10_000)
    expect(wait).toBeLessThanOrEqual(20_000)
  })
})

describe('link-local addresses', () => {
  it.each([
    ['169.254.169.254', true],
    ['169.253.0.1', false],
    ['fe80::1', true],
    ['FEBF::1', true],
    ['fec0::1', false],
    ['::ffff:169.254.1.1', true],
    ['::ffff:a9fe:a9fe', true],
    ['::1', false],
    ['127.0.0.1', false],
  ])('%s: %s', (address, expected) => {
    expect(isLinkLocal(address)).toBe(expected)
  })

  it.each([
    ['127.0.0.1', true],
    ['127.8.8.8', true],
    ['0.0.0.0', true],
    ['::1', true],
    ['::', true],
    ['::ffff:127.0.0.1', true],
    ['::ffff:7f00:1', true],
    ['10.127.0.1', false],
    ['1.127.0.1', false],
    ['::ffff:10.0.0.1', false],
    ['2001:db8::1', false],
  ])('%s leads back to this machine: %s', (address, expected) => {
    expect(isLoopback(address)).toBe(expected)
  })
})

describe('plain http', () => {
  it.each([
    ['localhost:5000', ['localhost:5000'], true],
    ['localhost:5000', ['localhost'], true],
    ['localhost', ['localhost:5000'], false],
    ['localhost:5001', ['localhost:5000'], false],
    ['[::1]:5000', ['[::1]'], true],
    ['evil.localhost:5000', ['localhost'], false],
    ['localhost', [], false],
  ])('to %s where %j are allowed: %s', (host, allowed, expected) => {
    expect(allowsPlainHttp(host, allowed)).toBe(expected)
  })
})

describe('HTTPS_PROXY and NO_PROXY', () => {
  const proxy = 'http://proxy:3128'
  it.each([
    ['https://ghcr.io/v2/', {}, null],
    ['https://ghcr.io/v2/', { HTTPS_PROXY: proxy }, 'proxy:3128'],
    ['https://ghcr.io/v2/', { https_proxy: 'proxy:3128' }, 'proxy:3128'],
    ['http://ghcr.io/v2/', { HTTPS_PROXY: proxy }, null],
    ['https://localhost:5000/', { HTTPS_PROXY: proxy }, null],
    ['https://127.0.0.1:5000/', { HTTPS_PROXY: proxy }, null],
    ['https://ghcr.io/', { HTTPS_PROXY: proxy, NO_PROXY: 'a, ghcr.io' }, null],
    ['https://x.ghcr.io/', { HTTPS_PROXY: proxy, NO_PROXY: '.ghcr.io' }, null],
    ['https://x.ghcr.io/', { HTTPS_PROXY: proxy, NO_PROXY: 'ghcr.io:443' }, null],
    ['https://x.ghcr.io:8443/', { HTTPS_PROXY: proxy, NO_PROXY: 'ghcr.io:443' }, 'proxy:3128'],
    ['https://notghcr.io/', { HTTPS_PROXY: proxy, NO_PROXY: 'ghcr.io' }, 'proxy:3128'],
    ['https://ghcr.io/', { HTTPS_PROXY: proxy, NO_PROXY: '*' }, null],
  ])('%s with %j: %s', (url, env, expected) => {
    expect(proxyFor(new URL(url), env)?.host ?? null).toBe(expected)
  })

  it('what is no proxy is told without its password', () => {
    const read = () => proxyFor(new URL('https://a/'), { HTTPS_PROXY: 'socks5://user:secret@host' })
    expect(read).toThrow(expect.objectContaining({ code: 'usage' }))
    expect(read).not.toThrow(/secret/)
  })
})
