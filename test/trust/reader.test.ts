import { describe, expect, test } from 'vitest'
import { trustReader } from '../../src/trust/reader.ts'
import { makeCertificate, nameOf } from '../support/certificate.ts'

describe('what is kept of an image', () => {
  test.each([
    ['etc/os-release', 300],
    ['usr/lib/os-release', 300],
    ['etc/alpine-release', 6],
    ['etc/ca-certificates.conf', 6_000],
    ['lib/apk/db/installed', 2_000_000],
    ['usr/lib/apk/db/installed', 2_000_000],
    ['var/lib/dpkg/status', 5_000_000],
    ['var/lib/dpkg/status.d/libssl3.md5sums', 900],
    ['var/lib/dpkg/info/libssl3:amd64.list', 400],
    ['etc/ssl/cert.pem', 230_000],
    ['etc/ssl/certs/ca-certificates.crt', 230_000],
    ['etc/ssl/certs/ca-cert-x.pem', 2_000],
    ['etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem', 230_000],
    ['usr/share/ca-certificates/mozilla/x.crt', 2_000],
    ['usr/local/share/ca-certificates/x.crt', 2_000],
    ['opt/venv/lib/python3.12/site-packages/pip/_vendor/certifi/cacert.pem', 290_000],
    ['opt/conda/ssl/cacert.pem', 290_000],
    ['usr/bin/ssl_client', 14_000],
    ['sbin/apk', 200_000],
    ['usr/bin/curl', 300_000],
    ['usr/lib/apt/methods/http', 100_000],
    ['usr/lib/git-core/git-remote-http', 2_000_000],
    ['usr/bin/php8.2', 6_000_000],
    ['lib/libcrypto.so.43.0.1', 1_700_000],
    ['usr/lib/x86_64-linux-gnu/libgnutls.so.30.34.3', 2_200_000],
    ['usr/lib/python3.11/lib-dynload/_ssl.cpython-311-x86_64-linux-gnu.so', 200_000],
    ['usr/local/include/node/openssl/opensslv.h', 9_000],
    ['opt/java/openjdk/release', 1_500],
    ['usr/lib/jvm/java-17-openjdk-amd64/lib/security/cacerts', 160_000],
    ['usr/lib/x86_64-linux-gnu/libnssckbi.so', 500_000],
  ])('%s', (path, size) => {
    expect(trustReader.keep(path, size)).toBe(true)
  })
})

describe('what is not', () => {
  test.each([
    ['etc/passwd', 900],
    ['etc/os-release', 0],
    ['usr/bin/git', 3_700_000],
    ['usr/bin/python3.11', 6_800_000],
    ['usr/local/bin/node', 90_000_000],
    ['usr/bin/curl', 20 << 20],
    ['var/lib/dpkg/status', 65 << 20],
    ['var/lib/dpkg/info/bash.list', 4_000],
    ['etc/ssl/certs/huge.pem', 2 << 20],
    ['usr/lib/libcurl.so.4.8.0.debug', 9_000],
    ['srv/etc/ssl/cert.pem', 9_000],
    ['home/x/release', 500],
    ['usr/share/doc/libssl3/copyright', 9_000],
  ])('%s of %d bytes', (path, size) => {
    expect(trustReader.keep(path, size)).toBe(false)
  })
})

describe('what is searched for certificates', () => {
  test('every file that can hold one: the smallest is larger than the bound', () => {
    const smallest = makeCertificate({ version: 1, ca: null, subject: nameOf([]) }).pem.trimEnd().length
    expect(trustReader.scan('anything', smallest)).not.toBeNull()
    expect(trustReader.scan('anything', 255)).toBeNull()
  })
})
