/** An image whose names are made to do harm, through the whole program: every format, every dialect. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { dialectIds } from '../../src/remedy/dialects/index.ts'
import { formats } from '../../src/report/formats/index.ts'
import { makeCertificate, nameOf, utcTime } from '../support/certificate.ts'
import { buildImage, dockerArchive, layerTar } from '../support/image.ts'
import { nastyNames } from '../support/nasty-names.ts'
import { imgtrust, validReport } from '../support/run.ts'

const folder = mkdtempSync(join(tmpdir(), 'imgtrust-nasty-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** What no terminal and no log may get. Line ends are our own. */
const POWER = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u

/** A tar's name becomes bytes that are no UTF-8. */
function withBrokenNames(tar: Buffer): Buffer {
  const broken = Buffer.from([0xff, 0xfe, 0x1b, 0x5b, 0x32, 0x4a, 0xc3, 0x28])
  for (let at = tar.indexOf('BROKENXX'); at >= 0; at = tar.indexOf('BROKENXX', at + 8)) {
    broken.copy(tar, at)
    const header = tar.subarray(at - (at % 512), at - (at % 512) + 512)
    header.fill(0x20, 148, 156)
    header.write(
      `${header
        .reduce((a, b) => a + b, 0)
        .toString(8)
        .padStart(6, '0')}\0 `,
      148,
      'latin1',
    )
  }
  return tar
}

const names = Object.entries(nastyNames)
  .filter(([what]) => !['null byte', 'lone surrogate', 'very long'].includes(what))
  .map(([, name]) => name)

let archive = ''
beforeAll(async () => {
  const certificate = (name: string | Buffer, ended: boolean) =>
    makeCertificate({
      subject: typeof name === 'string' ? name : nameOf([['2.5.4.3', name]]),
      serial: Buffer.from([Buffer.byteLength(name) % 100]),
      notAfter: utcTime(ended ? '210101000000Z' : '400101000000Z'),
    }).pem
  const pems = [...names, Buffer.from([0x61, 0xff, 0x1b, 0x5b, 0x6d, 0xc3, 0x28])].map((name, i) =>
    certificate(name, i % 2 === 0),
  )
  const bundle = pems.join('')
  const inFolder = (name: string, i: number) => [`opt/${name.replaceAll('/', '_')}/${i}.pem`, bundle] as const
  const layer = await layerTar([
    ['etc/os-release', `ID=alpine\nVERSION_ID="3.20.3\u001b[2J"\nPRETTY_NAME="x\u009b31m"\n`],
    ['etc/ssl/cert.pem', { file: `${bundle}-----BEGIN CERTIFICATE-----\n\u001b[31m\n`, mode: 0o666 }],
    ['opt/BROKENXX/ca.pem', bundle],
    ['opt/BROKENXX.jks', Buffer.from('feedfeed0000000200000009', 'hex')],
    ...names.map(inFolder),
  ])
  const image = await buildImage({
    layers: [{ tar: withBrokenNames(layer), createdBy: `RUN x ${names.join(' ')}` }],
    user: '\u001b[31muser',
    env: [`SSL_CERT_FILE=/opt/${names[0]}/0.pem`, 'JAVA_TOOL_OPTIONS=\u001b[31m'],
  })
  archive = join(folder, 'image.tar')
  writeFileSync(archive, await dockerArchive(image, 'nasty/image:1'))
})

const scan = (...args: string[]) =>
  imgtrust(['scan', archive, '--at', '2026-01-01', '--fail-on', 'info', ...args])

const lines = (text: string) => text.trimEnd().split('\n')
const hasPython = spawnSync('python3', ['-c', 'import xml.dom.minidom']).status === 0
/** Each text by its own kind of reader; it throws where it is none. */
const readers: Record<string, (text: string) => unknown> = {
  json: text => expect(validReport(text).targets[0]?.stores.length).toBeGreaterThan(names.length),
  cyclonedx: text => JSON.parse(text),
  gitlab: text => JSON.parse(text),
  sarif: text => JSON.parse(text),
  ndjson: text => lines(text).map(line => JSON.parse(line)),
  github: text => {
    for (const line of lines(text)) expect(line).toMatch(/^::(?:error|warning|notice) [^:]*::/)
  },
  junit: text => {
    if (!hasPython) return
    const read = 'import sys, xml.dom.minidom; xml.dom.minidom.parseString(sys.stdin.buffer.read())'
    const { status, stderr } = spawnSync('python3', ['-c', read], { input: text, encoding: 'utf8' })
    expect(status, stderr).toBe(0)
  },
  // In code it is text.
  markdown: text => expect(text.replace(/(`+)[\s\S]*?[^`]\1(?!`)/g, '')).not.toMatch(/(?<!\\)<script/),
  text: text => expect(text).toContain('\\u{1b}'),
  // Its own script alone, and no element that only a name could have brought.
  html: text => {
    expect(text.match(/<script\b/g)).toHaveLength(1)
    expect(text).not.toMatch(/<(?:img|iframe|object|embed)\b/i)
  },
}

describe('an image of nasty names', () => {
  it.each(Object.keys(formats))('--format %s', async format => {
    const { status, stdout, stderr } = await scan('--format', format)
    expect(status, stderr).toBe(1)
    // JSON leaves what is no control of ASCII to its reader.
    const raw = format === 'json' ? /[\0-\x09\x0b-\x1f\x7f]/ : POWER
    expect(raw.exec(stdout)).toBeNull()
    expect(POWER.exec(stderr)).toBeNull()
    const reader = readers[format]
    if (!reader) throw new Error(`the format ${format} has no reader here`)
    reader(stdout)
  })

  it.each(dialectIds)('--remedy %s', async dialect => {
    const { stdout } = await scan('--remedy', dialect)
    expect(POWER.exec(stdout)).toBeNull()
    const { stdout: json } = await scan('--remedy', dialect, '--format', 'json')
    const steps = validReport(json).targets[0]!.findings.flatMap(({ remedy }) =>
      remedy ? [remedy, ...remedy.alternatives].flatMap(one => one.steps[dialect] ?? []) : [],
    )
    for (const text of steps) {
      expect(POWER.exec(text)).toBeNull()
      expect(text).not.toMatch(/owned|\brm -rf \/ /)
      if (dialect === 'ansible' || dialect === 'salt') expect(parse(text)).toBeTypeOf('object')
      else
        expect(
          spawnSync('sh', ['-n'], { input: text.replace(/^(?:FROM|USER|COPY) .*$|^RUN /gm, '') }).status,
        ).toBe(0)
    }
  })

  it('a name that fails is told in a line', async () => {
    const { status, stdout, stderr } = await imgtrust(['scan', `dir:${folder}/\u001b[31mno\nwhere`])
    expect(status).toBe(2)
    expect(POWER.exec(stdout + stderr)).toBeNull()
  })
})
