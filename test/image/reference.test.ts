import { describe, expect, it } from 'vitest'
import { hostPlatform } from '../../src/image/platform.ts'
import { parseReference } from '../../src/image/reference.ts'
import { openImages } from '../../src/image/source.ts'

const hex = 'a3ed95caeb02ffe68cdd9fd84406680ae93d633cb16422d00e8a7c22955b46d4'

// The table follows the test of distribution/reference (normalize_test.go), whose grammar this is.
describe('a reference is normalised as the engines do', () => {
  it.each([
    ['alpine', 'docker.io/library/alpine:latest'],
    ['alpine:3.11', 'docker.io/library/alpine:3.11'],
    ['library/alpine', 'docker.io/library/alpine:latest'],
    ['docker.io/alpine', 'docker.io/library/alpine:latest'],
    ['index.docker.io/alpine:3', 'docker.io/library/alpine:3'],
    ['docker.io/library/alpine', 'docker.io/library/alpine:latest'],
    ['sentry/sentry', 'docker.io/sentry/sentry:latest'],
    ['ghcr.io/o/i:t', 'ghcr.io/o/i:t'],
    ['localhost/a', 'localhost/a:latest'],
    ['localhost:5000/alpine:3.11', 'localhost:5000/alpine:3.11'],
    ['127.0.0.1:5000/a', '127.0.0.1:5000/a:latest'],
    ['[::1]:5000/a', '[::1]:5000/a:latest'],
    ['UPPER/a', 'UPPER/a:latest'],
    ['r.example/a/b/c/d', 'r.example/a/b/c/d:latest'],
    [`alpine@sha256:${hex}`, `docker.io/library/alpine@sha256:${hex}`],
    [`alpine:3.11@sha256:${hex}`, `docker.io/library/alpine:3.11@sha256:${hex}`],
    ['a/b__c--d.e_f', 'docker.io/a/b__c--d.e_f:latest'],
    ['gcr.io/x:A_b.C-1', 'gcr.io/x:A_b.C-1'],
  ])('%s', (typed, canonical) => {
    expect(parseReference(typed).canonical).toBe(canonical)
  })

  it('takes the parts apart', () => {
    expect(parseReference(`localhost:5000/a/b:t@sha256:${hex}`)).toMatchObject({
      registry: 'localhost:5000',
      repository: 'a/b',
      tag: 't',
      digest: `sha256:${hex}`,
    })
  })
})

describe('what is no reference is one clear line', () => {
  it.each([
    '',
    ':tag',
    'alpine:',
    'Alpine',
    'docker.io/Alpine',
    'a//b',
    '/a',
    'a/',
    '-a/b',
    'a..b',
    'alpine@sha256:abc',
    `alpine@sha256:${hex.toUpperCase()}`,
    'alpine@md5:d41d8cd98f00b204e9800998ecf8427e',
    'https://ghcr.io/o/i',
    'a b',
    'a\nb',
    'r.example:port/a',
    `a:${'t'.repeat(129)}`,
    'a'.repeat(256),
    hex,
  ])('%j', typed => {
    expect(() => parseReference(typed)).toThrow(expect.objectContaining({ name: 'JobError', code: 'usage' }))
  })
})

describe('the platform of this machine', () => {
  it.each([
    ['darwin', 'arm64', 'darwin/arm64'],
    ['darwin', 'x64', 'darwin/amd64'],
    ['linux', 'x64', 'linux/amd64'],
  ])('%s on %s is %s', (os, machine, said) => {
    expect(hostPlatform(os, machine)).toBe(said)
  })

  it('is told of the host, and of no folder', async () => {
    const options = { reader: { version: 'none', keep: () => false, scan: () => null } }
    const [host] = await openImages('host', options)
    const [folder] = await openImages('dir:.', options)
    expect(host?.platform).toBe(hostPlatform())
    expect(folder?.platform).toBeNull()
  })
})
