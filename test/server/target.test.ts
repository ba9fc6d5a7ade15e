/** What users type for a server, and what it means. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { starttlsPorts } from '../../src/server/ports.ts'
import { parseHost, parseServer } from '../../src/server/target.ts'

const folder = mkdtempSync(join(tmpdir(), 'imgtrust-target-'))
const home = process.cwd()
afterAll(() => {
  process.chdir(home)
  rmSync(folder, { recursive: true })
})

const usage = expect.objectContaining({ name: 'JobError', code: 'usage' })

describe('a server', () => {
  it.each([
    ['https://example.com', 'example.com', 443],
    ['https://example.com:8443/a/b?c#d', 'example.com', 8443],
    ['HTTPS://Example.COM.', 'example.com', 443],
    ['example.com:443', 'example.com', 443],
    ['example.com', 'example.com', 443],
    ['localhost:5432', 'localhost', 5432],
    ['192.0.2.1:8443', '192.0.2.1', 8443],
    ['[2001:DB8::1]:8443', '2001:db8::1', 8443],
    ['[::1]', '::1', 443],
    ['::1', '::1', 443],
    ['https://[::1]:444/', '::1', 444],
    ['[fe80::1%eth0]:443', 'fe80::1%eth0', 443],
    ['bücher.example', 'xn--bcher-kva.example', 443],
    ['https://例え.テスト:444', 'xn--r8jz45g.xn--zckzah', 444],
    ['my_host.internal:1', 'my_host.internal', 1],
  ])('%s', (typed, host, port) => {
    expect(parseServer(typed)).toEqual({ kind: 'tls', typed, host, port, starttls: null })
  })

  it.each(Object.entries(starttlsPorts))('that begins with %s is at port %i', (starttls, port) => {
    const options = { starttls: starttls as keyof typeof starttlsPorts }
    expect(parseServer('mail.example', options)).toMatchObject({ port, starttls })
    expect(parseServer('mail.example:99', options)).toMatchObject({ port: 99, starttls })
  })

  it.each([
    '',
    ' ',
    'a b',
    'exa\nmple.com',
    'example.com:99999',
    'example.com:0',
    'example.com:x',
    'example.com:443:5',
    'https://',
    'https://:443',
    '[::1',
    '[::1%a"b]:1',
    'a..b',
    '.',
    `${'a'.repeat(64)}.com`,
    `${'a.'.repeat(130)}com`,
    'a\\b',
    '<x>',
  ])('%j is none', typed => {
    expect(() => parseServer(typed)).toThrow(usage)
  })

  it('with a login, of plain http or of another scheme is told what to say, the password never', () => {
    for (const typed of [
      'https://me:secret@example.com',
      'me:secret@example.com',
      'http://me:secret@example.com',
    ]) {
      expect(() => parseServer(typed)).toThrow(usage)
      expect(() => parseServer(typed)).toThrow(/^(?!.*secret)/)
    }
    expect(() => parseServer('http://example.com')).toThrow('plain text')
    expect(() => parseServer('smtps://example.com')).toThrow('--starttls smtp')
    expect(() => parseServer('https://example.com', { starttls: 'smtp' })).toThrow('host:port')
  })
})

describe('a file', () => {
  it.each(['-', './x', '/etc/x', 'chain.pem', 'CHAIN.PEM', 'a.crt', 'a.p7b'])('%s', typed => {
    expect(parseServer(typed)).toEqual({ kind: 'file', typed, path: typed })
  })

  it('that is there and called as a host is meant, but for a port or https://', () => {
    process.chdir(folder)
    writeFileSync('example.com', '')
    expect(parseServer('example.com').kind).toBe('file')
    expect(parseServer('example.com:443').kind).toBe('tls')
    expect(parseServer('https://example.com').kind).toBe('tls')
    expect(parseServer('example.net').kind).toBe('tls')
  })

  it('begins with no STARTTLS', () => {
    expect(() => parseServer('chain.pem', { starttls: 'smtp' })).toThrow(usage)
  })
})

describe('a name to ask for', () => {
  it('is one without a port', () => {
    expect(parseHost('Example.com.')).toBe('example.com')
    expect(parseHost('[::1]')).toBe('::1')
    expect(() => parseHost('example.com:443')).toThrow(usage)
    expect(() => parseHost('')).toThrow(usage)
  })
})
