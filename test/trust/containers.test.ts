import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ContainerContext } from '../../src/trust/containers/container.ts'
import { containerOf } from '../../src/trust/containers/index.ts'
import { extension, makeCertificate, oid, pemOf, tlv } from '../support/certificate.ts'
import { hasTool } from '../support/chroot.ts'
import { makeElf } from '../support/elf.ts'
import { makeSqlite, nssColumns } from './make/databases.ts'
import { certBag, looseBer, makeBks, makeJks, makePkcs7, makePkcs12 } from './make/keystores.ts'

const roots = Array.from({ length: 6 }, (_, index) => makeCertificate({ subject: `Root ${index}` }))
const ders = roots.map(({ der }) => der)
const hash = (der: Uint8Array, algorithm = 'sha256') => createHash(algorithm).update(der).digest('hex')

function read(path: string, bytes: Uint8Array, more: Partial<ContainerContext> = {}) {
  const container = containerOf(path, bytes)
  const contents = container?.read(bytes, { passwords: ['changeit', ''], work: { left: 1e7 }, ...more })
  return {
    id: container?.id,
    all: contents?.certificates.map(({ sha256 }) => sha256),
    anchors: contents?.certificates.filter(({ anchor }) => anchor).map(({ sha256 }) => sha256),
    rejected: contents?.certificates.flatMap(({ rejected }) => rejected ?? []),
    problems: contents?.problems,
  }
}

describe('BKS', () => {
  const certificates = ders.slice(0, 3).map(der => ({ kind: 'certificate', der }) as const)

  test.each([1, 2] as const)('version %d: trusted certificates without a password', version => {
    const hashes = ders.slice(0, 3).map(der => hash(der))
    const found = read('x', makeBks(certificates, version))
    expect(found).toEqual({ id: 'bks', all: hashes, anchors: hashes, rejected: [], problems: [] })
  })

  test('keys are told, and what lies behind them is read', () => {
    const chain = ders.slice(3, 5)
    const bytes = makeBks([certificates[0]!, { kind: 'key', chain }, { kind: 'secret' }, certificates[1]!])
    const found = read('x', bytes)
    expect(found.anchors).toEqual([hash(ders[0]!), hash(ders[1]!)])
    expect(found.all).toHaveLength(4)
    expect(found.problems).toEqual([
      '2 of its entries are keys: which programs take their certificates for anchors is not known',
    ])
  })

  test.each([
    ['cut', makeBks(certificates).subarray(0, -60), 1, /cut or damaged/],
    ['cut in its digest', makeBks(certificates).subarray(0, -6), 3, /14 bytes follow/],
    ['encrypted', Buffer.concat([makeBks([]).subarray(0, 32), Buffer.alloc(500, 0x9c)]), 0, /UBER/],
    ['a length past the end', makeBks(certificates).fill(0xff, 60, 64), 0, /damaged/],
  ])('%s: what there is, and that it is not all', (_, bytes, count, problem) => {
    const found = read('x', bytes)
    expect(found.anchors!.length).toBeGreaterThanOrEqual(count)
    expect(found.problems).toEqual([expect.stringMatching(problem)])
  })

  test('a text or a number is none', () => {
    for (const bytes of [Buffer.alloc(100), Buffer.from('x'.repeat(100)), makeJks(certificates)])
      expect(read('x', bytes).id).not.toBe('bks')
  })
})

