/**
 * A server's ten certificates (itself, eight authorities one under the other, the topmost signed by a root that has a
 * cross-signed twin) and an image with eight TLS programs and a store of some 140 roots.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { rootCertificates } from 'node:tls'
import { makeElf } from '../../test/support/elf.ts'
import { buildImage, writeOciDir } from '../../test/support/image.ts'
import { type Issued, issue, keyOf } from '../../test/support/pki.ts'

const AUTHORITIES = 8
/** Days. */
const long = { from: -400, to: 4000 }

export interface VerifySet {
  readonly chain: string
  /** The folder of an OCI layout. */
  readonly image: string
  readonly host: string
}

export async function verifySet(work: string): Promise<VerifySet> {
  const folder = join(work, 'verify')
  const set = { chain: join(folder, 'chain.pem'), image: join(folder, 'image'), host: 'shop.example.com' }
  if (existsSync(join(set.image, 'index.json'))) return set
  mkdirSync(set.image, { recursive: true })
  const old = issue({ subject: 'Old Root', key: keyOf('old'), ca: true, ...long, to: -100 })
  const root = issue({ subject: 'New Root', key: keyOf('new'), ca: true, ...long })
  const cross = issue({ subject: 'New Root', key: keyOf('new'), by: old, ca: true, ...long, to: -100 })
  const sent: Issued[] = [cross]
  let above = root
  for (let index = 1; index <= AUTHORITIES; index++) {
    above = issue({
      subject: `Authority ${index}`,
      key: keyOf(`authority ${index}`),
      by: above,
      ca: true,
      ...long,
    })
    sent.unshift(above)
  }
  const names = [`DNS:${set.host}`]
  sent.unshift(
    issue({
      subject: set.host,
      key: keyOf('leaf'),
      by: above,
      names,
      purposes: ['server'],
      from: -10,
      to: 3000,
    }),
  )
  writeFileSync(set.chain, sent.map(({ pem }) => pem).join(''))

  const openssl = makeElf({ needed: ['libssl.so.1.1'] })
  const files = {
    'etc/os-release': 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.8.5\n',
    'etc/ssl/cert.pem': [old.pem, root.pem, ...rootCertificates].join('\n'),
    'bin/busybox': makeElf({ needed: [], text: ['BusyBox v1.28.4'] }),
    'usr/bin/ssl_client': makeElf({ needed: ['libssl.so.45'] }),
    'lib/libssl.so.45': makeElf({ needed: [], text: ['LibreSSL 2.7.5', '/etc/ssl/cert.pem', '/etc/ssl'] }),
    'lib/libssl.so.1.1': makeElf({
      needed: [],
      text: ['OpenSSL 1.1.1l  24 Aug 2021', 'OPENSSLDIR: "/etc/ssl"', '/etc/ssl/cert.pem'],
    }),
    'usr/bin/git': makeElf({ needed: [] }),
    'usr/lib/git-core/git-remote-https': openssl,
    'usr/bin/ruby': makeElf({ needed: [] }),
    'usr/lib/ruby/2.7.0/openssl.so': openssl,
    ...Object.fromEntries(
      ['sbin/apk', 'usr/bin/curl', 'usr/bin/wget', 'usr/bin/openssl', 'usr/bin/php'].map(path => [
        path,
        openssl,
      ]),
    ),
  }
  await writeOciDir(set.image, [await buildImage({ layers: [{ files }] })])
  return set
}
