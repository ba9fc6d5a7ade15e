import { describe, expect, test } from 'vitest'
import { readPackages, upstreamVersion } from '../../src/trust/packages/index.ts'
import { treeOf } from '../support/tree.ts'

const apkDatabase = `C:Q1abc=
P:libssl1.1
V:1.1.1l-r0
o:openssl
D:so:libc.musl-x86_64.so.1 so:libcrypto.so.1.1 musl>=1.2
F:lib
R:libssl.so.1.1
a:0:0:755
F:usr
F:usr/lib
R:libssl.so.1.1

P:half

P:curl
V:8.5.0-r0
o:curl
F:
R:top
F:usr/bin
R:curl
`

const status = `Package: libgnutls30
Status: install ok installed
Architecture: amd64
Multi-Arch: same
Source: gnutls28 (3.6.7-4)
Version: 3.6.7-4+deb10u5
Depends: libc6 (>= 2.25), libp11-kit0 | libp11-kit-dummy
Description: TLS library
 Version: 9.9.9
 .

Package: curl
Status: deinstall ok config-files
Version: 7.64.0-4

Package: broken
Status: install ok installed
`

describe('package databases', () => {
  test("Alpine's: names, versions, owners, what they depend on", () => {
    const packages = readPackages(treeOf({ '/lib/apk/db/installed': apkDatabase }))
    expect(packages.all.map(({ name, version, origin }) => [name, version, origin])).toEqual([
      ['curl', '8.5.0-r0', 'curl'],
      ['libssl1.1', '1.1.1l-r0', 'openssl'],
    ])
    expect(packages.byName('libssl1.1')!.depends).toEqual([
      'so:libc.musl-x86_64.so.1',
      'so:libcrypto.so.1.1',
      'musl',
    ])
    expect(packages.ownerOf('/lib/libssl.so.1.1')?.name).toBe('libssl1.1')
    expect(packages.ownerOf('/usr/bin/curl')?.name).toBe('curl')
    expect(packages.ownerOf('/top')?.name).toBe('curl')
    expect(packages.ownerOf('/usr/bin/wget')).toBeNull()
  })

  test('with a merged /usr it is read once, and owners are found under both names', () => {
    const packages = readPackages(
      treeOf({ '/lib': { link: 'usr/lib' }, '/usr/lib/apk/db/installed': apkDatabase }),
    )
    expect(packages.all.length).toBe(2)
    expect(packages.ownerOf('/usr/lib/libssl.so.1.1')?.name).toBe('libssl1.1')
  })

  test("Debian's: what is installed, with the files of those that matter", () => {
    const packages = readPackages(
      treeOf({
        '/var/lib/dpkg/status': status,
        '/var/lib/dpkg/info/libgnutls30:amd64.list': '/.\n/usr/lib/x86_64-linux-gnu/libgnutls.so.30.23.2\n',
      }),
    )
    expect(packages.all.map(({ name, version, origin }) => [name, version, origin])).toEqual([
      ['libgnutls30', '3.6.7-4+deb10u5', 'gnutls28'],
    ])
    expect(packages.all[0]!.depends).toEqual(['libc6', 'libp11-kit0', 'libp11-kit-dummy'])
    expect(packages.ownerOf('/usr/lib/x86_64-linux-gnu/libgnutls.so.30.23.2')?.name).toBe('libgnutls30')
  })

  test("distroless images': a file a package, digests for its files", () => {
    const packages = readPackages(
      treeOf({
        '/var/lib/dpkg/status.d/libssl3': 'Package: libssl3\nVersion: 3.0.15-1~deb12u1\n',
        '/var/lib/dpkg/status.d/libssl3.md5sums':
          '0123456789abcdef0123456789abcdef  usr/lib/x86_64-linux-gnu/libssl.so.3\n',
      }),
    )
    expect(packages.ownerOf('/usr/lib/x86_64-linux-gnu/libssl.so.3')).toMatchObject({
      name: 'libssl3',
      version: '3.0.15-1~deb12u1',
    })
  })

  test.each([
    '/var/lib/rpm/Packages',
    '/var/lib/rpm/rpmdb.sqlite',
    '/usr/lib/sysimage/rpm/Packages.db',
  ])("RPM's that is none is told: %s", path => {
    const packages = readPackages(treeOf({ [path]: 'x' }))
    expect(packages.all).toEqual([])
    expect(packages.unknowns).toMatchObject([{ what: 'the package database', location: { path } }])
  })

  test.each([
    '',
    '\n\n\n',
    'P:',
    'Package',
    '\0\xff:::',
    'P:a\nV:1\n'.repeat(3),
  ])('rubbish is no package: %j', text => {
    expect(() =>
      readPackages(treeOf({ '/lib/apk/db/installed': text, '/var/lib/dpkg/status': text })),
    ).not.toThrow()
  })

  test.each([
    ['apk', '1.1.1l-r0', '1.1.1l'],
    ['apk', '2.9.1-r0', '2.9.1'],
    ['dpkg', '3.6.7-4+deb10u5', '3.6.7'],
    ['dpkg', '2:1.0.2g-1ubuntu4.20', '1.0.2g'],
    ['dpkg', '3.0.20-1~deb12u2', '3.0.20'],
    ['dpkg', '20230311+deb12u1', '20230311'],
    ['dpkg', '2.0+really1.9-1', '1.9'],
    ['dpkg', '20.19.2+dfsg-1', '20.19.2'],
    ['dpkg', '2.6.1', '2.6.1'],
    ['rpm', '1:3.0.7-27.el9', '3.0.7'],
    ['rpm', '7.76.1-29.el9_4.1', '7.76.1'],
  ] as const)('the upstream version of %s %s is %s', (manager, version, expected) => {
    expect(upstreamVersion({ manager, version })).toBe(expected)
  })
})
