import { describe, expect, test } from 'vitest'
import { findClients } from '../../src/trust/clients.ts'
import { readDistribution } from '../../src/trust/distribution.ts'
import { readPackages } from '../../src/trust/packages/index.ts'
import { makeElf } from '../support/elf.ts'
import { type Sketch, treeOf } from '../support/tree.ts'

function clientsOf(files: Readonly<Record<string, Sketch>>, env: Readonly<Record<string, string>> = {}) {
  const tree = treeOf({ '/etc/os-release': 'ID=debian\nVERSION_ID="12"\n', ...files })
  const found = findClients(tree, { packages: readPackages(tree), distribution: readDistribution(tree), env })
  return {
    lines: found.clients.map(
      ({ client }) =>
        `${client.program} ${client.version}: ${client.library} ${client.libraryVersion} of ${client.build} (${client.libraryPackage ?? 'no package'})`,
    ),
    stores: found.clients.map(({ stores }) => stores),
    unknowns: found.unknowns.map(({ what, why }) => `${what}: ${why}`),
  }
}

const libcrypto = (text: string, folder = '/usr/lib/ssl') =>
  makeElf({ needed: ['libc.so.6'], text: [text, `OPENSSLDIR: "${folder}"`] })
const lib = '/usr/lib/x86_64-linux-gnu'
const openssl3 = {
  [`${lib}/libssl.so.3`]: makeElf({ needed: ['libcrypto.so.3', 'libc.so.6'] }),
  [`${lib}/libcrypto.so.3`]: libcrypto('OpenSSL 3.0.15 3 Sep 2024'),
}
const opensslStores = ['/usr/lib/ssl/cert.pem', '/usr/lib/ssl/certs']