describe('JKS and JCEKS', () => {
  const certificates = ders.slice(0, 3).map(der => ({ kind: 'certificate', der }) as const)

  test.each([
    ['JKS', makeJks(certificates)],
    ['JKS of the first version', makeJks(certificates, { version: 1 })],
    ['JCEKS', makeJks(certificates, { jceks: true })],
  ])('%s: trusted certificates without a password', (_, bytes) => {
    expect(read('x', bytes)).toEqual({
      id: 'jks',
      all: ders.slice(0, 3).map(der => hash(der)),
      anchors: ders.slice(0, 3).map(der => hash(der)),
      rejected: [],
      problems: [],
    })
  })

  test("a key's chain is no anchor, and is told", () => {
    const bytes = makeJks([...certificates, { kind: 'key', chain: ders.slice(3, 5) }])
    const found = read('x', bytes)
    expect(found.anchors!.length).toBe(3)
    expect(found.all!.length).toBe(5)
    expect(found.problems).toEqual([
      '1 of its entries is a key: which programs take their certificates for anchors is not known',
    ])
  })

  test.each([
    [
      'a secret key',
      makeJks([certificates[0]!, { kind: 'secret' }, certificates[1]!], { jceks: true }),
      1,
      'a secret key is in it, behind which nothing can be read: 1 of its 3 entries were',
    ],
    [
      'more entries than are there',
      makeJks(certificates, { count: 9 }),
      3,
      'it is cut or damaged: 3 of its 9 entries could be read',
    ],
    ['fewer entries than are there', makeJks(certificates, { count: 2 }), 2, /bytes follow its entries/],
    [
      'cut in its middle',
      makeJks(certificates).subarray(0, 500),
      1,
      /^it is cut or damaged: 1 of its 3 entries/,
    ],
    [
      'a certificate of another type',
      makeJks([{ kind: 'certificate', der: ders[0]!, type: 'PGP' }, certificates[1]!]),
      1,
      'one of its certificates is of an unknown type',
    ],
  ])('%s is a problem', (_, bytes, anchors, problem) => {
    const found = read('x', bytes)
    expect(found.anchors!.length).toBe(anchors)
    expect(found.problems!.length).toBe(1)
    expect(found.problems![0]).toMatch(problem)
  })
})

describe('PKCS#12', () => {
  const trusted = ders.slice(0, 2).map(der => certBag(der, true))
  const bags = [...trusted, certBag(ders[2]!, false)]
  const expected = {
    id: 'pkcs12',
    all: ders.slice(0, 3).map(der => hash(der)),
    anchors: ders.slice(0, 2).map(der => hash(der)),
    rejected: [],
    problems: [],
  }

  test.each([
    ['without a password', makePkcs12(bags)],
    ['without a password, in loose BER', looseBer(makePkcs12(bags))],
    ['with the usual password', makePkcs12(bags, { password: 'changeit' })],
    ['with the usual password and a MAC', makePkcs12(bags, { password: 'changeit', mac: true })],
    ['with the empty password', makePkcs12(bags, { password: '' })],
    ['encrypted, in loose BER', looseBer(makePkcs12(bags, { password: 'changeit', mac: true }))],
  ])('%s', (_, bytes) => {
    expect(read('x', bytes)).toEqual(expected)
  })

  test('with a password that the image names', () => {
    const bytes = makePkcs12(bags, { password: 'geheim', mac: true })
    expect(read('x', bytes, { passwords: ['geheim', 'changeit', ''] })).toEqual(expected)
  })

  test.each([
    ['a MAC', true],
    ['no MAC', false],
  ])('locked by another, with %s', (_, mac) => {
    const found = read('x', makePkcs12(bags, { password: 'geheim', mac }))
    expect(found.all).toEqual([])
    expect(found.problems).toEqual([
      'it is locked: none of the usual passwords opens it, nor one that the image names',
    ])
  })

  test.each([
    [5_000_001, 'it asks for more than 5000000 rounds of key derivation, which Java refuses too'],
    [Buffer.alloc(9, 0x7f), 'it asks for more than 5000000 rounds of key derivation, which Java refuses too'],
    [Buffer.from([0]), 'it is damaged: it has a key derivation of no rounds'],
    [Buffer.from([0xff]), 'it is damaged: it has a count below zero'],
  ])('%s rounds are refused', (iterations, problem) => {
    for (const mac of [true, false])
      expect(read('x', makePkcs12(bags, { password: 'changeit', iterations, mac })).problems).toEqual([
        problem,
      ])
  })

  test('all keystores of an image share the rounds', () => {
    const work = { left: 250 }
    const bytes = makePkcs12(bags, { password: 'changeit', iterations: 100 })
    expect(read('x', bytes, { work }).problems).toEqual([])
    expect(read('x', bytes, { work }).problems).toEqual([])
    expect(read('x', bytes, { work }).problems).toEqual([
      "this image's keystores ask for too many rounds of key derivation: it was not opened",
    ])
  })

  test('more bags than are meant, nested bags, keys', () => {
    const nested = tlv(0x30, oid('1.2.840.113549.1.12.10.1.6'), tlv(0xa0, tlv(0x30, ...trusted)))
    const key = tlv(0x30, oid('1.2.840.113549.1.12.10.1.2'), tlv(0xa0, tlv(0x30)))
    const found = read('x', makePkcs12([nested, key]))
    expect(found.anchors!.length).toBe(2)
    expect(found.problems).toEqual([
      '1 of its entries is a key: which programs take their certificates for anchors is not known',
    ])
  })
})

