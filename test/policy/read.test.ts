import { describe, expect, it } from 'vitest'
import { mergePolicies, readPolicy } from '../../src/policy/index.ts'

const a = '30fbba2c32238e2a98547af97931e550428b9b3f1c8eeb6633dcfa86c5b27dd3'
const b = '4348a0e9444c78cb265e058d5e8944b4d84f9662bd26db257f8934a443c70161'
const sha1 = 'd69b561148f01c77c54578c10926df5b856976ad'
const none = { require: [], allow: [], forbid: [], writable: [] }

describe('.paranoia.yaml', () => {
  it('is read as it is', () => {
    const text = `version: "1"
allow:
  - fingerprints:
      sha256: ${a.toUpperCase()}
    comment: "A certificate that may be there"
forbid:
  - fingerprints:
      sha1: ${sha1}
require:
  - fingerprints:
      sha256: ${b.toUpperCase()}
    comment: "DigiCert Global Root, which downloads need"
`
    expect(readPolicy(text, '.paranoia.yaml')).toEqual({
      allow: [
        {
          algorithm: 'sha256',
          fingerprint: a,
          comment: 'A certificate that may be there',
          file: '.paranoia.yaml',
          line: 3,
        },
      ],
      forbid: [{ algorithm: 'sha1', fingerprint: sha1, comment: null, file: '.paranoia.yaml', line: 7 }],
      require: [
        {
          algorithm: 'sha256',
          fingerprint: b,
          comment: 'DigiCert Global Root, which downloads need',
          file: '.paranoia.yaml',
          line: 10,
        },
      ],
      writable: [],
    })
  })

  it.each([
    ['only a version', 'version: "1"\n'],
    ['a version without quotes', 'version: 1\n'],
    ['empty lists', 'version: "1"\nallow: []\nforbid:\nrequire: ~\n'.replace(' ~', '')],
    ['nothing', ''],
    ['a comment', '# nothing yet\n'],
  ])('may hold %s', (_, text) => {
    expect(readPolicy(text, '.paranoia.yaml')).toEqual(none)
  })

  it.each([
    [
      'a misspelt list',
      'version: "1"\n\nrequires: []\n',
      '.paranoia.yaml:3: the file has no key "requires"; did you mean "require"?',
    ],
    [
      'a stranger',
      'version: "1"\ncolour: red\n',
      '.paranoia.yaml:2: the file has no key "colour"; use one of version, require, allow, forbid',
    ],
    ['no version', 'allow: []\n', '.paranoia.yaml:1: the file has no key "version"; write version: "1"'],
    ['another version', 'version: "2"\n', '.paranoia.yaml:1: version "2" is not known; only "1" is'],
    ['a list', '- a\n', '.paranoia.yaml:1: the file must be a map of version, require, allow, forbid'],
    ['a map for a list', 'version: "1"\nallow:\n  a: b\n', '.paranoia.yaml:3: allow must be a list'],
    [
      'text for an entry',
      `version: "1"\nallow:\n  - ${a}\n`,
      '.paranoia.yaml:3: entry 1 of allow must be a map of fingerprints, comment',
    ],
    [
      'no fingerprints',
      'version: "1"\nallow:\n  - comment: x\n',
      '.paranoia.yaml:3: entry 1 of allow has no "fingerprints"',
    ],
    [
      'a misspelt kind',
      `version: "1"\nallow:\n  - fingerprints:\n      sha265: ${a}\n`,
      '.paranoia.yaml:4: fingerprints has no key "sha265"; did you mean "sha256"?',
    ],
    [
      'both kinds',
      `version: "1"\nallow:\n  - fingerprints:\n      sha256: ${a}\n      sha1: ${sha1}\n`,
      '.paranoia.yaml:5: fingerprints has both sha256 and sha1; leave sha256',
    ],
    [
      'a short one',
      'version: "1"\nforbid:\n  - fingerprints:\n      sha256: abcd\n',
      '.paranoia.yaml:4: sha256 is no sha256 fingerprint: 64 hex digits are expected, found 4 hex digits',
    ],
    [
      'no hex',
      'version: "1"\nforbid:\n  - fingerprints: { sha1: "zz" }\n',
      '.paranoia.yaml:3: sha1 is no sha1 fingerprint: 40 hex digits are expected, found something else',
    ],
    [
      'one that is required and forbidden',
      `version: "1"\nrequire:\n  - fingerprints: { sha256: ${a} }\nforbid:\n  - fingerprints: { sha256: ${a} }\n`,
      '.paranoia.yaml:5: this certificate is forbidden here and required on line 3; leave one of the two',
    ],
  ])('is refused with %s', (_, text, message) => {
    expect(() => readPolicy(text, '.paranoia.yaml')).toThrow(
      expect.objectContaining({ name: 'JobError', code: 'malformed', message }),
    )
  })

  it.each([
    ['a key twice', 'version: "1"\nversion: "1"\n', /^p\.yaml:2: this is no YAML: /],
    ['an open bracket', 'version: "1"\nallow: [\n', /^p\.yaml:\d: this is no YAML: /],
    ['two documents', 'version: "1"\n---\nversion: "1"\n', /^p\.yaml:\d: this is no YAML: /],
    ['an alias', 'version: &v "1"\nallow: *v\n', /^p\.yaml:2: allow must be a list$/],
    ['a tab', 'version: "1"\nallow:\n\t- a\n', /^p\.yaml:\d: this is no YAML: /],
  ])('is refused with its line for %s', (_, text, message) => {
    expect(() => readPolicy(text, 'p.yaml')).toThrow(message)
  })

  it('is refused where it is huge', () => {
    expect(() => readPolicy(`#${'x'.repeat(2 << 20)}`, 'p.yaml')).toThrow(
      expect.objectContaining({ code: 'limit' }),
    )
  })

  it('takes a fingerprint of digits alone for text, and colons between bytes', () => {
    const number = `1${'0'.repeat(39)}`
    const colons = a.replace(/..(?!$)/g, '$&:')
    const text = `version: "1"\nallow:\n  - fingerprints: { sha1: ${number} }\n  - fingerprints: { sha256: "${colons}" }\n`
    expect(readPolicy(text, '.paranoia.yaml').allow.map(({ fingerprint }) => fingerprint)).toEqual([
      number,
      a,
    ])
  })
})

