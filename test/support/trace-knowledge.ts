/** A small set of facts for the tests of the trace: real names, root sets of three, no data files read. */

import type { BaseImage, BaseStore, KnownRoot, Release, StoreLayout } from '../../src/knowledge/types.ts'
import { isUnknown, type Maybe, unknown } from '../../src/model.ts'
import type { TraceKnowledge } from '../../src/trace/knowledge.ts'
import { certificates } from './trace-certificates.ts'

const roots: KnownRoot[] = certificates.slice(0, 6).map((certificate, index) => ({
  index,
  sha256: certificate.sha256,
  name: certificate.name,
  labels: [certificate.name],
  file: `${certificate.name.replace(/[ /,]/g, '_')}.crt`,
  subject: `CN=${certificate.name}`,
  serial: '01',
  notBefore: certificate.notBefore,
  notAfter: certificate.notAfter,
  key: 'EC prime256v1',
  events: [],
}))

function release(id: string, indexes: readonly number[] | null): Release {
  const [family = '', version = ''] = id.split(' ')
  return {
    id,
    family,
    package: 'ca-certificates',
    version,
    date: null,
    mozilla: null,
    roots: indexes,
    certainty: 'exact',
    source: 'made for a test',
  }
}

/** Old ones hold AddTrust (0), new ones a newer root (4). */
export const OLD = [0, 1, 2, 3]
export const NEW = [1, 2, 3, 4]

const debianOld = release('debian/ca-certificates 2019', OLD)
const layouts: Record<string, StoreLayout> = {
  debian: {
    family: 'debian',
    bundle: '/etc/ssl/certs/ca-certificates.crt',
    aliases: [],
    package: 'ca-certificates',
    tool: 'update-ca-certificates',
    conf: '/etc/ca-certificates.conf',
    packaged: '/usr/share/ca-certificates',
    anchors: ['/usr/local/share/ca-certificates'],
    source: 'test',
  },
  alpine: {
    family: 'alpine',
    bundle: '/etc/ssl/certs/ca-certificates.crt',
    aliases: ['/etc/ssl/cert.pem'],
    package: 'ca-certificates',
    tool: 'update-ca-certificates',
    conf: '/etc/ca-certificates.conf',
    packaged: '/usr/share/ca-certificates',
    anchors: ['/usr/local/share/ca-certificates'],
    source: 'test',
  },
  centos: {
    family: 'rhel',
    bundle: '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
    aliases: ['/etc/pki/tls/cert.pem', '/etc/pki/tls/certs/ca-bundle.crt'],
    package: 'ca-certificates',
    tool: 'update-ca-trust',
    conf: null,
    packaged: '/usr/share/pki/ca-trust-source',
    anchors: ['/etc/pki/ca-trust/source/anchors'],
    source: 'test',
  },
}
layouts.ubuntu = layouts.debian!
layouts.arch = {
  ...layouts.centos!,
  family: 'arch',
  bundle: '/etc/ca-certificates/extracted/tls-ca-bundle.pem',
  aliases: ['/etc/ssl/cert.pem', '/etc/ssl/certs/ca-certificates.crt'],
  packaged: '/usr/share/ca-certificates/trust-source',
  anchors: ['/etc/ca-certificates/trust-source/anchors'],
}

interface Row {
  readonly os: string
  readonly version: string | null
  readonly stores: Maybe<readonly BaseStore[]>
  readonly tool?: boolean
  readonly packages?: readonly string[]
  readonly until?: string
}

const bundle = (path: string, aliases: readonly string[], held: Release): BaseStore => ({
  path,
  aliases,
  release: held,
  source: 'test',
})

const images: Record<string, Row> = {
  'alpine:3.6': { os: 'alpine', version: '3.6', stores: [], tool: false },
  'alpine:3.11': {
    os: 'alpine',
    version: '3.11',
    stores: [bundle('/etc/ssl/cert.pem', [], release('alpine/base 3.11', OLD))],
    tool: false,
    until: '2021-11-24',
  },
  'alpine:3.20': {
    os: 'alpine',
    version: '3.20',
    stores: [
      bundle('/etc/ssl/certs/ca-certificates.crt', ['/etc/ssl/cert.pem'], release('alpine/base 3.20', NEW)),
    ],
    tool: false,
  },
  'debian:12': { os: 'debian', version: '12', stores: [], tool: false },
  'debian:12-slim': { os: 'debian', version: '12', stores: [], tool: false },
  'ubuntu:22.04': { os: 'ubuntu', version: '22.04', stores: [], tool: false },
  'centos:7': {
    os: 'centos',
    version: '7',
    stores: [
      bundle(layouts.centos!.bundle, layouts.centos!.aliases, release('centos/ca-certificates 2019', OLD)),
    ],
    tool: true,
    packages: ['ca-certificates'],
    until: '2020-11-01',
  },
  'archlinux:latest': {
    os: 'arch',
    version: null,
    stores: [bundle(layouts.arch!.bundle, layouts.arch!.aliases, release('arch/ca-certificates 2019', OLD))],
    tool: true,
    packages: ['ca-certificates', 'ca-certificates-mozilla'],
  },
  'sentry:9.1.2': {
    os: 'debian',
    version: '9',
    stores: [bundle('/etc/ssl/certs/ca-certificates.crt', [], debianOld)],
    tool: true,
    packages: ['ca-certificates'],
    until: '2020-10-21',
  },
  'node:14-slim': { os: 'debian', version: '10', stores: unknown('nobody traced it') },
}

const newest: Record<string, Release> = {
  alpine: release('alpine/ca-certificates new', NEW),
  debian: release('debian/ca-certificates new', NEW),
  ubuntu: release('ubuntu/ca-certificates new', NEW),
  centos: release('centos/ca-certificates new', NEW),
  arch: release('arch/ca-certificates new', NEW),
}

export function tableKnowledge(): TraceKnowledge {
  return {
    lookupImage(reference) {
      const name = reference.replace(/^docker\.io\/(library\/)?/, '')
      const row = images[name.includes(':') ? name : `${name}:latest`]
      if (!row) return unknown(`${reference} is not in the facts`)
      const [repo = '', tag = ''] = name.split(':')
      const image: BaseImage = {
        repo,
        tag,
        distribution: { id: row.os, version: row.version },
        os: 'linux',
        until: row.until ?? null,
        baseUntil: null,
        from: null,
        stores: row.stores,
        tool: row.tool ?? (isUnknown(row.stores) ? row.stores : false),
        packages: row.packages ?? [],
      }
      return image
    },
    newestRelease: distribution => newest[distribution] ?? null,
    rootByIndex: index => roots[index]!,
    rootBySha256: sha256 => roots.find(root => root.sha256 === sha256) ?? null,
    rootDer: index => certificates[index]!.der,
    storeLayout: distribution => layouts[distribution] ?? null,
    endOfLife: () => null,
  }
}
