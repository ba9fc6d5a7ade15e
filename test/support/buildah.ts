/** A store of images of its own for `buildah`: builds run in a chroot, nothing is pulled. */

import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { runBuildah } from './program.ts'

export class Buildah {
  readonly #work: string
  readonly #driver: string

  /** @param work an empty folder; {@link remove} takes it away */
  constructor(work: string) {
    this.#work = work
    this.#driver = overlayWorks(work) ? 'overlay' : 'vfs'
  }

  /** An image of one layer: a root filesystem's archive or folder, under the name that FROM uses. */
  base(reference: string, root: string): void {
    const container = this.#run('from', 'scratch')
    this.#run('add', container, root, '/')
    this.#run('config', '--cmd', '/bin/sh', '--env', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin', container)
    this.#run('commit', '-q', container, reference)
    this.#run('rm', container)
  }

  /** Builds a Dockerfile and hands out the folder of what it made. @throws Error with the last words of the build */
  built<T>(dockerfile: string, context: string, look: (folder: string) => T): T {
    const file = join(this.#work, 'Dockerfile')
    writeFileSync(file, dockerfile)
    this.#run('build', '-q', '--isolation', 'chroot', '--pull=never', '-t', 'built', '-f', file, context)
    const container = this.#run('from', '--pull=never', 'built')
    try {
      return look(this.#run('mount', container))
    } finally {
      this.#run('umount', container)
      this.#run('rm', container)
    }
  }

  remove(): void {
    spawnSync('buildah', [...this.#storage, 'umount', '--all'])
    rmSync(this.#work, { recursive: true, force: true })
  }

  get #storage(): string[] {
    const at = (name: string) => join(this.#work, name)
    return ['--root', at('root'), '--runroot', at('run'), '--storage-driver', this.#driver]
  }

  #run(...args: string[]): string {
    const done = runBuildah([...this.#storage, ...args], {
      encoding: 'utf8',
      maxBuffer: 64 << 20,
      env: { ...process.env, BUILDAH_ISOLATION: 'chroot' },
    })
    if (done.status !== 0)
      throw new Error(`buildah ${args[0]}: ${done.stdout.slice(-1500)}${done.stderr.slice(-1500)}`)
    return done.stdout.trim()
  }
}

/** The overlay driver is many times faster than vfs, where the kernel lets it mount. */
function overlayWorks(work: string): boolean {
  const folders = ['lower', 'upper', 'scratch', 'merged'].map(name => join(work, name))
  for (const folder of folders) mkdirSync(folder)
  const [lower, upper, scratch, merged] = folders
  const options = `lowerdir=${lower},upperdir=${upper},workdir=${scratch}`
  const done = spawnSync('mount', ['-t', 'overlay', 'overlay', '-o', options, merged!])
  if (done.status === 0) spawnSync('umount', [merged!])
  return done.status === 0
}

/** Fingerprints of a bundle inside a root, as openssl reads it, sorted; null where it is not there. */
export function bundleOf(root: string, path: string): string[] | null {
  const link = spawnSync('readlink', [join(root, path)], { encoding: 'utf8' }).stdout.trim()
  const file = join(root, link === '' ? path : resolve('/', path, '..', link))
  if (!existsSync(file)) return null
  if (statSync(file).size === 0) return []
  const pkcs7 = execFileSync('openssl', ['crl2pkcs7', '-nocrl', '-certfile', file], { maxBuffer: 64 << 20 })
  const pem = execFileSync('openssl', ['pkcs7', '-print_certs'], {
    input: pkcs7,
    maxBuffer: 64 << 20,
  }).toString()
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  const der = (block: string) => Buffer.from(block.replace(/-----[A-Z ]+-----/g, ''), 'base64')
  return [...new Set(blocks.map(block => createHash('sha256').update(der(block)).digest('hex')))].sort()
}
