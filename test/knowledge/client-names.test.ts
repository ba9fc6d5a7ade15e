import { describe, expect, it } from 'vitest'
import { clientNamed, clientNames } from '../../src/knowledge/client-names.ts'
import { isUnknown } from '../../src/model.ts'

function named(name: string) {
  const found = clientNamed(name)
  if (isUnknown(found)) throw new Error(found.unknown)
  const { client, known } = found
  return `${client.program} ${client.version} · ${client.library} ${client.libraryVersion} (${client.build}) · ${known.basis}`
}

describe('a client by its name', () => {
  it.each([
    ['openssl-1.0.2u', 'openssl 1.0.2u · OpenSSL 1.0.2u (upstream) · source'],
    ['gnutls-3.6.7', 'gnutls-cli 3.6.7 · GnuTLS 3.6.7 (upstream) · source'],
    ['libressl-2.7.5', 'libtls 2.7.5 · LibreSSL 2.7.5 (upstream) · source'],
    ['libtls-2.7.5', 'libtls 2.7.5 · LibreSSL 2.7.5 (upstream) · source'],
    ['java-17', 'java 17.0.21.0.3 · OpenJDK 17.0.21.0.3 (debian) · measured'],
    ['go-1.19', 'go 1.19.8 · Go 1.19.8 (upstream) · measured'],
    ['java-8', 'java 1.8.0_504 · OpenJDK 1.8.0_504 (debian) · measured'],
    ['mbedtls-2.28.3', 'mbedtls 2.28.3 · Mbed TLS 2.28.3 (debian) · measured'],
    ['wolfssl-5.5.4', 'wolfssl 5.5.4 · wolfSSL 5.5.4 (debian) · measured'],
    ['nss-3.87', 'nss 3.87.1 · NSS 3.87.1 (debian) · measured'],
  ])('%s: the library with the tool that comes with it', (name, said) => {
    expect(named(name)).toBe(said)
  })

  it.each(clientNames())('%s needs no version', name => {
    expect(clientNamed(name)).toMatchObject({ client: { program: expect.any(String), path: null } })
  })

  it.each([
    ['curl-7.88.1', 'curl 7.88.1 · OpenSSL 3.0.20 (debian) · measured'],
    ['curl-7.88', 'curl 7.88.1 · OpenSSL 3.0.20 (debian) · measured'],
    ['curl-7.80.0', 'curl 7.80.0 · OpenSSL 1.1.1w (debian) · nearest'],
    ['curl-7.50.0', 'curl 7.50.0 · OpenSSL 1.1.1w (debian) · nearest'],
    ['Python-3.11', 'python3 3.11.2 · OpenSSL 3.0.20 (debian) · measured'],
    ['node@v20.19.0', 'node 20.19.0 · OpenSSL 3.0.15 (upstream) · measured'],
    ['apk-2.10', 'apk 2.10.8 · OpenSSL 1.1.1l (alpine) · measured'],
  ])('%s: the program, its library that of the nearest measured one', (name, said) => {
    expect(named(name)).toBe(said)
  })

  it('counts letters of OpenSSL: k is not the beginning of 1.0.2', () => {
    expect(named('openssl-1.0.2')).toMatch(/^openssl 1\.0\.2 /)
  })

  it('is only near where the version is before all that is known, and unknown in a gap', () => {
    expect(named('openssl-0.9.8')).toMatch(/nearest$/)
    expect(clientNamed('libressl-3.1.2')).toEqual({ unknown: expect.stringContaining('LibreSSL 3.1.2') })
  })

  it('takes letters of whatever case, and blanks around', () => {
    expect(named(' OpenSSL-1.0.2U ')).toBe(named('openssl-1.0.2u'))
    expect(named('JDK-17')).toBe(named('java-17'))
  })

  it.each([
    ['opensl-1.0.2', 'there is no client "opensl-1.0.2": name one of openssl, gnutls, libressl'],
    ['curl-', 'or NAME-VERSION'],
    ['curl-8.', 'there is no client "curl-8."'],
    ['curl-new', 'there is no client "curl-new"'],
    ['', 'there is no client ""'],
  ])('%s is none', (name, words) => {
    expect(clientNamed(name)).toEqual({ unknown: expect.stringContaining(words) })
  })
})
