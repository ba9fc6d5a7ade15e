import { describe, expect, test } from 'vitest'
import { limits } from '../../src/limits.ts'
import { isUnknown } from '../../src/model.ts'
import { readCertificate } from '../../src/trust/certificate.ts'
import { findClients } from '../../src/trust/clients.ts'
import { readElf } from '../../src/trust/elf.ts'
import { PemScanner } from '../../src/trust/find-pem.ts'
import { readPackages } from '../../src/trust/packages/index.ts'
import { extension, makeCertificate, nameOf, oid, pemOf, tlv } from '../support/certificate.ts'
import { makeElf } from '../support/elf.ts'
import { fuzzSeed, mutate, randomOf } from '../support/fuzz.ts'
import { treeOf } from '../support/tree.ts'

const begin = '-----BEGIN CERTIFICATE-----\n'
const end = '-----END CERTIFICATE-----\n'
const { der, pem } = makeCertificate()

/** Scans in chunks of 64 KiB, as a layer's bytes come, and says how long it took. */
function scan(text: string | Buffer, size = 1 << 16) {
  const bytes = Buffer.from(text)
  const started = performance.now()
  const scanner = new PemScanner()
  for (let at = 0; at < bytes.length; at += size) scanner.push(bytes.subarray(at, at + size))
  return { found: scanner.end(), ms: performance.now() - started }
}

/** Work in proportion to the bytes takes some milliseconds; what grows faster takes minutes. */
const soon = 2_000

describe('text that means to keep the search busy', () => {
  const long = 768 * 1024
  test.each<[string, string]>([
    ['100,000 first lines', begin.repeat(100_000)],
    ['100,000 last lines', end.repeat(100_000)],
    ['100,000 empty blocks', (begin + end).repeat(100_000)],
    ['first lines within first lines', '-----BEGIN '.repeat(50_000) + begin.repeat(1_000)],
    ['dashes', '-'.repeat(4 << 20)],
    ['the needle, over and over', 'CERTIFICATE-----'.repeat(200_000)],
    ['the needle, one letter short', 'CERTIFICATE----'.repeat(200_000)],
    ...[
      '\\',
      '\\n',
      '"',
      '"+',
      ' ',
      '\n',
      ' \n',
      '\t',
      '-',
      '=',
      '#',
      '// ',
      'A: b\n',
      "'\n",
      '\\u0022',
      '\r',
    ].map((piece): [string, string] => [
      `a block of ${JSON.stringify(piece)} alone`,
      `${begin}${piece.repeat(long / piece.length)}!\n${end}`,
    ]),
    [
      'a block of header lines and spaces',
      `${begin}A: b\n${' \n'.repeat(long / 4)}${'x'.repeat(long / 4)}\n${end}`,
    ],
    ['a line of 32 MB without an end', begin + 'A'.repeat(32 << 20)],
    ['escapes that do not end', `${begin}${'\\'.repeat(long - 1)}x${end}`],
  ])('%s', (_, text) => {
    const { found, ms } = scan(text)
    expect(ms).toBeLessThan(soon)
    expect(found.every(({ der, problem }) => der === null && problem !== null)).toBe(true)
    // One word of each is enough.
    expect(found.length).toBeLessThanOrEqual(101)
  })

  test('a real certificate behind all that is found', () => {
    for (const lead of [
      begin.repeat(100_000),
      '-'.repeat(1 << 20),
      begin + 'A'.repeat(32 << 20),
      '\\'.repeat(1 << 20),
    ])
      expect(scan(`${lead}\n${pem}`).found.at(-1)?.der).toEqual(new Uint8Array(der))
  })

  test('single bytes of a large block are kept within bounds', () => {
    const { found, ms } = scan(`${begin}${'A'.repeat(200_000)}\n${end}`, 1)
    expect(ms).toBeLessThan(soon)
    expect(found).toMatchObject([{ problem: 'it is cut or no DER' }])
  })

  test(`no more than ${limits.certificatesPerFile} certificates of one file, and that is told`, () => {
    const { found, ms } = scan(pem.repeat(limits.certificatesPerFile + 10))
    expect(ms).toBeLessThan(10 * soon)
    expect(found.length).toBe(limits.certificatesPerFile + 1)
    expect(found.at(-1)!.problem).toMatch(`the file holds more than ${limits.certificatesPerFile} `)
  })
})

