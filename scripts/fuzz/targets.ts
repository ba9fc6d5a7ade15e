/** What is fuzzed: each reader of foreign bytes, with samples to start from and words that it looks for. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { StreamArchive } from '../../src/image/archive-stream.ts'
import { openDockerLayout } from '../../src/image/docker-layout.ts'
import { readLayer } from '../../src/image/layer-facts.ts'
import { parseConfig, parseManifest } from '../../src/image/manifest.ts'
import { overlay } from '../../src/image/overlay.ts'
import { wantedPlatform } from '../../src/image/platform.ts'
import { parseReference } from '../../src/image/reference.ts'
import { readCertificate } from '../../src/trust/certificate.ts'
import { containerOf } from '../../src/trust/containers/index.ts'
import { PemScanner } from '../../src/trust/find-pem.ts'
import { readRpmDatabase } from '../../src/trust/packages/rpm/packages.ts'
import { trustReader } from '../../src/trust/reader.ts'
import { makeCertificate, pemOf } from '../../test/support/certificate.ts'
import { mutate } from '../../test/support/fuzz.ts'
import { inPieces, keepAll } from '../../test/support/gather.ts'
import {
  buildImage,
  buildIndex,
  dockerArchive,
  dockerOciArchive,
  layerTar,
  packed,
} from '../../test/support/image.ts'
import {
  makeRpmHeader,
  makeSqlite,
  nssColumns,
  rpmBerkeleyDb,
  rpmNdb,
  rpmSqlite,
} from '../../test/trust/make/databases.ts'
import { certBag, makeBks, makeJks, makePkcs7, makePkcs12, u32 } from '../../test/trust/make/keystores.ts'

type Random = (below: number) => number

export interface Target {
  readonly name: string
  readonly samples: readonly Buffer[]
  readonly words: readonly (string | Buffer)[]
  /** Makes an input from a sample, where changing any bytes would mostly be refused at once. */
  mutate?(sample: Buffer, random: Random): Buffer
  /** May fail with a JobError, never with another error, and not take long. */
  read(input: Buffer): unknown
}

const der = makeCertificate().der
const pem = pemOf(der)
const numbers = ['ffffffff', '7fffffff', '00000000', '80000000', '3080', '3084ffffffff', '2480'].map(hex =>
  Buffer.from(hex, 'hex'),
)
const nobody = { digest: null, size: null, diffId: null }

const tar = await layerTar({
  'etc/ssl/cert.pem': pem,
  'etc/ssl/certs/a.pem': { hardlink: 'etc/ssl/cert.pem' },
  'etc/link': { link: '../usr/share' },
  [`long/${'n'.repeat(150)}`]: 'x',
  'etc/gone': { whiteout: true },
  usr: { opaque: true },
  'usr/share/x': 'text',
  dev: { device: 'fifo' },
})
/** GNU tar's sparse files, in each of its forms. */
function sparseTars(): readonly Buffer[] {
  const folder = mkdtempSync(join(tmpdir(), 'imgtrust-fuzz-'))
  const file = join(folder, 'holes')
  writeFileSync(file, pem)
  truncateSync(file, 3_000_000)
  const forms = [
    ['--format=oldgnu'],
    ...['0.0', '0.1', '1.0'].map(v => ['--format=pax', `--sparse-version=${v}`]),
  ]
  const made = forms.map(form => execFileSync('tar', ['-cS', ...form, '-C', folder, 'holes']))
  rmSync(folder, { recursive: true })
  return made
}

const small = await layerTar({ a: 'x'.repeat(2000), b: pem })
const image = await buildImage({ layers: [{ files: { a: '1' } }, { tar: small, packing: 'zstd' }] })
const saved = [await dockerArchive(image), await dockerOciArchive(image)]
const tarWords = ['ustar\0', '././@LongLink', '.wh.', '.wh..wh..opq', '../', ...'0125LKxgS7']
const json = [
  '{"',
  '[',
  ']',
  '}',
  'null',
  '":',
  '-1',
  '1e999',
  '"sha256:',
  '__proto__',
  'manifests',
  'layers',
]