describe.skipIf(!hasTool('openssl'))('as openssl writes them (skipped: no openssl)', () => {
  let folder = ''
  const run = (...args: readonly string[]) => {
    const done = spawnSync('openssl', args, { cwd: folder, encoding: 'utf8' })
    expect(done.status, done.stderr).toBe(0)
    return done
  }
  const bytes = (name: string) => new Uint8Array(readFileSync(join(folder, name)))
  const expected = ders.map(der => hash(der)).sort()

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'imgtrust-keystores-'))
    writeFileSync(join(folder, 'all.pem'), roots.map(({ pem }) => pem).join(''))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  const old = [
    'PBE-SHA1-3DES',
    'PBE-SHA1-2DES',
    'PBE-SHA1-RC2-128',
    'PBE-SHA1-RC2-40',
    'PBE-SHA1-RC4-128',
    'PBE-SHA1-RC4-40',
  ]
  test.each([...old, 'AES-128-CBC', 'AES-256-CBC', 'NONE'])('PKCS#12, certificates by %s', algorithm => {
    const legacy = /RC|2DES/.test(algorithm) ? ['-legacy'] : []
    const options = ['-export', '-nokeys', '-in', 'all.pem', '-certpbe', algorithm, '-out', 'x.p12']
    for (const password of ['changeit', '']) {
      run('pkcs12', ...legacy, ...options, '-passout', `pass:${password}`)
      const found = read('x.p12', bytes('x.p12'))
      expect(found.all!.sort()).toEqual(expected)
      expect(found.problems).toEqual([])
      // Without Java's mark none of them is an anchor.
      expect(found.anchors).toEqual([])
    }
  })

  test.each(['sha1', 'sha224', 'sha256', 'sha384', 'sha512'])('PKCS#12, its MAC by %s', digest => {
    run(
      'pkcs12',
      '-export',
      '-nokeys',
      '-in',
      'all.pem',
      '-macalg',
      digest,
      '-out',
      'x.p12',
      '-passout',
      'pass:changeit',
    )
    expect(read('x.p12', bytes('x.p12')).all!.sort()).toEqual(expected)
  })

  test('PKCS#12, locked', () => {
    run('pkcs12', '-export', '-nokeys', '-in', 'all.pem', '-out', 'x.p12', '-passout', 'pass:geheim')
    expect(read('x.p12', bytes('x.p12')).problems![0]).toMatch(/^it is locked/)
  })

  test.each(['PEM', 'DER'])('PKCS#7 in %s', form => {
    run('crl2pkcs7', '-nocrl', '-certfile', 'all.pem', '-outform', form, '-out', 'x.p7b')
    for (const name of ['x.p7b', 'x']) {
      const found = read(name, bytes('x.p7b'))
      expect({ id: found.id, all: found.all, problems: found.problems }).toEqual({
        id: 'pkcs7',
        all: ders.map(der => hash(der)),
        problems: [],
      })
    }
  })
})

