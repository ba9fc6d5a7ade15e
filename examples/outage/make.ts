/**
 * Makes the two files of this folder: `chain.pem`, what a server with the shape of the outage of 30 May 2020 sends, and
 * `image.tar`, a small Alpine image (as `docker save` writes it) whose trust store still holds the root that ended. The
 * authorities are our own and their keys are thrown away; of the programs and TLS libraries there are stand-ins that
 * load and name what the real ones do.
 *
 *     npx tsx examples/outage/make.ts
 */
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { pack } from 'tar-stream'
import { makeElf } from '../../test/support/elf.ts'
import { type IssueOptions, issue, keyOf } from '../../test/support/pki.ts'

/** Days from now, to the middle of that second. */
const days = (day: string) => (Date.parse(day) + 500 - Date.now()) / 86_400_000
const ended = { from: days('2000-05-30T10:48:38Z'), to: days('2020-05-30T10:48:38Z') }
const good = { from: days('2010-02-01'), to: days('2038-01-18') }
const authority = (options: Omit<IssueOptions, 'ca'>) => issue({ ...options, ca: true })

const old = authority({ subject: 'Old Root', key: keyOf('old'), ...ended })
const fresh = authority({ subject: 'New Root', key: keyOf('new'), ...good })
const cross = authority({ subject: 'New Root', key: keyOf('new'), by: old, ...ended })
const issuing = authority({ subject: 'Issuing CA', key: keyOf('issuing'), by: fresh, ...good })
const leaf = issue({
  subject: 'shop.example.com',
  key: keyOf('leaf'),
  by: issuing,
  names: ['DNS:shop.example.com'],
  purposes: ['server'],
  from: days('2020-01-01'),
  to: days('2021-01-01'),
})

const files: Readonly<Record<string, string | Uint8Array>> = {
  'etc/os-release': 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.8.5\n',
  'etc/ssl/cert.pem': old.pem + fresh.pem,
  'bin/busybox': makeElf({ needed: [], text: ['BusyBox v1.28.4'] }),
  'usr/bin/ssl_client': makeElf({ needed: ['libssl.so.45'] }),
  'lib/libssl.so.45': makeElf({ needed: [], text: ['LibreSSL 2.7.5', '/etc/ssl/cert.pem', '/etc/ssl'] }),
  'usr/bin/curl': makeElf({ needed: ['libssl.so.1.1'] }),
  'lib/libssl.so.1.1': makeElf({
    needed: [],
    text: ['OpenSSL 1.1.1l  24 Aug 2021', 'OPENSSLDIR: "/etc/ssl"', '/etc/ssl/cert.pem'],
  }),
}

async function tar(entries: Readonly<Record<string, string | Uint8Array>>): Promise<Buffer> {
  const archive = pack()
  for (const [name, content] of Object.entries(entries))
    archive.entry({ name, mode: 0o755, mtime: new Date(0) }, Buffer.from(content))
  archive.finalize()
  return buffer(archive)
}

const layer = await tar(files)
const digest = createHash('sha256').update(layer).digest('hex')
const config = JSON.stringify({
  architecture: 'amd64',
  os: 'linux',
  rootfs: { type: 'layers', diff_ids: [`sha256:${digest}`] },
  history: [{ created_by: '/bin/sh -c #(nop) ADD file:alpine-3.8 in / ' }],
})
const manifest = [{ Config: 'config.json', RepoTags: ['shop:latest'], Layers: ['layer.tar'] }]
const image = await tar({
  'layer.tar': layer,
  'config.json': config,
  'manifest.json': JSON.stringify(manifest),
})

writeFileSync(join(import.meta.dirname, 'chain.pem'), leaf.pem + issuing.pem + cross.pem)
writeFileSync(join(import.meta.dirname, 'image.tar'), image)
