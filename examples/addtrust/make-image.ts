/**
 * Makes a small image with the trust store that sentry:9.1.2 stands on, from the certificates themselves: Debian 9's
 * ca-certificates as it was when python:2.7.16-slim-stretch froze in October 2019. Two layers in a docker-archive,
 * as `docker save` writes it. Of wget and its library there are stand-ins that load and name what the real ones do.
 *
 *     npx tsx examples/addtrust/make-image.ts addtrust.tar
 */
import { createHash, X509Certificate } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { pack } from 'tar-stream'
import { releaseById } from '../../src/knowledge/releases.ts'
import { rootByIndex, rootDer } from '../../src/knowledge/roots.ts'
import { makeElf } from '../../test/support/elf.ts'

const RELEASE = 'debian/ca-certificates 20161130+nmu1+deb9u1'
const [target = 'addtrust.tar'] = process.argv.slice(2)

interface File {
  readonly name: string
  readonly text?: string
  readonly bytes?: Uint8Array
  readonly link?: string
  readonly mode?: number
}

const certificates = (releaseById(RELEASE)?.roots ?? []).map(index => ({
  file: rootByIndex(index).file,
  pem: new X509Certificate(rootDer(index)).toString(),
}))

const programs: File[] = [
  {
    name: 'etc/os-release',
    text: 'PRETTY_NAME="Debian GNU/Linux 9 (stretch)"\nNAME="Debian GNU/Linux"\nVERSION_ID="9"\nID=debian\n',
  },
  { name: 'etc/debian_version', text: '9.11\n' },
  {
    name: 'var/lib/dpkg/status',
    text: [
      ['ca-certificates', '20161130+nmu1+deb9u1', 'openssl (>= 1.1.0)'],
      ['libgnutls30', '3.5.8-5+deb9u4', 'libc6 (>= 2.17)'],
      ['wget', '1.18-5+deb9u3', 'libc6 (>= 2.17), libgnutls30 (>= 3.5.6)'],
    ]
      .map(
        ([name, version, depends]) =>
          `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: ${version}\nDepends: ${depends}\n`,
      )
      .join('\n'),
  },
  { name: 'var/lib/dpkg/info/wget.list', text: '/usr/bin/wget\n' },
  { name: 'var/lib/dpkg/info/libgnutls30:amd64.list', text: '/usr/lib/x86_64-linux-gnu/libgnutls.so.30\n' },
  { name: 'usr/bin/wget', bytes: makeElf({ needed: ['libgnutls.so.30'] }), mode: 0o755 },
  {
    name: 'usr/lib/x86_64-linux-gnu/libgnutls.so.30',
    bytes: makeElf({ needed: [], text: ['/etc/ssl/certs/ca-certificates.crt'] }),
  },
  { name: 'usr/sbin/update-ca-certificates', text: '#!/bin/sh -e\n', mode: 0o755 },
]

const store: File[] = [
  { name: 'etc/ca-certificates.conf', text: certificates.map(({ file }) => `mozilla/${file}\n`).join('') },
  { name: 'etc/ssl/certs/ca-certificates.crt', text: certificates.map(({ pem }) => pem).join('') },
  ...certificates.flatMap(({ file, pem }) => [
    { name: `usr/share/ca-certificates/mozilla/${file}`, text: pem },
    {
      name: `etc/ssl/certs/${file.replace(/\.crt$/, '.pem')}`,
      link: `/usr/share/ca-certificates/mozilla/${file}`,
    },
  ]),
]

async function tar(files: readonly File[]): Promise<Buffer> {
  const archive = pack()
  for (const { name, text = '', bytes, link, mode = 0o644 } of files) {
    const header = { name, mode, mtime: new Date(0) }
    if (link === undefined) archive.entry(header, bytes ? Buffer.from(bytes) : text)
    else archive.entry({ ...header, type: 'symlink', linkname: link })
  }
  archive.finalize()
  return buffer(archive)
}

const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex')

const layers = await Promise.all([tar(programs), tar(store)])
const config = JSON.stringify({
  architecture: 'amd64',
  os: 'linux',
  config: { Cmd: ['sentry', 'run', 'worker'] },
  rootfs: { type: 'layers', diff_ids: layers.map(layer => `sha256:${sha256(layer)}`) },
  history: [
    { created_by: '/bin/sh -c #(nop) ADD file:stretch in / ' },
    { created_by: '/bin/sh -c apt-get update && apt-get install -y --no-install-recommends ca-certificates' },
  ],
})
const archive = pack()
for (const layer of layers) archive.entry({ name: `${sha256(layer)}/layer.tar`, mtime: new Date(0) }, layer)
archive.entry({ name: `${sha256(config)}.json`, mtime: new Date(0) }, config)
archive.entry(
  { name: 'manifest.json', mtime: new Date(0) },
  JSON.stringify([
    {
      Config: `${sha256(config)}.json`,
      RepoTags: ['addtrust:latest'],
      Layers: layers.map(layer => `${sha256(layer)}/layer.tar`),
    },
  ]),
)
archive.finalize()
await pipeline(archive, createWriteStream(target))