/** Headers changed in place, their sums reckoned anew half of the time: what is wrong then lies deeper. */
function changedTar(sample: Buffer, random: Random): Buffer {
  if (random(4) === 0) return mutate(sample, random, [...tarWords, ...numbers])
  const bytes = Buffer.from(sample)
  for (let times = 1 + random(4); times > 0; times--) {
    const block = 512 * random(bytes.length / 512)
    // Name, mode, size, type and link: what is read of a header.
    const at = block + [0, 0, 100, 124, 156, 157, 345, random(512)][random(8)]! + random(3)
    const word = tarWords[random(tarWords.length)]!
    if (random(2) === 0) bytes.write(word, Math.min(at, bytes.length - word.length), 'latin1')
    else bytes[Math.min(at, bytes.length - 1)] = random(3) === 0 ? random(256) : 0x30 + random(8)
  }
  for (let at = 0; at + 512 <= bytes.length; at += 512) {
    if (bytes.toString('latin1', at + 257, at + 262) !== 'ustar' || random(8) === 0) continue
    bytes.fill(0x20, at + 148, at + 156)
    const sum = bytes.subarray(at, at + 512).reduce((a, b) => a + b, 0)
    bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, at + 148, 'latin1')
  }
  return bytes
}

/** Values and keys of a document changed, the JSON still whole most of the time. */
function changedJson(sample: Buffer, random: Random): Buffer {
  if (random(4) === 0) return mutate(sample, random, json)
  const values = [
    'null',
    '-1',
    '[]',
    '{}',
    '""',
    '1e999',
    '0',
    '"sha256:"',
    '[null]',
    'true',
    `"${'9'.repeat(30)}"`,
  ]
  let text = sample.toString()
  for (let times = 1 + random(3); times > 0; times--) {
    const pieces = [...text.matchAll(/"(?:[^"\\]|\\.)*"|-?\d+|\{\}|\[\]/g)]
    const { index, 0: piece } = pieces[random(pieces.length)] ?? { index: 0, 0: '' }
    text = text.slice(0, index) + values[random(values.length)] + text.slice(index + piece.length)
  }
  return Buffer.from(text)
}

async function layer(input: Buffer): Promise<void> {
  const facts = await readLayer('fuzz', inPieces(input, 701), nobody, keepAll, {})
  const tree = overlay([facts])
  for (const file of tree.files()) if (!tree.exists(file.path)) throw new Error(`${file.path} is lost`)
  for (const { path } of tree.links()) tree.list(path)
}

const contained = (path: string) => (input: Buffer) =>
  containerOf(path, input)?.read(input, { passwords: ['changeit', ''], work: { left: 1e4 } })

const bag = certBag(der, true)
const header = makeRpmHeader({ 1000: 'openssl-libs', 1001: '1', 1002: '2', 1003: [3] })

