import { describe, expect, test } from 'vitest'
import { FactsGatherer } from '../../src/image/facts-gatherer.ts'
import { limits } from '../../src/limits.ts'
import { definiteLengths } from '../../src/trust/ber.ts'
import type { Contents } from '../../src/trust/containers/container.ts'
import { containerOf } from '../../src/trust/containers/index.ts'
import { DerError } from '../../src/trust/der.ts'
import { ElfPointers } from '../../src/trust/elf-pointers.ts'
import { buildImageModel } from '../../src/trust/model.ts'
import { readRpmDatabase } from '../../src/trust/packages/rpm/packages.ts'
import { trustReader } from '../../src/trust/reader.ts'
import { SqliteError, SqliteFile } from '../../src/trust/sqlite.ts'
import { makeCertificate, oid, pemOf, tlv } from '../support/certificate.ts'
import { makeElf } from '../support/elf.ts'
import { fuzzSeed, mutate, randomOf } from '../support/fuzz.ts'
import { treeOf } from '../support/tree.ts'
import {
  makeRpmHeader,
  makeSqlite,
  nssColumns,
  rpmBerkeleyDb,
  rpmNdb,
  rpmSqlite,
} from '../trust/make/databases.ts'
import { certBag, looseBer, makeJks, makePkcs7, makePkcs12 } from '../trust/make/keystores.ts'

const root = makeCertificate({ subject: 'Root', serial: Buffer.alloc(120, 5) })
const { der, pem } = root
const u32 = (value: number) => Buffer.from(value.toString(16).padStart(8, '0'), 'hex')
const bags = [certBag(der, true), certBag(der, false)]
const library = Buffer.concat([makeElf({ needed: [] }), der, Buffer.alloc(8), der])
const header = makeRpmHeader({
  1000: 'openssl-libs',
  1001: '1',
  1002: '2',
  1003: [3],
  1049: ['a', 'b()(64bit)'],
  1116: [0, 0],
  1117: ['a', 'b'],
  1118: ['/usr/lib64/'],
})

/** One of each form, by the path under which it is looked for. */
const samples: Readonly<Record<string, readonly [path: string, bytes: Buffer]>> = {
  JKS: [
    'x',
    makeJks([
      { kind: 'certificate', der },
      { kind: 'key', chain: [der] },
      { kind: 'certificate', der },
    ]),
  ],
  JCEKS: ['x', makeJks([{ kind: 'certificate', der }, { kind: 'secret' }], { jceks: true })],
  'PKCS#12': ['x', makePkcs12(bags, { password: 'changeit', mac: true, iterations: 2 })],
  'PKCS#12 without a password': ['x', makePkcs12(bags)],
  'PKCS#12 in BER': ['x', looseBer(makePkcs12(bags, { password: 'changeit', iterations: 2 }))],
  'PKCS#7': ['x.p7b', makePkcs7([der, der])],
  'PKCS#7 in PEM': ['x.p7b', Buffer.from(pemOf(makePkcs7([der]), 'PKCS7'))],
  'p11-kit': [
    'x.p11-kit',
    Buffer.from(`[p11-kit-object-v1]\ntrusted: true\nvalue: "%30%0a"\n${pem}\n`.repeat(2)),
  ],
  'NSS database': [
    'cert9.db',
    makeSqlite(
      nssColumns,
      'nssPublic',
      [
        ['1', u32(1), der, null, null],
        ['2', u32(0xce534353), null, Buffer.alloc(20), u32(0xce534352)],
      ],
      512,
    ),
  ],
  "NSS's module": ['libnssckbi.so', library],
  DER: ['x', der],
}

const databases: Readonly<Record<string, Buffer>> = {
  'RPM, SQLite': rpmSqlite([header, header]),
  'RPM, ndb': rpmNdb([header, header]),
  'RPM, Berkeley DB': rpmBerkeleyDb([header, header]),
}

function read(path: string, bytes: Uint8Array): Contents | null {
  return containerOf(path, bytes)?.read(bytes, { passwords: ['changeit', ''], work: { left: 1e5 } }) ?? null
}

/** What a reader may say: certificates with bytes, and sentences. */
function check(contents: Contents | null): void {
  for (const each of contents?.certificates ?? []) expect(each.der).toBeInstanceOf(Uint8Array)
  for (const problem of contents?.problems ?? []) expect(problem).toMatch(/^\S.{3,300}$/)
}

const soon = 2_000
function within(run: () => void, ms = soon): void {
  const started = performance.now()
  run()
  expect(performance.now() - started).toBeLessThan(ms)
}