describe.skipIf(!hasTool('keytool'))('as keytool writes them (skipped: no keytool)', () => {
  test.each([
    ['JKS', 'jks', []],
    ['JCEKS', 'jceks', []],
    ['PKCS#12', 'pkcs12', []],
    ['PKCS#12 as older versions wrote it', 'pkcs12', ['-J-Dkeystore.pkcs12.legacy']],
    [
      'PKCS#12 without a password',
      'pkcs12',
      ['-J-Dkeystore.pkcs12.certProtectionAlgorithm=NONE', '-J-Dkeystore.pkcs12.macAlgorithm=NONE'],
    ],
  ])(
    '%s',
    (_, type, options) => {
      const folder = mkdtempSync(join(tmpdir(), 'imgtrust-keytool-'))
      const [file, pem] = [join(folder, 'x'), join(folder, 'x.pem')]
      for (const [index, root] of roots.slice(0, 2).entries()) {
        writeFileSync(pem, root.pem)
        const args = ['-importcert', '-noprompt', '-alias', `a${index}`, '-file', pem, '-keystore', file]
        const done = spawnSync('keytool', [...args, '-storetype', type, '-storepass', 'changeit', ...options])
        expect(done.status, String(done.stdout)).toBe(0)
      }
      const bytes = new Uint8Array(readFileSync(file))
      const found = read('x', bytes)
      rmSync(folder, { recursive: true })
      const named = containerOf('x', bytes)!.read(bytes, { passwords: ['changeit'], work: { left: 1e7 } })
      expect(named.certificates.map(({ alias }) => alias).sort()).toEqual(['a0', 'a1'])
      expect(found.anchors!.sort()).toEqual(
        ders
          .slice(0, 2)
          .map(der => hash(der))
          .sort(),
      )
      expect(found.problems).toEqual([])
    },
    60_000,
  )
})

describe('p11-kit', () => {
  const object = (fields: string, pem: string) => `[p11-kit-object-v1]\n${fields}\n${pem}\n`
  const key = (root: (typeof roots)[number]) => {
    // The public key stands in the certificate as it is.
    const spki = root.der.subarray(root.der.indexOf('302a300506032b6570', 0, 'hex')).subarray(0, 44)
    return pemOf(spki, 'PUBLIC KEY')
  }
  const quoted = (bytes: Buffer) =>
    `"${[...bytes].map(byte => `%${byte.toString(16).padStart(2, '0')}`).join('')}"`
  const purposes = (...ids: readonly string[]) =>
    quoted(extension('2.5.29.37', true, tlv(0x30, ...ids.map(id => oid(id)))))
  const email = '1.3.6.1.5.5.7.3.4'
  const server = '1.3.6.1.5.5.7.3.1'

  test.each([
    ['trusted', object('trusted: true', roots[0]!.pem), 1, 0],
    [
      'with a label, a class and a comment',
      `# made\n${object('label: "x"\nclass: certificate\n# y\ntrusted: true', roots[0]!.pem)}`,
      1,
      0,
    ],
    ['not trusted', object('trusted: false', roots[0]!.pem), 0, 0],
    ['nothing said', object('label: "x"', roots[0]!.pem), 0, 0],
    ['distrusted', object('trusted: true\nx-distrusted: true', roots[0]!.pem), 0, 1],
    [
      'its bytes as a quoted value',
      `[p11-kit-object-v1]\nclass: certificate\ntrusted: true\nvalue: ${quoted(ders[0]!)}\n`,
      1,
      0,
    ],
    [
      'for e-mail alone',
      object('trusted: true', roots[0]!.pem) +
        object(
          `class: x-certificate-extension\nobject-id: 2.5.29.37\nvalue: ${purposes(email)}`,
          key(roots[0]!),
        ),
      0,
      1,
    ],
    [
      'for servers and e-mail',
      object('trusted: true', roots[0]!.pem) +
        object(
          `class: x-certificate-extension\nobject-id: 2.5.29.37\nvalue: ${purposes(email, server)}`,
          key(roots[0]!),
        ),
      1,
      0,
    ],
    [
      'rejected for servers',
      object('trusted: true', roots[0]!.pem) +
        object(
          `class: x-certificate-extension\nobject-id: 1.3.6.1.4.1.3319.6.10.1\nvalue: ${purposes(server)}`,
          key(roots[0]!),
        ),
      0,
      1,
    ],
  ])('%s', (_, text, anchors, rejected) => {
    const found = read('x.p11-kit', Buffer.from(text))
    expect(found.all).toEqual([hash(ders[0]!)])
    expect([found.anchors!.length, found.rejected!.length]).toEqual([anchors, rejected])
    expect(found.problems).toEqual([])
  })
})

