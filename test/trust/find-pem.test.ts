import { spawnSync } from 'node:child_process'
import { createHash, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { rootCertificates } from 'node:tls'
import { describe, expect, test } from 'vitest'
import type { FoundCertificate } from '../../src/image/facts.ts'
import { limits } from '../../src/limits.ts'
import { PemScanner } from '../../src/trust/find-pem.ts'
import { makeCertificate, pemOf } from '../support/certificate.ts'

const { der, pem } = makeCertificate({ subject: 'Planted Root' })
const sha256 = createHash('sha256').update(der).digest('hex')
const lines = pem.trimEnd().split('\n')
const base64 = der.toString('base64')

function scan(...chunks: readonly (Uint8Array | string)[]): readonly FoundCertificate[] {
  const buffers = chunks.map(chunk => (typeof chunk === 'string' ? Buffer.from(chunk, 'latin1') : chunk))
  const scanOf = (size: number | null) => {
    const scanner = new PemScanner(size)
    for (const buffer of buffers) scanner.push(buffer)
    return scanner.end()
  }
  const found = scanOf(null)
  // To know the size saves work and changes nothing.
  expect(scanOf(buffers.reduce((sum, { length }) => sum + length, 0))).toEqual(found)
  return found
}

const json = JSON.stringify({ ca: pem })
const bytes = (length: number) =>
  Buffer.from(Array.from({ length }, (_, index) => (index * 151) & 0xff)).toString('latin1')

/** How files and programs write one certificate: the text, and whether it stands inside a program or a string. */
const encodings: readonly (readonly [name: string, text: string, embedded?: boolean])[] = [
  ['as openssl writes it', pem],
  ['with CRLF', pem.replaceAll('\n', '\r\n')],
  ['with CR alone', pem.replaceAll('\n', '\r')],
  ['without a last newline', pem.trimEnd()],
  ['in one long line', `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`],
  ['all on one line', `-----BEGIN CERTIFICATE-----${base64}-----END CERTIFICATE-----`],
  ['with spaces for newlines', pem.replaceAll('\n', ' ')],
  ['in lines of 76', `${lines[0]}\n${base64.match(/.{1,76}/g)!.join('\n')}\n${lines.at(-1)}\n`],
  ['in lines of 3', `${lines[0]}\n${base64.match(/.{1,3}/g)!.join('\n')}\n${lines.at(-1)}\n`],
  ['with blank lines', pem.replaceAll('\n', '\n\n')],
  ['indented by spaces', lines.map(line => `    ${line}`).join('\n')],
  ['indented by tabs, as in YAML', `ca: |\n${lines.map(line => `\t${line} \n`).join('')}`],
  ['with text around', `subject=CN = Planted Root\nissuer=CN = x\n${pem}# the end\n`],
  ['with one more dash before the header', `-${pem.replace('-----END', '------END')}`],
  ['with one more dash behind the header', pem.replace('CERTIFICATE-----\n', 'CERTIFICATE------\n')],
  ['with a byte order mark', `\xef\xbb\xbf${pem}`],
  ['X509 CERTIFICATE', pem.replaceAll('CERTIFICATE', 'X509 CERTIFICATE')],
  ['TRUSTED CERTIFICATE without settings', pem.replaceAll('CERTIFICATE', 'TRUSTED CERTIFICATE')],
  [
    'TRUSTED CERTIFICATE with settings',
    pemOf(Buffer.concat([der, Buffer.from('300c300a06082b06010505070301', 'hex')]), 'TRUSTED CERTIFICATE'),
  ],
  ['rubbish behind the DER', pemOf(Buffer.concat([der, Buffer.from('rubbish')]))],
  ['with RFC 1421 headers', pem.replace('\n', '\nComment: planted\nProc-Type: 4,CLEAR\n more\n\n')],
  ['behind comment marks', lines.map(line => `# ${line}`).join('\n')],
  ['in JSON', json, true],
  ['in JSON with CRLF', JSON.stringify({ ca: pem.replaceAll('\n', '\r\n') }), true],
  ['in JSON inside JSON', JSON.stringify({ json }), true],
  ['in JSON as PHP writes it', json.replaceAll('/', '\\/'), true],
  ['in JSON as .NET writes it', json.replaceAll('+', '\\u002B'), true],
  ['in JSON as a list of lines', JSON.stringify(lines), true],
  ['in JSON as an indented list of lines', JSON.stringify(lines, null, 2), true],
  ['in JavaScript, joined by +', lines.map(line => `  "${line}\\n"`).join(' +\n'), true],
  [
    "in JavaScript, in ' quotes, joined by + in front",
    lines.map(line => `'${line}\\n'`).join('\n  + '),
    true,
  ],
  ['in JavaScript, with line continuations', `var ca = "${lines.join('\\n\\\n')}";`, true],
  ['in C', lines.map(line => `"${line}\\n"`).join('\n'), true],
  ['in C, as bytes', lines.map(line => `"${line}\\x0a"`).join('\n'), true],
  ['in Python', `ca = (b"${lines.join('\\n"\n    b"')}")`, true],
  ['in PHP', lines.map(line => `"${line}\\012"`).join('\n . '), true],
  ['in a template literal', `const ca = \`${pem}\``],
  ['in the middle of a binary', `\x7fELF\x02\0\0${bytes(700)}\0${pem}\0${bytes(700)}`, true],
  ['escaped, in a binary', `\x7fELF\x02\0\0${bytes(90)}${lines.join('\\n')}\0${bytes(90)}`, true],
  ['behind a first line alone', `${lines[0]}\n${pem}`],
  [
    'behind a request',
    `-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----\n${pem}`,
  ],
  [
    'behind a key',
    `-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA==\n-----END PRIVATE KEY-----\n${pem}`,
  ],
]

describe('one certificate in every writing', () => {
  test.each(
    encodings.map(([name, text, embedded = false]) => [name, text, embedded] as const),
  )('%s: found whole and cut at every byte', (_, text, embedded) => {
    const file = Buffer.from(text, 'latin1')
    const good = (found: readonly FoundCertificate[]) => found.filter(each => each.der !== null)
    const [whole, ...more] = good(scan(file))
    expect(more).toEqual([])
    expect(whole?.sha256).toBe(sha256)
    expect(Buffer.from(whole!.der!)).toEqual(der)
    expect(whole!.problem).toBeNull()
    expect(whole!.embedded ?? false).toBe(embedded)
    expect(file.toString('latin1', whole!.offset, whole!.offset + 11)).toBe('-----BEGIN ')
    const missed: string[] = []
    const expectSame = (how: string, ...chunks: readonly Buffer[]) => {
      const [first, ...others] = good(scan(...chunks))
      const same =
        first?.sha256 === sha256 && first.offset === whole!.offset && first.embedded === whole!.embedded
      if (!same || others.length > 0) missed.push(how)
    }
    for (let at = 1; at < file.length; at++)
      expectSame(`cut at ${at}`, file.subarray(0, at), file.subarray(at))
    for (const size of [1, 2, 7, 16, 64]) {
      const chunks: Buffer[] = []
      for (let at = 0; at < file.length; at += size) chunks.push(file.subarray(at, at + size))
      expectSame(`in chunks of ${size}`, ...chunks)
    }
    expect(missed).toEqual([])
  })

  test('the chunk may be used again as soon as push returns', () => {
    const file = Buffer.from(pem + pem)
    const buffer = Buffer.alloc(100)
    const scanner = new PemScanner()
    for (let at = 0; at < file.length; at += 100) {
      const size = file.copy(buffer, 0, at)
      scanner.push(buffer.subarray(0, size))
      buffer.fill(0x41)
    }
    expect(scanner.end().map(found => found.sha256)).toEqual([sha256, sha256])
  })

  test.skipIf(spawnSync('openssl', ['version']).status !== 0)(
    "OpenSSL's own TRUSTED CERTIFICATE is the certificate alone (skipped: no openssl)",
    () => {
      const trusted = spawnSync(
        'openssl',
        [
          'x509',
          '-trustout',
          '-addtrust',
          'serverAuth',
          '-addreject',
          'emailProtection',
          '-setalias',
          'mine',
        ],
        { input: pem },
      ).stdout.toString()
      expect(trusted).toContain('BEGIN TRUSTED CERTIFICATE')
      expect(trusted.length).toBeGreaterThan(pem.length)
      expect(scan(trusted)).toMatchObject([{ sha256, label: 'TRUSTED CERTIFICATE' }])
    },
  )

  test.skipIf((process.config.variables as { node_shared?: boolean }).node_shared === true)(
    'the roots inside the running Node.js are those that it says it has (skipped: they are in a library beside it)',
    () => {
      const file = readFileSync(process.execPath)
      const chunks: Buffer[] = []
      for (let at = 0; at < file.length; at += 1 << 18) chunks.push(file.subarray(at, at + (1 << 18)))
      const found = scan(...chunks)
      const theirs = rootCertificates.map(root =>
        createHash('sha256').update(new X509Certificate(root).raw).digest('hex'),
      )
      expect(found.map(({ sha256 }) => sha256).sort()).toEqual(theirs.sort())
      expect(found.every(({ embedded }) => embedded === true)).toBe(true)
    },
  )

  test('a bundle: all, in order, with offsets', () => {
    const made = Array.from({ length: 40 }, (_, index) => makeCertificate({ subject: `Root ${index}` }))
    const text = made.map(({ pem }) => pem).join('# between\n')
    expect(scan(text).map(found => found.sha256)).toEqual(
      made.map(({ der }) => createHash('sha256').update(der).digest('hex')),
    )
    expect(scan(text).map(found => text.slice(found.offset, found.offset + 27))).toEqual(
      made.map(() => lines[0]),
    )
  })
})

describe('what is no certificate', () => {
  test.each([
    ['nothing', ''],
    ['other PEM', '-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----\n'],
    [
      'an attribute certificate',
      '-----BEGIN ATTRIBUTE CERTIFICATE-----\nMIIB\n-----END ATTRIBUTE CERTIFICATE-----\n',
    ],
    ['the word alone', 'CERTIFICATE-----CERTIFICATE-----'],
    ['a last line alone', `${lines.at(-1)}\n`],
  ])('%s is passed over', (_, text) => {
    expect(scan(text)).toEqual([])
  })

  test.each([
    ['a first line alone', `${lines[0]}\n`, 'it has no end line'],
    ['a block that is cut', pem.slice(0, 200), 'it has no end line'],
    ['an empty block', `${lines[0]}${lines.at(-1)}`, 'it is empty'],
    [
      'first and last line that share their dashes',
      '-----BEGIN CERTIFICATE-----END CERTIFICATE-----',
      'it is empty',
    ],
    ['no base64', `${lines[0]}\nYour certificate here!\n${lines.at(-1)}`, 'it is no base64'],
    [
      'base64 of text',
      `${lines[0]}\n${Buffer.from('certificate').toString('base64')}\n${lines.at(-1)}`,
      'it is cut or no DER',
    ],
    ['a lost line', [...lines.slice(0, 2), ...lines.slice(3)].join('\n'), 'it is cut or no DER'],
    ['a lost letter', pem.replace('\nM', '\n'), 'it is cut or no DER'],
    ['padding in the middle', pem.replace(/\n(?=-----END)/, '\n====\nAAAA\n'), 'it is no base64'],
    [
      'an endless block',
      `${lines[0]}\n${'A'.repeat(4 * limits.certificateBytes)}\n${lines.at(-1)}`,
      /^it is longer than \d+ bytes$/,
    ],
  ])('%s is told with its reason', (_, text, why) => {
    const [found, ...more] = scan(text)
    expect(more).toEqual([])
    expect(found).toMatchObject({ offset: 0, der: null, sha256: null, label: 'CERTIFICATE' })
    expect(found!.problem).toMatch(why)
    const half = text.length >> 1
    expect(scan(text.slice(0, half), text.slice(half))).toEqual([found])
  })
})
