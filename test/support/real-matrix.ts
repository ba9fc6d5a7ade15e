/** All real clients that can be asked here, by group; a group that can't be had says why. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { hasTool, isRoot } from './chroot.ts'
import { denoClient, moreOfDebian } from './more-clients.ts'
import {
  alpineClients,
  debianClients,
  goClient,
  javaClient,
  nodeClient,
  nssClient,
  type RealClient,
} from './real-clients.ts'

export interface ClientGroup {
  readonly name: string
  /** Why it can't be asked here; null: it can. */
  readonly missing: string | null
  /** Takes minutes to make ready: asked only where all cases are. */
  readonly slow?: true
  clients(): Promise<readonly RealClient[]>
}

const images = fileURLToPath(new URL('../../../shared/images/', import.meta.url))
const nodes = [
  '0.10.48',
  '0.12.18',
  '6.17.1',
  '8.17.0',
  '10.24.1',
  '12.22.12',
  '16.20.2',
  '20.19.0',
  '24.0.0',
]

function alpine(release: string, library: string, version: string): ClientGroup {
  const archive = `${images}alpine-minirootfs-${release}-x86_64.tar.gz`
  const missing = !isRoot
    ? 'chroot needs root'
    : existsSync(archive)
      ? null
      : 'its root filesystem is not here'
  return {
    name: `alpine ${release}`,
    missing,
    clients: async () => alpineClients(archive, release, [library, version]),
  }
}

function inDebian(name: string, clients: () => Promise<readonly RealClient[]>): ClientGroup {
  const missing = !isRoot ? 'chroot needs root' : hasTool('debootstrap') ? null : 'debootstrap is missing'
  return { name, missing, clients }
}

const one = async (client: Promise<RealClient | null>) => [await client].filter(each => each !== null)

export const clientGroups: readonly ClientGroup[] = [
  alpine('3.8.5', 'LibreSSL', '2.7.5'),
  alpine('3.11.13', 'OpenSSL', '1.1.1l'),
  alpine('3.20.3', 'OpenSSL', '3.3.2'),
  ...['bullseye', 'bookworm', 'trixie'].map(suite => inDebian(`debian ${suite}`, () => debianClients(suite))),
  ...nodes.map(version => ({
    name: `node ${version}`,
    missing: hasTool('npm') ? null : 'npm is missing',
    clients: () => one(nodeClient(version)),
  })),
  { name: 'go', missing: hasTool('go') ? null : 'go is missing', clients: () => one(goClient()) },
  { name: 'java', missing: hasTool('javac') ? null : 'javac is missing', clients: () => one(javaClient()) },
  inDebian('nss', () => one(nssClient('bookworm'))),
  {
    name: 'deno',
    missing: hasTool('npm') ? null : 'npm is missing',
    slow: true,
    clients: () => one(denoClient()),
  },
  ...['bookworm', 'trixie', 'sid'].map(suite => ({
    ...inDebian(`more of debian ${suite}`, () => moreOfDebian(suite)),
    slow: true as const,
  })),
]