describe('cut after every byte', () => {
  test.each(Object.entries(samples))('%s', (_, [path, bytes]) => {
    const whole = read(path, bytes)!.certificates.length
    for (let length = 0; length < bytes.length; length++) {
      const contents = read(path, bytes.subarray(0, length))
      check(contents)
      // What is missing is told, or nothing was there to be known as one.
      if (contents && contents.certificates.length < whole && /JKS|PKCS#12/.test(_))
        expect(contents.problems.length, `at ${length}`).toBeGreaterThan(0)
    }
  })

  test.each(Object.entries(databases))('%s', (_, bytes) => {
    for (let length = 0; length < bytes.length; length += bytes.length > 20_000 ? 7 : 1) {
      const { packages, problems } = readRpmDatabase(bytes.subarray(0, length))
      if (packages.length < 2) expect(problems.length, `at ${length}`).toBeGreaterThan(0)
    }
  })
})

describe('lying counts and lengths', () => {
  test.each([
    ['entries', makeJks([{ kind: 'certificate', der }], { count: 0xffffffff })],
    [
      'a chain',
      Buffer.concat([makeJks([], { count: 1 }).subarray(0, 12), u32(1), Buffer.alloc(14), u32(0xffffffff)]),
    ],
    [
      'a certificate',
      Buffer.concat([makeJks([], { count: 1 }).subarray(0, 12), u32(2), Buffer.alloc(12), u32(0xffffffff)]),
    ],
  ])('JKS: %s', (_, bytes) => {
    within(() => expect(read('x', bytes)!.problems[0]).toMatch(/^it is cut or damaged/))
  })

  test('JKS: more certificates than any keystore has', () => {
    const entry = makeJks([{ kind: 'certificate', der: tlv(0x30) }]).subarray(12, -20)
    const bytes = Buffer.concat([
      makeJks([], { count: 100_000 }).subarray(0, 12),
      ...Array.from({ length: 100_000 }, () => entry),
    ])
    const contents = read('x', bytes)!
    expect(contents.certificates.length).toBeLessThan(limits.certificatesPerFile + 2)
    expect(contents.problems[0]).toMatch(/the rest was not read$/)
  })

  test('PKCS#12: bags within bags', () => {
    let nested = tlv(0x30, ...bags)
    for (let depth = 0; depth < 12; depth++)
      nested = tlv(0x30, tlv(0x30, oid('1.2.840.113549.1.12.10.1.6'), tlv(0xa0, nested)))
    const inner = nested.subarray(4)
    expect(read('x', makePkcs12([inner]))!.problems).toEqual(['it is damaged: it is nested deeper than 8'])
  })

  test('PKCS#12: passwords that take too long are refused before the first round', () => {
    for (const iterations of [5_000_001, 0x7fffffff, Buffer.alloc(200, 0x7f)])
      within(() => {
        const { problems } = read('x', makePkcs12(bags, { password: 'changeit', mac: true, iterations }))!
        expect(problems).toEqual([
          'it asks for more than 5000000 rounds of key derivation, which Java refuses too',
        ])
      }, 200)
    within(() => {
      const { problems } = read('x', makePkcs12(bags, { password: 'changeit', iterations: 4_000_000 }))!
      expect(problems[0]).toMatch(/too many rounds of key derivation: it was not opened$/)
    }, 200)
  })

  test('BER: nested beyond measure, open without an end, and as many values as fit', () => {
    const said = (bytes: Buffer) => {
      try {
        definiteLengths(bytes)
        return null
      } catch (error) {
        if (error instanceof DerError) return error.message
        throw error
      }
    }
    const open = Buffer.from([0x30, 0x80])
    within(() => expect(said(Buffer.alloc(1 << 20, open))).toMatch(/nested deeper/))
    within(() =>
      expect(said(Buffer.concat([open, Buffer.alloc(4 << 20, Buffer.from([0x04, 0x00]))]))).toMatch(
        /more than 300000 values/,
      ),
    )
    // Each of sixty levels would look at all that is below again.
    let deep: Buffer = Buffer.concat([
      Buffer.alloc(8 << 20, Buffer.from([0x05, 0x00])),
      open,
      Buffer.alloc(2),
    ])
    for (let depth = 0; depth < 60; depth++) deep = tlv32(deep)
    within(() => expect(said(deep)).not.toBeNull())
  })

  test('SQLite: pages that are each other’s children, rows that share their pages, columns without end', () => {
    const database = makeSqlite(
      nssColumns,
      'nssPublic',
      [['1', u32(1), Buffer.alloc(3_000), null, null]],
      512,
    )
    const read = (bytes: Buffer) => {
      const file = new SqliteFile(bytes)
      for (const table of file.tables()) for (const _ of file.rows(table));
    }
    read(database)
    const loop = Buffer.from(database)
    loop.writeUInt32BE(2, 512 + 8)
    expect(() => read(loop)).toThrow(SqliteError)
    expect(() => read(loop)).toThrow('loop')
    const shared = Buffer.from(database)
    // Cells that are one: each would be put together anew.
    shared.writeUInt16BE(9, 2 * 512 + 3)
    for (let index = 1; index < 9; index++)
      database.copy(shared, 2 * 512 + 8 + 2 * index, 2 * 512 + 8, 2 * 512 + 10)
    expect(() => read(shared)).toThrow('share pages')
    const wide = makeSqlite(`CREATE TABLE x (${'a,'.repeat(50_000)}b)`, 'x', [[1]], 4096)
    within(() => read(wide))
  })

  test('RPM: overflow pages in a ring, slots that lead to one blob, lists without end', () => {
    const ring = Buffer.from(rpmBerkeleyDb([Buffer.concat([header, Buffer.alloc(3_000)])]))
    for (let page = 2; page * 512 < ring.length; page++) ring.writeUInt32LE(2, page * 512 + 16)
    within(() => readRpmDatabase(ring))
    const huge = Buffer.from(rpmBerkeleyDb([header]))
    huge.writeUInt32LE(0xffffffff, 512 + 512 - 5 - 5 - 5 - 12 + 8)
    expect(readRpmDatabase(huge).problems.length).toBe(1)
    const slots = Buffer.from(rpmNdb([Buffer.concat([header, Buffer.alloc(100_000)])]))
    for (let at = 48; at < 4096; at += 16) slots.copy(slots, at, 32, 48)
    expect(readRpmDatabase(slots).problems[0]).toMatch(/^its slots share/)
    const list = makeRpmHeader({
      1000: 'openssl-libs',
      1001: '1',
      1002: '1',
      1116: [0],
      1117: ['a'],
      1118: ['/usr/lib64/'],
    })
    for (let at = 8; at < 8 + 6 * 16; at += 16) list.writeUInt32BE(0xffffffff, at + 12)
    within(() => expect(readRpmDatabase(rpmSqlite([list])).packages.length).toBeLessThan(2))
  })

  test('ELF: tables that leave the file, relocations without end', () => {
    for (const at of [32, 40, 54, 56])
      for (const value of [0xff, 0x7f]) {
        const bytes = Buffer.from(library)
        bytes.fill(value, at, at + 2)
        within(() => ElfPointers.of(bytes))
      }
  })

  test("NSS's module: what only looks like certificates", () => {
    const lie = Buffer.from('3082ffff30820100', 'hex')
    within(() => {
      const contents = read(
        'libnssckbi.so',
        Buffer.concat([makeElf({ needed: [] }), Buffer.alloc(8 << 20, lie)]),
      )!
      expect(contents.problems[0]).toMatch(/only a part of it was looked at/)
    })
  })

  test('many keystores that each hold the most', () => {
    const entry = (serial: number) => {
      const one = makeJks([{ kind: 'certificate', der: tlv(0x30, u32(serial)) }])
      return one.subarray(12, -20)
    }
    const keystore = (from: number) =>
      Buffer.concat([
        makeJks([], { count: 9_000 }).subarray(0, 12),
        ...Array.from({ length: 9_000 }, (_, index) => entry(from + index)),
        Buffer.alloc(20),
      ])
    const files = Object.fromEntries([0, 1, 2, 3].map(index => [`/srv/${index}`, keystore(index * 9_000)]))
    const image = {
      kind: 'rootfs',
      source: 'dir',
      reference: 'x',
      digest: null,
      platform: null,
      layers: [],
    } as const
    const { unknowns } = buildImageModel({ ...image, config: { user: null, env: {} } }, treeOf(files), {
      rootName: () => null,
      endOfLife: () => null,
      match: () => ({ release: null, match: 'unknown' }),
    })
    const full = unknowns.filter(({ why }) =>
      why.includes('the keystores of this image hold more than 20000'),
    )
    expect(full.map(({ what }) => what)).toEqual(['the Java keystore /srv/2', 'the Java keystore /srv/3'])
  })

  test('RPM: packages that name files without end', () => {
    const names = Array.from({ length: 150_000 }, () => 'a')
    const large = makeRpmHeader({
      1000: 'openssl-libs',
      1001: '1',
      1002: '1',
      1116: names.map(() => 0),
      1117: names,
      1118: ['/usr/lib64/'],
    })
    expect(readRpmDatabase(rpmNdb([large, large, large])).problems[0]).toMatch(
      /^its packages name too many files/,
    )
  })

  test('p11-kit: first lines without a last one', () => {
    const text = `[p11-kit-object-v1]\n${'-----BEGIN CERTIFICATE-----\n'.repeat(300_000)}`
    within(() => expect(read('x.p11-kit', Buffer.from(text))!.problems[0]).toMatch(/cut or no base64$/))
    within(() =>
      read('x.p11-kit', Buffer.from(`[p11-kit-object-v1]\n${'[p11-kit-object-v1]\n'.repeat(300_000)}`)),
    )
    within(() => read('x.p11-kit', Buffer.from(`[p11-kit-object-v1]\n${'a: b\n'.repeat(1_000_000)}`)))
  })
})

describe("a layer's certificates", () => {
  const gather = (files: number, content: (index: number) => Buffer) => {
    const gatherer = new FactsGatherer('the layer', trustReader)
    for (let index = 0; index < files; index++) {
      const bytes = content(index)
      const body = gatherer.file(`srv/${index}`, 0o644, 0, 0, bytes.length)
      // A file of a running system may come in single bytes.
      for (let at = 0; at < bytes.length; at += 7) body?.push(bytes.subarray(at, at + 7))
      body?.end()
    }
    return [...gatherer.facts(null).entries]
  }

  test('equal ones share their bytes', () => {
    const entries = gather(3, () => Buffer.from(pem))
    const found = entries.flatMap(entry => entry.found)
    expect(found.length).toBe(3)
    expect(new Set(found.map(({ der }) => der)).size).toBe(1)
  })

  test('files are kept for how they begin, and not where they turn out to be something else', () => {
    const request = tlv(0x30, tlv(0x30, tlv(0x02, Buffer.from([0])), Buffer.alloc(200)))
    const entries = gather(3, index => [samples.JKS![1], der, request][index]!)
    expect(entries.map(({ content }) => content && Buffer.from(content))).toEqual([
      samples.JKS![1],
      der,
      null,
    ])
  })
})

describe('20,000 inputs at random for each form', () => {
  const seed = fuzzSeed()
  const words = [
    Buffer.from([0x30, 0x84, 0xff, 0xff, 0xff, 0xff]),
    Buffer.from([0x30, 0x80]),
    Buffer.from([0x24, 0x80]),
    Buffer.from([0, 0]),
    Buffer.from([0xff, 0xff, 0xff, 0xff]),
    Buffer.from([0x7f, 0xff, 0xff, 0xff]),
    Buffer.from('feedfeed', 'hex'),
    'BlbS',
    'Slot',
    'X.509',
    '[p11-kit-object-v1]\n',
    '-----BEGIN CERTIFICATE-----\n',
    '-----END PKCS7-----\n',
    'x-distrusted: true\n',
    der,
  ]
  const inputs = Number(process.env.IMGTRUST_FUZZ_INPUTS ?? 20_000)
  const forms = [
    ...Object.entries(samples).map(
      ([name, [path, bytes]]) => [name, bytes, (input: Buffer) => check(read(path, input))] as const,
    ),
    ...Object.entries(databases).map(
      ([name, bytes]) => [name, bytes, (input: Buffer) => void readRpmDatabase(input)] as const,
    ),
  ]
  test.each(forms)(
    `%s: no crash, no hang (seed ${seed})`,
    (_, sample, reader) => {
      const random = randomOf(seed)
      let slowest = 0
      for (let count = 0; count < inputs; count++) {
        const input = mutate(sample, random, words)
        // The first bytes tell the form: most inputs keep them.
        if (random(10) > 0) sample.copy(input, 0, 0, Math.min(24, input.length))
        const started = performance.now()
        try {
          reader(input)
        } catch (error) {
          throw new Error(`input ${count} of seed ${seed}, base64 ${input.toString('base64')}`, {
            cause: error,
          })
        }
        slowest = Math.max(slowest, performance.now() - started)
      }
      expect(slowest).toBeLessThan(soon)
    },
    300_000,
  )
})

function tlv32(content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0x30, 0x84]), u32(content.length), content])
}
