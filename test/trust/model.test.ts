import { X509Certificate } from 'node:crypto'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import type { ImageTree } from '../../src/image/facts.ts'
import { buildImageModel, type TrustNaming } from '../../src/trust/model.ts'
import { treeOfTarGz } from '../support/tree.ts'

const images = fileURLToPath(new URL('../../../shared/images/', import.meta.url))
const fileOf = (version: string) => `${images}alpine-minirootfs-${version}-x86_64.tar.gz`

const naming: TrustNaming = {
  rootName: () => null,
  endOfLife: () => null,
  match: () => ({ release: null, match: 'unknown' }),
}

function modelOf(tree: ImageTree) {
  const image = {
    kind: 'rootfs',
    source: 'dir',
    reference: 'x',
    digest: null,
    platform: null,
    layers: [],
  } as const
  return buildImageModel({ ...image, config: { user: null, env: {} } }, tree, naming)
}

/** What node:crypto says of a PEM bundle: its own reader, one block at a time. */
function fingerprints(bundle: Uint8Array): string[] {
  const blocks = Buffer.from(bundle)
    .toString('latin1')
    .split(/(?<=-----END CERTIFICATE-----)/)
  return blocks
    .filter(block => block.includes('BEGIN CERTIFICATE'))
    .map(block => new X509Certificate(block).fingerprint256.replaceAll(':', '').toLowerCase())
}

describe.skipIf(!existsSync(fileOf('3.8.5')))(
  "Alpine's root filesystems (skipped: ../shared/images is absent)",
  () => {
    test.each([
      {
        version: '3.8.5',
        store: '/etc/ssl/cert.pem',
        aliases: [] as string[],
        count: 133,
        wget: '1.28.4',
        apk: '2.10.1',
        library: 'LibreSSL 2.7.5',
        package: 'libressl2.7-libssl 2.7.5-r0',
      },
      {
        version: '3.11.13',
        store: '/etc/ssl/cert.pem',
        aliases: [],
        count: 149,
        wget: '1.31.1',
        apk: '2.10.8',
        library: 'OpenSSL 1.1.1l',
        package: 'libssl1.1 1.1.1l-r0',
      },
      {
        version: '3.20.3',
        store: '/etc/ssl/certs/ca-certificates.crt',
        aliases: ['/etc/ssl/cert.pem', '/etc/ssl1.1/cert.pem'],
        count: 147,
        wget: '1.36.1',
        apk: '2.14.4',
        library: 'OpenSSL 3.3.2',
        package: 'libssl3 3.3.2-r0',
      },
    ])('$version: store, roots, who reads it with which library', async expected => {
      const tree = await treeOfTarGz(fileOf(expected.version))
      const model = modelOf(tree)
      expect(model.distribution).toEqual({ id: 'alpine', version: expected.version, endOfLife: null })
      expect(model.stores).toMatchObject([
        {
          path: expected.store,
          aliases: expected.aliases,
          sources: [],
          format: 'pem-bundle',
          consumers: ['apk', 'busybox wget'],
        },
      ])
      const roots = model.stores[0]!.roots.map(({ sha256 }) => sha256)
      expect(roots.length).toBe(expected.count)
      expect(roots).toEqual([...new Set(fingerprints(tree.read(expected.store)!))])
      expect(
        model.clients.map(each => [
          each.program,
          each.version,
          `${each.library} ${each.libraryVersion}`,
          each.libraryPackage,
        ]),
      ).toEqual([
        ['busybox wget', expected.wget, expected.library, expected.package],
        ['apk', expected.apk, expected.library, expected.package],
      ])
      expect(model.clients.map(({ build, path }) => [build, path])).toEqual([
        ['alpine', '/usr/bin/ssl_client'],
        ['alpine', '/sbin/apk'],
      ])
      expect(model.certificates).toEqual([])
      expect(model.unknowns).toEqual([])
    })
  },
)
