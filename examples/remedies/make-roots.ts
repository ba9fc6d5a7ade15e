/**
 * Makes small root filesystems, each with the trust store of one kind of system on the day after AddTrust External CA
 * Root ended: real certificates in real places, of the programs only stand-ins that load and name what real ones do.
 *
 *     npx tsx examples/remedies/make-roots.ts FOLDER
 */
import { createHash, X509Certificate } from 'node:crypto'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { newestRelease, releaseById } from '../../src/knowledge/releases.ts'
import { rootByIndex, rootDer } from '../../src/knowledge/roots.ts'
import { makeElf } from '../../test/support/elf.ts'

interface Certificate {
  /** As Debian's and Alpine's packages call it. */
  readonly file: string
  readonly der: Uint8Array
  readonly pem: string
}

/** By path without a leading slash: content, or a link's target behind `→`. */
type Tree = Record<string, string | Uint8Array>

const link = (target: string) => `→${target}`

function certificatesOf(release: string): readonly Certificate[] {
  return (releaseById(release)?.roots ?? []).map(index => {
    const der = rootDer(index)
    return { file: rootByIndex(index).file, der, pem: new X509Certificate(der).toString() }
  })
}

const bundleOf = (certificates: readonly Certificate[]) => certificates.map(({ pem }) => pem).join('')

/** Debian 9 as python:2.7.16-slim-stretch had it; its wget is of GnuTLS 3.5.8, which fails on the expired root. */
function debianHost(): Tree {
  const certificates = certificatesOf('debian/ca-certificates 20161130+nmu1+deb9u1')
  const dpkg = (name: string, version: string, depends: string) =>
    `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: ${version}\nDepends: ${depends}\n\n`
  const tree: Tree = {
    'etc/os-release': 'PRETTY_NAME="Debian GNU/Linux 9 (stretch)"\nVERSION_ID="9"\nID=debian\n',
    'var/lib/dpkg/status':
      dpkg('ca-certificates', '20161130+nmu1+deb9u1', 'openssl (>= 1.1.0)') +
      dpkg('libgnutls30', '3.5.8-5+deb9u4', 'libc6 (>= 2.17)') +
      dpkg('wget', '1.18-5+deb9u3', 'libc6 (>= 2.17), libgnutls30 (>= 3.5.6)'),
    'var/lib/dpkg/info/wget.list': '/usr/bin/wget\n',
    'var/lib/dpkg/info/libgnutls30:amd64.list': '/usr/lib/x86_64-linux-gnu/libgnutls.so.30\n',
    'usr/bin/wget': makeElf({ needed: ['libgnutls.so.30'] }),
    'usr/lib/x86_64-linux-gnu/libgnutls.so.30': makeElf({
      needed: [],
      text: ['/etc/ssl/certs/ca-certificates.crt'],
    }),
    'usr/sbin/update-ca-certificates': '#!/bin/sh -e\n',
    'etc/ca-certificates.conf': certificates.map(({ file }) => `mozilla/${file}\n`).join(''),
    'etc/ssl/certs/ca-certificates.crt': bundleOf(certificates),
  }
  for (const { file, pem } of certificates) tree[`usr/share/ca-certificates/mozilla/${file}`] = pem
  return tree
}

/** Alpine 3.8's own base image: one plain bundle, no tool; its BusyBox fetches by LibreSSL 2.7.5, which fails. */
function alpineBase(): Tree {
  return {
    'etc/os-release': 'ID=alpine\nVERSION_ID=3.8.5\n',
    'etc/alpine-release': '3.8.5\n',
    'etc/ssl/cert.pem': bundleOf(certificatesOf('alpine/base 3.8.5')),
    'bin/busybox': makeElf({ needed: [], text: ['BusyBox v1.28.4 (2018-12-06)'] }),
    'usr/bin/ssl_client': makeElf({ needed: ['libtls.so.17'] }),
    'usr/lib/libtls.so.17': makeElf({ needed: ['libssl.so.45', 'libcrypto.so.43'] }),
    'lib/libssl.so.45': makeElf({ needed: ['libcrypto.so.43'] }),
    'lib/libcrypto.so.43': makeElf({ needed: [], text: ['LibreSSL 2.7.5', '/etc/ssl/cert.pem'] }),
  }
}

