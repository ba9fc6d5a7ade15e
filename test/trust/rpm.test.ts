import { describe, expect, test } from 'vitest'
import { readPackages } from '../../src/trust/packages/index.ts'
import { treeOf } from '../support/tree.ts'
import { makeRpmHeader, rpmBerkeleyDb, rpmNdb, rpmSqlite } from './make/databases.ts'

const openssl = makeRpmHeader({
  1000: 'openssl-libs',
  1001: '3.0.7',
  1002: '27.el9',
  1003: [1],
  1044: 'openssl-3.0.7-27.el9.src.rpm',
  1049: ['ca-certificates', 'libc.so.6(GLIBC_2.34)(64bit)', 'libcrypto.so.3()(64bit)'],
  1116: [0, 0, 1],
  1117: ['libssl.so.3', 'libcrypto.so.3', 'README'],
  1118: ['/usr/lib64/', '/usr/share/doc/'],
})
const bash = makeRpmHeader({
  1000: 'bash',
  1001: '5.1.8',
  1002: '9.el9',
  1118: ['/usr/bin/'],
  1117: ['bash'],
  1116: [0],
})
const key = makeRpmHeader({ 1000: 'gpg-pubkey', 1001: 'fd431d51', 1002: '4ae0493b', 1005: 'x'.repeat(3_000) })
const headers = [openssl, bash, key]

const forms: readonly (readonly [string, string, (headers: readonly Buffer[]) => Buffer])[] = [
  ['SQLite', '/var/lib/rpm/rpmdb.sqlite', rpmSqlite],
  ['SQLite at its newer place', '/usr/lib/sysimage/rpm/rpmdb.sqlite', rpmSqlite],
  ['ndb', '/usr/lib/sysimage/rpm/Packages.db', rpmNdb],
  ['Berkeley DB', '/var/lib/rpm/Packages', rpmBerkeleyDb],
  [
    'Berkeley DB of a big-endian machine',
    '/var/lib/rpm/Packages',
    given => rpmBerkeleyDb(given, { big: true }),
  ],
]

describe("RPM's database", () => {
  test.each(forms)('%s: names, versions, origins, files and libraries of what matters', (_, path, make) => {
    const packages = readPackages(treeOf({ [path]: make(headers) }))
    expect(packages.unknowns).toEqual([])
    expect(packages.all).toEqual([
      { name: 'bash', version: '5.1.8-9.el9', manager: 'rpm', origin: null, files: [], depends: [] },
      {
        name: 'openssl-libs',
        version: '1:3.0.7-27.el9',
        manager: 'rpm',
        origin: 'openssl',
        files: ['/usr/lib64/libssl.so.3', '/usr/lib64/libcrypto.so.3'],
        depends: ['ca-certificates', 'so:libc.so.6', 'so:libcrypto.so.3'],
      },
    ])
    expect(packages.ownerOf('/lib64/libssl.so.3')?.name).toBe('openssl-libs')
  })

  test.each(forms)('%s: an empty one', (_, path, make) => {
    const packages = readPackages(treeOf({ [path]: make([]) }))
    expect([packages.all, packages.unknowns]).toEqual([[], []])
  })

  test.each(forms)('%s: a damaged package is told, the others are read', (_, path, make) => {
    const broken = makeRpmHeader({ 1000: 'x'.repeat(100), 1001: 'y' })
    broken.writeUInt32BE(0x7fffffff, 8 + 8)
    const packages = readPackages(treeOf({ [path]: make([bash, broken]) }))
    expect(packages.all.map(({ name }) => name)).toEqual(['bash'])
    expect(packages.unknowns).toEqual([
      { what: 'the package database', why: 'one of its packages is damaged', location: { path, layer: 0 } },
    ])
  })

  test.each(forms)('%s: cut', (_, path, make) => {
    const whole = make(headers)
    const packages = readPackages(treeOf({ [path]: whole.subarray(0, whole.length - 1_200) }))
    expect(packages.unknowns.length).toBeGreaterThan(0)
  })

  test('of two forms in a folder the newer counts, a linked folder once', () => {
    const packages = readPackages(
      treeOf({
        '/var/lib/rpm': { link: '../../usr/lib/sysimage/rpm' },
        '/usr/lib/sysimage/rpm/rpmdb.sqlite': rpmSqlite([openssl]),
        '/usr/lib/sysimage/rpm/Packages': rpmBerkeleyDb([bash]),
      }),
    )
    expect(packages.all.map(({ name }) => name)).toEqual(['openssl-libs'])
  })

  test.each([
    ['no database', { '/var/lib/rpm/Packages': 'rubbish' }, /^it is of no form that RPM has/],
    [
      'what was kept of one, as a file',
      { '/var/lib/rpm/Packages': 'imgtrust rpm 1\n{"packages":1}' },
      /^it is of no form/,
    ],
    [
      'changes that are not in it yet',
      { '/var/lib/rpm/rpmdb.sqlite': rpmSqlite([bash]), '/var/lib/rpm/rpmdb.sqlite-wal': 'x' },
      /-wal/,
    ],
  ])('%s', (_, files, why) => {
    const { unknowns } = readPackages(treeOf(files))
    expect(unknowns.length).toBe(1)
    expect(unknowns[0]!.why).toMatch(why)
  })
})