describe('certificates that mean to fill the memory', () => {
  test(`no more than ${limits.keptFileBytes} bytes of one file, and that is told`, () => {
    const large = pemOf(makeCertificate({ serial: Buffer.alloc(250_000, 1) }).der)
    const scanner = new PemScanner()
    for (let count = 0; count < 400; count++) scanner.push(Buffer.from(large))
    const found = scanner.end()
    const bytes = found.reduce((sum, { der }) => sum + (der?.length ?? 0), 0)
    expect(bytes).toBeLessThan(limits.keptFileBytes + limits.certificateBytes)
    expect(found.at(-1)!.problem).toMatch(/the rest was not read$/)
  })
})

describe('DER that lies', () => {
  const problem = (bytes: Uint8Array) => {
    const certificate = readCertificate(bytes)
    return isUnknown(certificate) ? certificate.unknown : null
  }

  test('sequences 100,000 deep', () => {
    let nested = Buffer.from([0x30, 0])
    const parts: Buffer[] = []
    for (let depth = 0; depth < 100_000; depth++)
      parts.push(Buffer.from([0x30, 0x84, 0x00, 0x00, 0xff, 0xff]))
    nested = Buffer.concat([...parts, nested])
    expect(problem(nested)).toMatch(/^the certificate /)
    expect(problem(makeCertificate({ subject: tlv(0x30, nested) }).der)).toMatch(/^the certificate /)
  })

  test('a certificate larger than the limit', () => {
    const big = makeCertificate({ subject: nameOf([['2.5.4.3', 'x'.repeat(limits.certificateBytes)]]) })
    expect(problem(big.der)).toBe(`the certificate is larger than ${limits.certificateBytes} bytes`)
  })

  test('as many attributes, extensions and identifiers as fit', () => {
    const started = performance.now()
    const many = makeCertificate({
      subject: nameOf(Array.from({ length: 2_500 }, (_, index) => [`1.3.6.1.4.1.${index}.${index}`, '\n'])),
      extensions: Array.from({ length: 4_000 }, (_, index) =>
        extension(`1.2.3.${index}`, true, Buffer.alloc(9)),
      ),
    })
    expect(problem(many.der)).toBeNull()
    expect(performance.now() - started).toBeLessThan(soon)
  })

  test.each([
    ['an identifier of a megabyte', tlv(0x06, Buffer.alloc(100_000, 0xff))],
    ['an identifier without an end', tlv(0x06, Buffer.from([0x2a, 0x86]))],
    ['an empty identifier', tlv(0x06)],
  ])('%s', (_, id) => {
    const subject = tlv(0x30, tlv(0x31, tlv(0x30, id, tlv(0x0c, Buffer.from('x')))))
    expect(problem(makeCertificate({ subject }).der)).toMatch(/object identifier/)
  })

  test('a serial number of 200 kB is read', () => {
    expect(problem(makeCertificate({ serial: Buffer.alloc(200_000, 0xff) }).der)).toBeNull()
  })
})

