/** Many images that stand on few bases, and a way into a real registry. */
import { allRoots, rootDer } from '../../src/knowledge/roots.ts'
import { pemOf } from './certificate.ts'
import { makeElf } from './elf.ts'
import { type BuiltImage, buildImage, type LayerSpec, layerTar } from './image.ts'

/** The real certificates of roots, by the names that the built-in facts have for them. */
export function pemOfRoots(...names: readonly string[]): string {
  const roots = allRoots()
  return names
    .map(name => {
      const index = roots.findIndex(root => root.name === name)
      if (index < 0) throw new Error(`the built-in facts have no root ${name}`)
      return pemOf(rootDer(index))
    })
    .join('')
}

const ADDTRUST = 'AddTrust External Root'
const DST = 'DST Root CA X3'
const FRESH = ['USERTrust RSA Certification Authority', 'ISRG Root X1']

/** A base of Alpine's shape: stand-ins for programs that load and name what the real ones do. */
function base(version: string, roots: readonly string[], createdBy: string): Promise<LayerSpec> {
  return layerTar({
    'etc/os-release': `ID=alpine\nVERSION_ID=${version}\n`,
    'etc/ssl/cert.pem': pemOfRoots(...roots),
    'bin/busybox': makeElf({ needed: [], text: ['BusyBox v1.28.4'] }),
    'usr/bin/ssl_client': makeElf({ needed: ['libssl.so.45'] }),
    'lib/libssl.so.45': makeElf({ needed: [], text: ['LibreSSL 2.7.5', '/etc/ssl/cert.pem', '/etc/ssl'] }),
  }).then(tar => ({ tar, createdBy }))
}

/** Five bases: two hold a root whose end broke old clients, one holds both, two hold neither. */
export function fleetBases(): Promise<LayerSpec[]> {
  return Promise.all([
    base('3.8.5', [ADDTRUST, ...FRESH], 'ADD alpine-3.8.5 in /'),
    base('3.8.4', [DST, ...FRESH], 'ADD alpine-3.8.4 in /'),
    base('3.8.3', [ADDTRUST, DST, ...FRESH], 'ADD alpine-3.8.3 in /'),
    base('3.8.2', FRESH, 'ADD alpine-3.8.2 in /'),
    base('3.8.1', FRESH, 'ADD alpine-3.8.1 in /'),
  ])
}

/** The image of a number: the bases take turns, over each a small layer of its own. */
export function fleetImage(bases: readonly LayerSpec[], number: number): Promise<BuiltImage> {
  const own = { files: { 'app/name': `application ${number}\n` }, createdBy: `COPY app-${number} /app` }
  return buildImage({ layers: [bases[number % bases.length]!, own] })
}

/**
 * Pushes blobs and a manifest (OCI distribution spec, "Push": a POST, then a PUT in one piece).
 * @param tags all of them name the same manifest
 */
export async function push(
  host: string,
  repository: string,
  tags: readonly string[],
  image: Pick<BuiltImage, 'blobs' | 'manifest'>,
): Promise<void> {
  const api = `http://${host}/v2/${repository}`
  for (const [digest, bytes] of image.blobs) {
    if (digest === image.manifest.digest) continue
    if ((await fetch(`${api}/blobs/${digest}`, { method: 'HEAD' })).ok) continue
    const begun = await fetch(`${api}/blobs/uploads/`, { method: 'POST' })
    const to = new URL(begun.headers.get('location')!, `http://${host}`)
    to.searchParams.set('digest', digest)
    const headers = { 'content-type': 'application/octet-stream' }
    await mustBe(201, await fetch(to, { method: 'PUT', headers, body: new Uint8Array(bytes) }))
  }
  for (const tag of tags) {
    const headers = { 'content-type': image.manifest.mediaType }
    const body = new Uint8Array(image.manifest.bytes)
    await mustBe(201, await fetch(`${api}/manifests/${tag}`, { method: 'PUT', headers, body }))
  }
}

async function mustBe(status: number, response: Response): Promise<void> {
  if (response.status !== status)
    throw new Error(`${response.url}: ${response.status} ${await response.text()}`)
}