describe('NSS', () => {
  const u32 = (value: number) => Buffer.from(value.toString(16).padStart(8, '0'), 'hex')
  const certificate = (der: Uint8Array) => ['x', u32(1), der, null, null]
  const trust = (der: Uint8Array, level: number) => [
    'x',
    u32(0xce534353),
    null,
    Buffer.from(hash(der, 'sha1'), 'hex'),
    u32(level),
  ]

  test('a database: anchors are what it trusts to issue for servers', () => {
    const rows = [
      certificate(ders[0]!),
      trust(ders[0]!, 0xce534352),
      certificate(ders[1]!),
      trust(ders[1]!, 0xce53435a),
      certificate(ders[2]!),
    ]
    for (const pageSize of [512, 1024, 65_536 / 2]) {
      const found = read('x/cert9.db', makeSqlite(nssColumns, 'nssPublic', rows, pageSize))
      expect(found).toMatchObject({
        all: ders.slice(0, 3).map(der => hash(der)),
        anchors: [hash(ders[0]!)],
        rejected: ['the NSS database distrusts it for servers'],
        problems: [],
      })
    }
  })

  test('a database without the table', () => {
    expect(read('cert9.db', makeSqlite('CREATE TABLE x (a)', 'x', [])).problems).toEqual([
      'no table of certificates is in it',
    ])
  })

  test('a library whose tables tell nothing: its certificates are roots, and that is told', () => {
    // As long as real ones: their lengths take two bytes.
    const [one, other] = ['a', 'b'].map(letter => makeCertificate({ subject: letter.repeat(200) }).der)
    const library = Buffer.concat([makeElf({ needed: [] }), one!, Buffer.alloc(3), other!])
    expect(read('usr/lib/libnssckbi.so', library)).toMatchObject({
      anchors: [hash(one!), hash(other!)],
      problems: ['what 2 of its roots are trusted for can not be told'],
    })
    expect(read('usr/lib/other.so', library).id).toBeUndefined()
  })
})

describe('DER alone', () => {
  test.each([
    ['as it is', ders[0]!, 1],
    ['with a newline behind it', Buffer.concat([ders[0]!, Buffer.from('\n')]), 1],
    ['with rubbish behind it', Buffer.concat([ders[0]!, Buffer.alloc(40)]), null],
    ['cut', ders[0]!.subarray(0, -1), null],
    ['a request', tlv(0x30, tlv(0x30, tlv(0x02, Buffer.from([0])), Buffer.alloc(200))), 0],
  ])('%s', (_, bytes, count) => {
    expect(read('any', bytes).all?.length ?? null).toBe(count)
  })
})

test('PKCS#7 in loose BER: certificates keep their bytes', () => {
  const message = makePkcs7(ders)
  const loose = Buffer.concat([
    Buffer.from([0x30, 0x80]),
    oid('1.2.840.113549.1.7.2'),
    Buffer.from([0xa0, 0x80]),
    message.subarray(message.indexOf('020101', 0, 'hex') - 4),
    Buffer.alloc(4),
  ])
  expect(read('x.p7b', loose).all).toEqual(ders.map(der => hash(der)))
})