describe('which library verifies', () => {
  test('the one that the program loads, by what it says of itself', () => {
    const { lines, stores, unknowns } = clientsOf({
      '/usr/bin/openssl': makeElf({ needed: ['libssl.so.3', 'libcrypto.so.3'] }),
      ...openssl3,
    })
    expect(lines).toEqual(['openssl null: OpenSSL 3.0.15 of debian (no package)'])
    expect(stores).toEqual([opensslStores])
    expect(unknowns).toEqual([])
  })

  test('through libcurl: the nearest counts, and its own idea of the store', () => {
    const { lines, stores } = clientsOf({
      '/usr/bin/curl': makeElf({ needed: ['libcurl.so.4'] }),
      [`${lib}/libcurl.so.4`]: makeElf({
        needed: ['libldap-2.5.so.0', 'libssl.so.3'],
        text: ['/etc/ssl/certs', '/etc/other'],
      }),
      [`${lib}/libldap-2.5.so.0`]: makeElf({ needed: ['libgnutls.so.30'] }),
      ...openssl3,
    })
    expect(lines).toEqual(['curl null: OpenSSL 3.0.15 of debian (no package)'])
    expect(stores).toEqual([['/etc/ssl/certs']])
  })

  test('GnuTLS: version and package from the database, with the revision that says what is patched', () => {
    const { lines, stores } = clientsOf({
      '/usr/bin/wget': makeElf({ needed: ['libgnutls.so.30'] }),
      [`${lib}/libgnutls.so.30`]: { link: 'libgnutls.so.30.23.2' },
      [`${lib}/libgnutls.so.30.23.2`]: makeElf({ needed: [], text: ['/etc/ssl/certs/ca-certificates.crt'] }),
      '/var/lib/dpkg/status':
        'Package: libgnutls30\nStatus: install ok installed\nArchitecture: amd64\nVersion: 3.6.7-4+deb10u5\n\nPackage: wget\nStatus: install ok installed\nVersion: 1.20.1-1.1\n',
      '/var/lib/dpkg/info/libgnutls30:amd64.list': `${lib}/libgnutls.so.30.23.2\n`,
    })
    expect(lines).toEqual(['wget 1.20.1: GnuTLS 3.6.7 of debian (libgnutls30 3.6.7-4+deb10u5)'])
    expect(stores).toEqual([['/etc/ssl/certs/ca-certificates.crt']])
  })

  test('libtls of OpenSSL is OpenSSL, whatever its name', () => {
    const musl = { '/lib/libssl.so.1.1': makeElf({ needed: ['libcrypto.so.1.1', 'libc.musl-x86_64.so.1'] }) }
    const { lines, stores } = clientsOf({
      '/etc/os-release': 'ID=alpine\nVERSION_ID=3.11.13\n',
      '/bin/busybox': makeElf({ needed: ['libc.musl-x86_64.so.1'], text: ['BusyBox v1.31.1 ()'] }),
      '/usr/bin/wget': { link: '/bin/busybox' },
      '/usr/bin/ssl_client': makeElf({ needed: ['libtls-standalone.so.1', 'libc.musl-x86_64.so.1'] }),
      '/usr/lib/libtls-standalone.so.1': makeElf({
        needed: ['libssl.so.1.1', 'libcrypto.so.1.1', 'libc.musl-x86_64.so.1'],
        text: ['/etc/ssl/cert.pem', 'LibreSSL 2.9.1'],
      }),
      ...musl,
      '/lib/libcrypto.so.1.1': libcrypto('OpenSSL 1.1.1l  24 Aug 2021', '/etc/ssl'),
    })
    expect(lines).toEqual(['busybox wget 1.31.1: OpenSSL 1.1.1l of alpine (no package)'])
    expect(stores).toEqual([['/etc/ssl/cert.pem']])
  })

  test('BusyBox without its helper does not verify: no client', () => {
    expect(
      clientsOf({ '/bin/busybox': makeElf({ needed: [] }), '/usr/bin/wget': { link: '/bin/busybox' } }).lines,
    ).toEqual([])
  })

  test('LibreSSL is told by what it says, else by the number of its libssl', () => {
    const program = { '/usr/bin/openssl': makeElf({ needed: ['libssl.so.45'] }) }
    const library = { '/usr/lib/libssl.so.45': makeElf({ needed: ['libcrypto.so.43'] }) }
    expect(
      clientsOf({ ...program, ...library, '/usr/lib/libcrypto.so.43': libcrypto('LibreSSL 2.7.5') }).lines,
    ).toEqual(['openssl null: LibreSSL 2.7.5 of debian (no package)'])
    expect(clientsOf(program).lines).toEqual(['openssl null: LibreSSL null of debian (no package)'])
  })

  test("Red Hat's libssl.so.10 is OpenSSL, with letters behind its number", () => {
    const { lines } = clientsOf({
      '/etc/os-release': 'ID="centos"\nVERSION_ID="7"\n',
      '/usr/bin/openssl': makeElf({ needed: ['libssl.so.10'] }),
      '/usr/lib64/libssl.so.10': makeElf({ needed: ['libcrypto.so.10'] }),
      '/usr/lib64/libcrypto.so.10': libcrypto('OpenSSL 1.0.2k-fips  26 Jan 2017', '/etc/pki/tls'),
    })
    expect(lines).toEqual(['openssl null: OpenSSL 1.0.2k of centos (no package)'])
  })

  test('Python: the module of the interpreter that the link names; version from its header', () => {
    const { lines } = clientsOf({
      '/usr/local/bin/python3': { link: 'python3.12' },
      '/usr/local/bin/python3.12': makeElf({ needed: [] }),
      '/usr/local/lib/python3.11/lib-dynload/_ssl.cpython-311-x86_64-linux-gnu.so': makeElf({
        needed: ['libgnutls.so.30'],
      }),
      '/usr/local/lib/python3.12/lib-dynload/_ssl.cpython-312-x86_64-linux-gnu.so': makeElf({
        needed: ['libssl.so.3'],
      }),
      '/usr/local/include/python3.12/patchlevel.h': '#define PY_VERSION      	"3.12.4"\n',
      ...openssl3,
    })
    expect(lines).toEqual(['python3 3.12.4: OpenSSL 3.0.15 of debian (no package)'])
  })

  test('git: by its helper for https; without one it speaks no TLS', () => {
    const git = { '/usr/bin/git': makeElf({ needed: [] }) }
    expect(clientsOf(git).lines).toEqual([])
    const { lines } = clientsOf({
      ...git,
      '/usr/lib/git-core/git-remote-https': { link: 'git-remote-http' },
      '/usr/lib/git-core/git-remote-http': makeElf({ needed: ['libssl.so.3'] }),
      ...openssl3,
    })
    expect(lines).toEqual(['git null: OpenSSL 3.0.15 of debian (no package)'])
  })

  test('Node.js with its own OpenSSL: version from ENV and its header, roots its own', () => {
    const { lines, stores, unknowns } = clientsOf(
      {
        '/usr/local/bin/node': Buffer.alloc((16 << 20) + 1),
        '/usr/local/include/node/openssl/opensslv.h':
          '# define OPENSSL_VERSION_TEXT    "OpenSSL 1.1.1k  25 Mar 2021"\n',
      },
      { NODE_VERSION: '14.16.1' },
    )
    expect(lines).toEqual(['node 14.16.1: OpenSSL 1.1.1k of upstream (no package)'])
    expect(stores).toEqual([['/usr/local/bin/node']])
    expect(unknowns).toEqual([])
  })

  test('a Debian Node.js, too large to read, by what its package depends on', () => {
    const { lines, stores } = clientsOf({
      '/usr/bin/node': makeElf({ needed: ['libnode.so.115'] }),
      [`${lib}/libnode.so.115`]: Buffer.alloc((16 << 20) + 1),
      '/var/lib/dpkg/status':
        'Package: libnode115\nStatus: install ok installed\nVersion: 20.19.2+dfsg-1\nDepends: libc6, libssl3t64 (>= 3.5)\n\nPackage: libssl3t64\nStatus: install ok installed\nVersion: 3.5.9-1\n\nPackage: nodejs\nStatus: install ok installed\nVersion: 20.19.2+dfsg-1\n',
      '/var/lib/dpkg/info/libnode115.list': `${lib}/libnode.so.115\n`,
      '/var/lib/dpkg/info/libssl3t64.list': `${lib}/libssl.so.3\n`,
      ...openssl3,
    })
    expect(lines).toEqual(['node 20.19.2: OpenSSL 3.0.15 of debian (libssl3t64 3.5.9-1)'])
    expect(stores).toEqual([opensslStores])
  })

  test('Java: by its release file', () => {
    const home = '/usr/lib/jvm/java-17-openjdk-amd64'
    expect(
      clientsOf({
        [`${home}/release`]: 'JAVA_VERSION="17.0.12"\n',
        [`${home}/bin/java`]: makeElf({ needed: [] }),
      }).lines,
    ).toEqual(['java 17.0.12: OpenJDK 17.0.12 of null (no package)'])
  })

  test('built into the program: by what its bytes say', () => {
    expect(
      clientsOf({
        '/usr/local/bin/curl': makeElf({ needed: [], static: true, text: ['OpenSSL 1.1.1w  11 Sep 2023'] }),
      }).lines,
    ).toEqual(['curl null: OpenSSL 1.1.1w of upstream (no package)'])
  })

  test.each([
    [
      'it loads none',
      { '/usr/bin/curl': makeElf({ needed: ['libc.so.6'] }) },
      'it loads no TLS library that imgtrust knows',
    ],
    [
      'two are equally near',
      { '/usr/bin/curl': makeElf({ needed: ['libssl.so.3', 'libgnutls.so.30'] }), ...openssl3 },
      'it loads several TLS libraries, and which one verifies is not known',
    ],
    [
      'it is a script',
      { '/usr/bin/curl': '#!/bin/sh\nexit 0\n' },
      'its file was not read: it is too large or no program',
    ],
    [
      'its library does not say what it is',
      { '/usr/bin/curl': makeElf({ needed: ['libssl.so'] }), '/usr/lib/libssl.so': makeElf({ needed: [] }) },
      'its library /usr/lib/libssl.so does not say what it is',
    ],
  ])('what can not be told is null, with its reason: %s', (_, files, why) => {
    const { lines, unknowns } = clientsOf(files)
    expect(lines).toEqual([expect.stringMatching(/^curl null: null null/)])
    expect(unknowns).toEqual([`the TLS library of curl: ${why}`])
  })

  test('LD_LIBRARY_PATH of the image and $ORIGIN come first', () => {
    const other = {
      '/opt/lib/libssl.so.3': makeElf({ needed: ['libcrypto.so.3'], text: ['OpenSSL 3.3.1 4 Jun 2024'] }),
    }
    const files = { ...openssl3, ...other }
    const program = (runPath?: string) => ({
      '/usr/bin/openssl': makeElf({ needed: ['libssl.so.3'], ...(runPath ? { runPath } : {}) }),
    })
    expect(clientsOf({ ...files, ...program() }, { LD_LIBRARY_PATH: '/opt/lib' }).lines[0]).toContain(
      '3.3.1 of upstream',
    )
    expect(clientsOf({ ...files, ...program('$ORIGIN/../../opt/lib') }).lines[0]).toContain(
      '3.3.1 of upstream',
    )
    expect(clientsOf({ ...files, ...program() }).lines[0]).toContain('3.0.15 of debian')
  })
})
