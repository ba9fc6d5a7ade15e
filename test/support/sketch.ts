import { createHash, createPrivateKey, createPublicKey } from 'node:crypto'
import { endOfLife } from '../../src/knowledge/lifecycles.ts'
import { releaseById } from '../../src/knowledge/releases.ts'
import { rootByIndex, rootDer } from '../../src/knowledge/roots.ts'
import { storeLayout } from '../../src/knowledge/store-layouts.ts'
import type { FileView, ImageModel, Package, Root, TrustStore } from '../../src/model.ts'
import type { ImageSketch, RootSketch } from '../../src/rule.ts'
import { generalizedTime, makeCertificate, pemOf } from './certificate.ts'

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
  const stores = sketch.stores.map((store): TrustStore => {
    const { path, release, consumers = [], with: more = [], without = [], broken, access } = store
    const numbers = releaseById(release)?.roots
    if (numbers == null) throw new Error(`knowledge does not tell the roots of ${JSON.stringify(release)}`)
    const all = numbers.map(rootByIndex)
    const absent = without.filter(file => !all.some(root => root.file === file))
    if (absent.length > 0) throw new Error(`${release} holds no ${absent.join(' and no ')}`)
    const known = all.filter(({ file }) => !without.includes(file))
    const strangers = more.map(sketchedRoot)
    const ders = [...known.map(({ index }) => rootDer(index)), ...strangers.map(({ der }) => der)]
    kept.set(path, Buffer.from(ders.map(der => pemOf(der)).join('')))
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
      match: more.length + without.length === 0 ? 'exact' : 'nearest',
      roots: [
        ...known.map(({ sha256, name, notBefore, notAfter }) => ({
          sha256,
          name,
          notBefore,
          notAfter,
          layer: 0,
        })),
        ...strangers.map(({ root }) => root),
      ],
      ...(broken && { broken }),
      ...(access && { access }),
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
    clients: (sketch.clients ?? []).map(client => ({ path: null, ...client, version: null })),
    packages: (sketch.packages ?? []).map(item => ({ ...item, manager: managers[id] ?? 'dpkg' })),
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

const managers: Readonly<Record<string, Package['manager']>> = {
  alpine: 'apk',
  amzn: 'rpm',
  fedora: 'rpm',
  rhel: 'rpm',
  rocky: 'rpm',
}

/** RFC 8410: the private key of 32 bytes as PKCS#8. */
const ed25519 = Buffer.from('302e020100300506032b657004220420', 'hex')

/** A real certificate of these words: same words, same bytes. */
export function sketchedRoot(sketch: RootSketch): { readonly root: Root; readonly der: Uint8Array } {
  const { name, notBefore = '2020-01-01', notAfter = '2040-01-01', ca = true, layer = 0 } = sketch
  const seed = createHash('sha256').update(name).digest()
  const signer = createPrivateKey({ key: Buffer.concat([ed25519, seed]), format: 'der', type: 'pkcs8' })
  const { der } = makeCertificate({
    subject: name,
    ca,
    signer,
    spki: createPublicKey(signer).export({ type: 'spki', format: 'der' }),
    notBefore: generalizedTime(`${notBefore.replaceAll('-', '')}000000Z`),
    notAfter: generalizedTime(`${notAfter.replaceAll('-', '')}000000Z`),
  })
  const root: Root = {
    sha256: createHash('sha256').update(der).digest('hex'),
    name,
    notBefore: Date.parse(notBefore),
    notAfter: Date.parse(notAfter),
    layer,
    certificate: { subject: `CN=${name}`, key: 'Ed25519', ca },
    der,
  }
  return { root, der }
}