export const targets: readonly Target[] = [
  { name: 'tar', samples: [tar], words: tarWords, mutate: changedTar, read: layer },
  {
    name: 'sparse files',
    samples: sparseTars(),
    words: [...tarWords, 'GNU.sparse.', 'map=', 'numbytes=', 'realsize=', '\n', '9999999999', ...numbers],
    mutate: (sample, random) =>
      random(2) === 0
        ? changedTar(sample, random)
        : mutate(sample, random, ['GNU.sparse.', 'map=', '\n', '9', '-1', '0', ...tarWords]),
    read: layer,
  },
  {
    name: 'gzip',
    samples: [
      gzipSync(tar),
      Buffer.concat([gzipSync(small.subarray(0, 700)), gzipSync(small.subarray(700))]),
    ],
    words: [Buffer.from('1f8b0800', 'hex'), ...numbers],
    mutate: (sample, random) =>
      random(2) === 0 ? gzipSync(changedTar(tar, random), { level: 1 }) : mutate(sample, random, numbers),
    read: layer,
  },
  {
    name: 'zstd',
    samples: [
      packed(small, 'zstd'),
      Buffer.concat([Buffer.from('502a4d1804000000abcdabcd', 'hex'), packed(small, 'zstd')]),
    ],
    words: [Buffer.from('28b52ffd', 'hex'), Buffer.from('502a4d18', 'hex'), ...numbers],
    read: layer,
  },
  {
    name: 'image archive',
    samples: saved,
    words: [...tarWords, ...json],
    async read(input) {
      const archive = await StreamArchive.read('fuzz', inPieces(input, 4099), keepAll, {})
      const options = { source: 'stdin', reference: '-', wanted: wantedPlatform(null), allPlatforms: true }
      for (const opened of await openDockerLayout(archive, options))
        for (const one of opened.layers) await one.facts(keepAll, {})
    },
  },
  {
    name: 'manifests',
    samples: [image.manifest.bytes, buildIndex([image])],
    words: json,
    mutate: changedJson,
    read: input => parseManifest(input, 'fuzz'),
  },
  {
    name: 'configurations',
    samples: [image.config.bytes],
    words: json,
    mutate: changedJson,
    read: input => parseConfig(input, 'fuzz'),
  },
  {
    name: 'references',
    samples: ['alpine:3.11', 'localhost:5000/a/b@sha256:'.padEnd(90, '0'), 'ghcr.io/o/i:t'].map(text =>
      Buffer.from(text),
    ),
    words: ['/', ':', '@', '..', '[::1]', 'sha256:'],
    read: input => parseReference(input.toString('latin1')),
  },
  {
    name: 'PEM',
    samples: [Buffer.from(`text\n${pem}${pem}`), Buffer.from(JSON.stringify({ ca: pem }))],
    words: ['-----BEGIN CERTIFICATE-----', '-----END CERTIFICATE-----', 'TRUSTED ', '\\n', '\r', '\0', '='],
    read(input) {
      const scanner = new PemScanner()
      for (let at = 0; at < input.length; at += 97) scanner.push(input.subarray(at, at + 97))
      scanner.end()
    },
  },
  { name: 'DER', samples: [der], words: numbers, read: input => readCertificate(input) },
  {
    name: 'JKS',
    samples: [
      makeJks([
        { kind: 'certificate', der },
        { kind: 'key', chain: [der] },
      ]),
    ],
    words: ['X.509', Buffer.from('feedfeed', 'hex'), ...numbers],
    read: contained('x'),
  },
  {
    name: 'BKS',
    samples: [makeBks([{ kind: 'certificate', der }]), makeBks([{ kind: 'key', chain: [der] }], 1)],
    words: ['X.509', ...numbers],
    read: contained('x'),
  },
  {
    name: 'PKCS#12',
    samples: [makePkcs12([bag], { password: 'changeit', mac: true, iterations: 2 }), makePkcs12([bag])],
    words: numbers,
    read: contained('x'),
  },
  { name: 'PKCS#7', samples: [makePkcs7([der, der])], words: numbers, read: contained('x.p7b') },
  {
    name: 'p11-kit',
    samples: [Buffer.from(`[p11-kit-object-v1]\ntrusted: true\nvalue: "%30%0a"\n${pem}\n`)],
    words: ['[p11-kit-object-v1]\n', 'x-distrusted: true\n', '%', '"', '\n'],
    read: contained('x.p11-kit'),
  },
  {
    name: 'NSS database',
    samples: [makeSqlite(nssColumns, 'nssPublic', [['1', u32(1), der, null, null]], 512)],
    words: ['CREATE TABLE', ...numbers],
    read: contained('cert9.db'),
  },
  {
    name: 'RPM databases',
    samples: [rpmSqlite([header]), rpmNdb([header]), rpmBerkeleyDb([header])],
    words: ['BlbS', 'Slot', ...numbers],
    read: input => readRpmDatabase(input),
  },
  {
    name: 'what is kept',
    samples: [tar],
    words: tarWords,
    mutate: changedTar,
    read: input => readLayer('fuzz', inPieces(input, 4096), nobody, trustReader, {}),
  },
]