describe('the key policy of .imgtrust.yaml', () => {
  it('takes fingerprints with and without a comment, and leaves the other keys to others', () => {
    const text = `rules:
  expired-root: info
policy:
  require:
    - sha256: ${a}
      comment: ours
  allow:
    - ${b}
    - ${sha1}
  forbid: []
  writable:
    - /opt/app/certs/
`
    const file = 'deploy/.imgtrust.yaml'
    expect(readPolicy(text, file)).toEqual({
      require: [{ algorithm: 'sha256', fingerprint: a, comment: 'ours', file, line: 5 }],
      allow: [
        { algorithm: 'sha256', fingerprint: b, comment: null, file, line: 8 },
        { algorithm: 'sha1', fingerprint: sha1, comment: null, file, line: 9 },
      ],
      forbid: [],
      writable: ['/opt/app/certs'],
    })
  })

  it.each([
    ['without it', 'rules: {}\n'],
    ['where nothing stands behind it', 'policy:\n'],
    ['in an empty file', ''],
  ])('demands nothing %s', (_, text) => {
    expect(readPolicy(text, '.imgtrust.yaml')).toEqual(none)
  })

  it.each([
    ['policy:\n  forbidden: []\n', '.imgtrust.yaml:2: policy has no key "forbidden"; did you mean "forbid"?'],
    [
      `policy:\n  allow:\n    - fingerprint: ${a}\n`,
      '.imgtrust.yaml:3: entry 1 of allow has no key "fingerprint"; use one of sha256, sha1, comment',
    ],
    [
      'policy:\n  allow:\n    - comment: x\n',
      '.imgtrust.yaml:3: entry 1 of allow has no fingerprint; write sha256: and 64 hex digits',
    ],
    [
      'policy:\n  allow:\n    - ISRG Root X1\n',
      '.imgtrust.yaml:3: entry 1 of allow is no sha256 fingerprint: 64 hex digits are expected, found something else',
    ],
    [
      'policy:\n  writable:\n    - certs\n',
      '.imgtrust.yaml:3: entry 1 of writable must be an absolute path, such as /etc/ssl/certs',
    ],
  ])('is refused where it is wrong: %j', (text, message) => {
    expect(() => readPolicy(text, '.imgtrust.yaml')).toThrow(expect.objectContaining({ message }))
  })
})

it('several policies are one that demands what any does', () => {
  const one = readPolicy(`policy: { require: [${a}] }`, '.imgtrust.yaml')
  const two = readPolicy(`version: "1"\nrequire: [{ fingerprints: { sha256: ${b} } }]`, '.paranoia.yaml')
  expect(mergePolicies([one, two]).require.map(({ file }) => file)).toEqual([
    '.imgtrust.yaml',
    '.paranoia.yaml',
  ])
})
