import { describe, expect, it } from 'vitest'
import { lookupImage } from '../../src/knowledge/base-images.ts'
import { tagGroups } from '../../src/knowledge/image-tags.ts'
import { readJson } from '../../src/knowledge/load.ts'
import type { BaseImage } from '../../src/knowledge/types.ts'
import { isUnknown } from '../../src/model.ts'
import { rawText, withFacts } from './facts.ts'

function image(reference: string): BaseImage {
  const found = lookupImage(reference)
  if (isUnknown(found)) throw new Error(found.unknown)
  return found
}

function stores(reference: string) {
  const { stores } = image(reference)
  return isUnknown(stores) ? stores.unknown : stores.map(store => `${store.path} ${store.release?.id ?? '?'}`)
}

describe('an official image', () => {
  it('is known by its tag, and latest goes without saying', () => {
    expect(image('node:14')).toMatchObject({
      repo: 'node',
      tag: '14',
      distribution: { id: 'debian', version: '10' },
      os: 'linux',
      until: '2023-05-02',
      baseUntil: null,
      from: 'buildpack-deps:buster',
    })
    expect(image('node')).toMatchObject({
      tag: 'latest',
      until: null,
      distribution: { id: 'debian', version: '13' },
    })
    expect(image('sentry:9.1.2')).toMatchObject({ until: '2020-10-21', baseUntil: '2019-10-23' })
  })

  it.each([
    'node:14',
    'library/node:14',
    'docker.io/node:14',
    'docker.io/library/node:14',
    'index.docker.io/library/node:14',
    'public.ecr.aws/docker/library/node:14',
  ])('is the same under every name: %s', name => expect(image(name)).toEqual(image('node:14')))

  it('uses the ids of os-release', () => {
    expect(image('amazonlinux:2').distribution).toEqual({ id: 'amzn', version: '2' })
    expect(image('oraclelinux:8').distribution?.id).toBe('ol')
    expect(image('almalinux:9').distribution?.id).toBe('almalinux')
    expect(image('golang:1.17-nanoserver')).toMatchObject({ os: 'windows', distribution: null })
    expect(image('nats:2')).toMatchObject({ os: 'scratch', distribution: null, stores: [] })
  })

  it.each([
    ['node:14.99', /^docker\.io\/library\/node has no tag 14\.99 known on 2026-\d\d-\d\d$/],
    ['nodejs:14', /^there is no official image docker\.io\/library\/nodejs known on /],
    ['ghcr.io/o/i:1', /is not one of Docker's official images/],
    ['bitnami/node:14', /is not one of Docker's official images/],
    ['localhost:5000/node:14', /is not one of Docker's official images/],
    [`node:14@sha256:${'a'.repeat(64)}`, /a tag beside a digest says nothing/],
    ['', /is not one of/],
    ['node:', /is not one of/],
    ['../../manifest', /is not one of/],
    ['..:1', /is not one of/],
    ['node:14 15', /is not one of/],
    ['Node:14', /is not one of/],
    ['constructor', /there is no official image/],
  ])('is unknown with a reason: %s', (reference, reason) => {
    const found = lookupImage(reference)
    expect(isUnknown(found) && found.unknown).toMatch(reason)
  })
})

describe('the stores of an official image', () => {
  const debian = '/etc/ssl/certs/ca-certificates.crt'
  it.each([
    ['sentry:9.1.2', [`${debian} debian/ca-certificates 20161130+nmu1+deb9u1`]],
    ['python:2.7.16-slim-stretch', [`${debian} debian/ca-certificates 20161130+nmu1+deb9u1`]],
    ['node:14', [`${debian} debian/ca-certificates 20200601~deb10u2`]],
    ['node', [`${debian} debian/ca-certificates 20250419+deb13u1`]],
    ['node:14-slim', []],
    // It stood on 3.11.12 when it was dropped: which roots that held is not known.
    ['node:14-alpine3.11', ['/etc/ssl/cert.pem ?']],
    ['python:3.8-slim', [`${debian} debian/ca-certificates 20230311`]],
    ['python:3.12-slim', [`${debian} debian/ca-certificates 20250419+deb13u1`]],
    ['golang:1.12', [`${debian} debian/ca-certificates 20190110`]],
    ['golang:1.27-alpine', [`${debian} alpine/ca-certificates 20260909-r0`]],
    // Up to 3.11 the file of the base and the bundle of the package are two stores.
    [
      'golang:1.12-alpine',
      [
        '/etc/ssl/cert.pem alpine/ca-certificates 20191127-r0',
        `${debian} alpine/ca-certificates 20191127-r0`,
      ],
    ],
    ['buildpack-deps:buster', [`${debian} debian/ca-certificates 20200601~deb10u2`]],
    ['debian:buster-slim', []],
    ['ubuntu:16.04', []],
    ['busybox', []],
    ['hello-world', []],
    ['alpine:3.6', []],
    ['alpine:3.8', ['/etc/ssl/cert.pem alpine/base 3.8.5']],
    ['alpine:3.11', ['/etc/ssl/cert.pem alpine/base 3.11.13']],
    ['alpine:3.20.3', [`${debian} alpine/base 3.20.3`]],
    ['alpine', [`${debian} alpine/ca-certificates 20260909-r0`]],
    ['postgres:12', []],
    ['nginx:1.17', []],
    ['nginx:1.19', [`${debian} debian/ca-certificates 20200601~deb10u2`]],
    [
      'centos:7',
      ['/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem rhel/ca-certificates 2023.2.60_v7.0.306-72.el7_9'],
    ],
    ['openjdk:8-jre', [`${debian} debian/ca-certificates 20210119`]],
  ])('%s: %j', (reference, expected) => {
    expect(stores(reference)).toEqual(expected)
  })

  it.each([
    ['swarm:1.0.0', /could not be read/],
    ['golang:1.17-nanoserver', /Windows/],
  ])('are unknown, never missing, where no Dockerfile could be followed: %s', (reference, why) =>
    expect(stores(reference)).toMatch(why))

  it('come with the tool where the package is installed, and not with a bare bundle', () => {
    expect([image('node:14').tool, image('node:14-slim').tool, image('alpine:3.11').tool]).toEqual([
      true,
      false,
      false,
    ])
    expect(image('node:14').packages).toEqual(
      expect.arrayContaining(['ca-certificates', 'curl', 'wget', 'git']),
    )
    expect(isUnknown(image('swarm:1.0.0').tool)).toBe(true)
  })

  it('have a source each', () => {
    for (const reference of ['sentry:9.1.2', 'node:14', 'alpine:3.11', 'centos:7']) {
      const { stores } = image(reference)
      if (isUnknown(stores)) throw new Error(stores.unknown)
      for (const store of stores) expect(store.source).not.toBe('')
    }
  })
})

describe('all tags', () => {
  const parts = () =>
    readJson<{ parts: { name: string; entries: number; counts: Record<string, number> }[] }>('manifest.json')
      .parts
  it('are 185,939 of 181 repositories', () => {
    const part = parts().find(one => one.name === 'base-images')!
    expect([part.entries, part.counts.repositories]).toEqual([185_939, 181])
  })

  it.skipIf(withFacts !== '')(`are found again one by one, as the raw facts have them${withFacts}`, () => {
    let count = 0
    for (const line of rawText('official-images.ndjson.gz').split('\n')) {
      if (line === '') continue
      const raw = JSON.parse(line)
      for (const tag of raw.tags) {
        const found = tagOf(raw.repo, tag)
        // What the facts leave open, the trace may have filled in.
        const [os, until, baseUntil, from] = found as [unknown, unknown, unknown, unknown]
        expect([until, raw.os && os, raw.from && from, raw.from && baseUntil], `${raw.repo}:${tag}`).toEqual([
          raw.until,
          raw.os,
          raw.from,
          raw.from && (raw.baseUntil ?? null),
        ])
        count++
      }
    }
    expect(count).toBe(185_939)
  })
})

const byTag = new Map<string, Map<string, unknown>>()

/** Read group by group: searching each of them line by line is what the tests above do. */
function tagOf(repo: string, tag: string): unknown {
  let tags = byTag.get(repo)
  if (!tags) {
    tags = new Map()
    for (const group of tagGroups(repo)) {
      for (const name of group.tags) tags.set(name, [group.os, group.until, group.baseUntil, group.from])
    }
    byTag.set(repo, tags)
  }
  return tags.get(tag)
}
