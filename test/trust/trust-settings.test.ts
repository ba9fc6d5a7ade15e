import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { PemScanner } from '../../src/trust/find-pem.ts'
import { whyNoServerAnchor } from '../../src/trust/trust-settings.ts'
import { oid, tlv } from '../support/certificate.ts'
import { hasTool } from '../support/chroot.ts'

const server = oid('1.3.6.1.5.5.7.3.1')
const email = oid('1.3.6.1.5.5.7.3.4')
const any = oid('2.5.29.37.0')

describe('trust settings', () => {
  test.each([
    ['none', Buffer.alloc(0), null],
    ['an alias alone', tlv(0x30, tlv(0x0c, Buffer.from('x'))), null],
    ['servers', tlv(0x30, tlv(0x30, email, server)), null],
    ['any', tlv(0x30, tlv(0x30, any)), null],
    ['e-mail alone', tlv(0x30, tlv(0x30, email)), /other purposes/],
    ['nothing at all', tlv(0x30, tlv(0x30)), /other purposes/],
    ['servers, and rejected for them', tlv(0x30, tlv(0x30, server), tlv(0xa0, server)), /reject/],
    ['rejected for everything', tlv(0x30, tlv(0xa0, any)), /reject/],
    ['rejected for e-mail', tlv(0x30, tlv(0xa0, email)), null],
    ['broken', Buffer.from([0x30, 0x20, 1]), /can not be read/],
  ])('%s', (_, settings, why) => {
    const found = whyNoServerAnchor(settings)
    if (why) expect(found).toMatch(why)
    else expect(found).toBeNull()
  })
})

/** `openssl verify` asks X509_check_trust, as a TLS client does. */
describe.skipIf(!hasTool('openssl'))('as openssl takes them (skipped: no openssl)', () => {
  test.each([
    [[]],
    [['-addtrust', 'serverAuth']],
    [['-addtrust', 'emailProtection']],
    [['-addtrust', 'emailProtection', '-addtrust', 'serverAuth']],
    [['-addtrust', 'anyExtendedKeyUsage']],
    [['-addreject', 'serverAuth']],
    [['-addreject', 'anyExtendedKeyUsage']],
    [['-addreject', 'emailProtection']],
    [['-addtrust', 'serverAuth', '-addreject', 'serverAuth']],
    [['-setalias', 'x']],
  ])('%j', options => {
    const folder = mkdtempSync(join(tmpdir(), 'imgtrust-settings-'))
    const run = (...args: readonly string[]) => spawnSync('openssl', args, { cwd: folder, encoding: 'utf8' })
    const made = [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-days',
      '9',
    ]
    expect(run(...made, '-subj', '/CN=root', '-keyout', 'k', '-out', 'root.pem').status).toBe(0)
    expect(run('x509', '-in', 'root.pem', '-trustout', ...options, '-out', 'trusted.pem').status).toBe(0)
    const text = run('x509', '-in', 'trusted.pem', '-trustout').stdout
    const verified = run('verify', '-purpose', 'sslserver', '-CAfile', 'trusted.pem', 'root.pem')
    const scanner = new PemScanner()
    scanner.push(Buffer.from(text))
    const [found] = scanner.end()
    rmSync(folder, { recursive: true })
    expect(found!.der).not.toBeNull()
    expect(found!.rejected === undefined, verified.stderr).toBe(verified.status === 0)
  })
})