describe('names that mean harm', () => {
  test('an identifier of an attribute is never taken for a property of an object', () => {
    for (const type of ['1.2.3', '2.5.4.999'])
      expect(
        isUnknown(readCertificate(makeCertificate({ subject: nameOf([[type, '__proto__']]) }).der)),
      ).toBe(false)
  })

  test('packages and libraries called __proto__ and constructor', () => {
    const tree = treeOf({
      '/lib/apk/db/installed':
        'P:__proto__\nV:1\nD:constructor so:toString\nF:usr/bin\nR:curl\n\nP:constructor\nV:2\n',
      '/usr/bin/curl': makeElf({ needed: ['__proto__', 'constructor', '../../../etc/passwd', ''] }),
    })
    const packages = readPackages(tree)
    expect(packages.all.map(({ name }) => name)).toEqual(['__proto__', 'constructor'])
    const { clients } = findClients(tree, { packages, distribution: null, env: {} })
    expect(clients.map(({ client }) => [client.program, client.version, client.library])).toEqual([
      ['curl', '1', null],
    ])
  })

  test('libraries that load each other in a ring', () => {
    const tree = treeOf({
      '/usr/bin/curl': makeElf({ needed: ['libcurl.so.4'] }),
      '/usr/lib/libcurl.so.4': makeElf({ needed: ['libcurl.so.4', 'libtls.so.1'] }),
      '/usr/lib/libtls.so.1': makeElf({ needed: ['libcurl.so.4'] }),
    })
    const { unknowns } = findClients(tree, { packages: readPackages(tree), distribution: null, env: {} })
    expect(unknowns).toMatchObject([{ why: 'it loads no TLS library that imgtrust knows' }])
  })
})

describe('20,000 inputs at random', () => {
  const seed = fuzzSeed()
  const words = [
    begin,
    end,
    '-----BEGIN TRUSTED CERTIFICATE-----',
    'CERTIFICATE-----',
    '\\n',
    '"',
    '\0',
    pem,
    Buffer.from([0x30, 0x84, 0xff, 0xff, 0xff, 0xff]),
    Buffer.from([0x30, 0x80]),
    Buffer.from([0x06, 0x00]),
    Buffer.from([0x7f, 0x45, 0x4c, 0x46]),
    oid('2.5.29.19'),
  ]
  const run = (name: string, times: number, seeds: readonly Buffer[], read: (input: Buffer) => void) =>
    test(`${name}: no crash, no hang (seed ${seed})`, () => {
      const random = randomOf(seed)
      let slowest = 0
      for (let count = 0; count < times; count++) {
        const input = mutate(seeds[random(seeds.length)]!, random, words)
        const started = performance.now()
        try {
          read(input)
        } catch (error) {
          throw new Error(`input ${count} of seed ${seed}, base64 ${input.toString('base64')}`, {
            cause: error,
          })
        }
        slowest = Math.max(slowest, performance.now() - started)
      }
      expect(slowest).toBeLessThan(soon)
    })

  run('PEM', 6_000, [Buffer.from(pem), Buffer.from(JSON.stringify(pem)), Buffer.from(pem + pem)], input => {
    const { found } = scan(input)
    for (const size of [1 + (input.length % 61), 7]) {
      // However it is cut, the same is found.
      expect(scan(input, size).found.map(({ sha256, problem }) => [sha256, problem])).toEqual(
        found.map(({ sha256, problem }) => [sha256, problem]),
      )
    }
    for (const each of found) if (each.der) readCertificate(each.der)
  })

  const full = makeCertificate({
    pathLength: 1,
    extensions: [
      extension('2.5.29.15', true, tlv(0x03, Buffer.from([1, 6]))),
      extension('2.5.29.37', false, tlv(0x30, oid('1.3.6.1.5.5.7.3.1'))),
      extension('2.5.29.35', false, tlv(0x30, tlv(0x80, Buffer.alloc(20)))),
    ],
  })
  run('DER', 8_000, [der, full.der, Buffer.from(pemOf(full.der))], input => {
    const certificate = readCertificate(input)
    if (!isUnknown(certificate)) expect(certificate.der.length).toBeLessThanOrEqual(input.length)
  })

  run(
    'ELF',
    4_000,
    [makeElf({ needed: ['libssl.so.3'], runPath: '/x' }), makeElf({ needed: ['a'], bits: 32 })],
    input => {
      readElf(input)
    },
  )

  const databases = [
    'P:a\nV:1\nD:so:x y>1\nF:usr\nR:b\n\n',
    'Package: a\nStatus: install ok installed\nVersion: 1:2-3\n\n',
  ]
  run(
    'package databases',
    2_000,
    databases.map(text => Buffer.from(text)),
    input => {
      readPackages(
        treeOf({
          '/lib/apk/db/installed': input,
          '/var/lib/dpkg/status': input,
          '/var/lib/dpkg/status.d/x': input,
        }),
      )
    },
  )
})
