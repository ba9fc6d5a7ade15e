import { endOfLife } from '../../src/knowledge/lifecycles.ts'
import { releaseById } from '../../src/knowledge/releases.ts'
import { rootByIndex, rootDer } from '../../src/knowledge/roots.ts'
import { storeLayout } from '../../src/knowledge/store-layouts.ts'
import type { FileView, ImageModel, TrustStore } from '../../src/model.ts'
import type { ImageSketch } from '../../src/rule.ts'

/**
 * The model of an image that holds what the sketch says: stores with the roots of their releases, and the files that
 * a scan would have kept (the bundles as PEM; Debian's conf and tool where ca-certificates is among the packages).
 * @throws Error where knowledge has no such release, or not its roots
 */
export function imageFromSketch(
  sketch: ImageSketch,
  files: Readonly<Record<string, string>> = {},
): ImageModel {
  const { id, version } = sketch.distribution
  const kept = new Map<string, Uint8Array>()
  const stores = sketch.stores.map(({ path, release, consumers = [] }): TrustStore => {
    const numbers = releaseById(release)?.roots
    if (numbers == null) throw new Error(`knowledge does not tell the roots of ${JSON.stringify(release)}`)
    const known = numbers.map(rootByIndex)
    kept.set(path, Buffer.from(known.map(({ index }) => pem(rootDer(index))).join('')))
    const layout = storeLayout(id)
    if (layout?.conf != null && sketch.packages?.some(({ name }) => name === 'ca-certificates')) {
      kept.set(layout.conf, Buffer.from(known.map(({ file }) => `mozilla/${file}\n`).join('')))
      kept.set('/usr/sbin/update-ca-certificates', Buffer.from('#!/bin/sh\n'))
    }
    return {
      path,
      aliases: [],
      sources: [],
      format: 'pem-bundle',
      consumers,
      layer: 0,
      createdBy: null,
      release,
      match: 'exact',
      roots: known.map(({ sha256, name, notBefore, notAfter }) => ({
        sha256,
        name,
        notBefore,
        notAfter,
        layer: 0,
      })),
    }
  })
  for (const [path, text] of Object.entries(files)) kept.set(path, Buffer.from(text))
  return {
    kind: 'image',
    source: 'sketch',
    reference: null,
    digest: null,
    platform: 'linux/amd64',
    distribution: { id, version, endOfLife: endOfLife(id, version) },
    stores,
    certificates: [],
    clients: (sketch.clients ?? []).map(client => ({ ...client, version: null, path: null })),
    packages: (sketch.packages ?? []).map(item => ({ ...item, manager: id === 'alpine' ? 'apk' : 'dpkg' })),
    config: { user: null, env: {} },
    files: fileView(kept),
    unknowns: [],
  }
}

export function fileView(kept: ReadonlyMap<string, Uint8Array>): FileView {
  return {
    exists: path => kept.has(path),
    read: path => kept.get(path) ?? null,
    resolve: path => (kept.has(path) ? path : null),
  }
}

function pem(der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}