/** The same with the ca-certificates package of those days: a second store, and the tool that makes it. */
function alpineContainer(): Tree {
  const certificates = certificatesOf('alpine/base 3.8.5')
  const tree: Tree = {
    ...alpineBase(),
    'usr/sbin/update-ca-certificates': '#!/bin/sh\n',
    'etc/ca-certificates.conf': certificates.map(({ file }) => `mozilla/${file}\n`).join(''),
    'etc/ssl/certs/ca-certificates.crt': bundleOf(certificates),
  }
  for (const { file, pem } of certificates) tree[`usr/share/ca-certificates/mozilla/${file}`] = pem
  return tree
}

/** macOS: /etc is a link, and LibreSSL's bundle nothing but a file. */
function macos(): Tree {
  return {
    'System/Library/CoreServices/SystemVersion.plist': '<plist version="1.0"><dict/></plist>\n',
    etc: link('private/etc'),
    'private/etc/ssl/cert.pem': bundleOf(certificatesOf('alpine/base 3.8.5')),
  }
}

/** RHEL 9 with its newest store: update-ca-trust makes it of p11-kit's sources. */
function rhel(): Tree {
  return {
    'etc/os-release': 'ID="rhel"\nVERSION_ID="9.4"\n',
    'usr/bin/update-ca-trust': '#!/bin/sh\n',
    'etc/pki/ca-trust/source/blocklist/.keep': '\n',
    'etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem': bundleOf(
      certificatesOf(newestRelease('rhel', '9')?.id ?? ''),
    ),
    'etc/pki/tls/cert.pem': link('/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem'),
  }
}

/** The keystore that Debian's ca-certificates-java makes for its JVMs. */
function java(): Tree {
  return {
    'etc/os-release': 'ID=debian\nVERSION_ID="9"\n',
    'etc/ssl/certs/java/cacerts': keystore(certificatesOf('debian/ca-certificates 20161130+nmu1+deb9u1')),
    'usr/bin/keytool': '#!/bin/sh\n',
  }
}

/** JKS, version 2, as java.security.KeyStore writes it; the password is `changeit`. */
function keystore(certificates: readonly Certificate[]): Uint8Array {
  const number = (value: number) => {
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32BE(value)
    return bytes
  }
  const text = (value: string) =>
    Buffer.concat([number(Buffer.byteLength(value)).subarray(2), Buffer.from(value)])
  const body = Buffer.concat([
    number(0xfeedfeed),
    number(2),
    number(certificates.length),
    ...certificates.flatMap(({ file, der }) => [
      number(2),
      text(`debian:${file.replace(/\.crt$/, '.pem').toLowerCase()}`),
      Buffer.alloc(8),
      text('X.509'),
      number(der.length),
      der,
    ]),
  ])
  const password = Buffer.from('changeit', 'utf16le').swap16()
  const digest = createHash('sha1').update(password).update('Mighty Aphrodite').update(body).digest()
  return Buffer.concat([body, digest])
}

/** A Python of its own under /usr/local with an old certifi, as python:3.9 images have it. */
function certifi(): Tree {
  const packages = 'usr/local/lib/python3.9/site-packages'
  return {
    'etc/os-release': 'ID=debian\nVERSION_ID="10"\n',
    'usr/local/bin/python3.9': makeElf({ needed: ['libpython3.9.so.1.0'] }),
    [`${packages}/pip/__init__.py`]: '__version__ = "20.0.2"\n',
    [`${packages}/certifi/cacert.pem`]: bundleOf(certificatesOf('certifi 2019.11.28')),
  }
}

export const roots: Readonly<Record<string, () => Tree>> = {
  'alpine-base': alpineBase,
  'alpine-container': alpineContainer,
  certifi,
  'debian-host': debianHost,
  java,
  macos,
  rhel,
}

export function makeRoot(name: string, folder: string): void {
  for (const [path, content] of Object.entries(roots[name]!())) {
    const target = join(folder, path)
    mkdirSync(dirname(target), { recursive: true })
    if (typeof content === 'string' && content.startsWith('→')) symlinkSync(content.slice(1), target)
    else writeFileSync(target, content)
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [folder = 'roots'] = process.argv.slice(2)
  for (const name of Object.keys(roots)) makeRoot(name, join(folder, name))
}
