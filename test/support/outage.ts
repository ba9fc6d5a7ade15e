import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeElf } from './elf.ts'
import { issue, keyOf } from './pki.ts'

/**
 * The shape of the outage of 30 May 2020 in certificates of our own: `old` has ended, had cross-signed `fresh`, and the
 * server still sends that cross certificate. Days count from now.
 */
export function outage(host = 'www.example.com') {
  const [oldKey, freshKey, interKey, leafKey] = ['old', 'fresh', 'inter', 'leaf'].map(name => keyOf(name))
  const ended = { from: -3000, to: -10 }
  const good = { from: -300, to: 3000 }
  const old = issue({ subject: 'Old Root', key: oldKey!, ca: true, ...ended })
  const fresh = issue({ subject: 'New Root', key: freshKey!, ca: true, ...good })
  const cross = issue({ subject: 'New Root', key: freshKey!, by: old, ca: true, ...ended })
  const inter = issue({ subject: 'Issuing CA', key: interKey!, by: fresh, ca: true, ...good })
  const leaf = issue({
    subject: host,
    key: leafKey!,
    by: inter,
    names: [`DNS:${host}`],
    purposes: ['server'],
    from: -20,
    to: 200,
  })
  return { old, fresh, cross, inter, leaf }
}

/** A root filesystem of Alpine's shape: stand-ins for programs that load and name what the real ones do. */
export function writeRoot(folder: string, store: string): void {
  const files: Record<string, string | Uint8Array> = {
    'etc/os-release': 'ID=alpine\nVERSION_ID=3.8.5\n',
    'etc/ssl/cert.pem': store,
    'bin/busybox': makeElf({ needed: [], text: ['BusyBox v1.28.4'] }),
    'usr/bin/ssl_client': makeElf({ needed: ['libssl.so.45'] }),
    'usr/bin/curl': makeElf({ needed: ['libssl.so.1.1'] }),
    'lib/libssl.so.45': makeElf({ needed: [], text: ['LibreSSL 2.7.5', '/etc/ssl/cert.pem', '/etc/ssl'] }),
    'lib/libssl.so.1.1': makeElf({
      needed: [],
      text: ['OpenSSL 1.1.1l  24 Aug 2021', 'OPENSSLDIR: "/etc/ssl"', '/etc/ssl/cert.pem'],
    }),
  }
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
}
