/** Layers as builders make them: GNU tar's archive of ordinary files, packed by gzip. */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import {
  createReadStream,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import type { OrdinaryFile } from './files.ts'

/** A file that is a blob of an image. */
export interface Blob {
  readonly path: string
  /** `sha256:…` */
  readonly digest: string
  readonly size: number
}

/** A layer in both its forms. */
export interface Layer {
  readonly tar: Blob
  readonly gzip: Blob
}

/**
 * Packs files into `NAME.tar` and `NAME.tar.gz`, once: later runs find them.
 * Files that change or vanish meanwhile are no error: what was packed is what is read.
 */
export async function makeLayer(
  name: string,
  files: () => readonly Pick<OrdinaryFile, 'path'>[],
): Promise<Layer> {
  const tar = `${name}.tar`
  const list = `${name}.list`
  if (!existsSync(`${tar}.gz`)) {
    mkdirSync(dirname(name), { recursive: true })
    writeFileSync(
      list,
      files()
        .map(({ path }) => `${path}\n`)
        .join(''),
    )
    const words = ['--create', '--file', tar, '--owner=0', '--group=0', '--numeric-owner', '--mtime=@0']
    await run('tar', [...words, '--ignore-failed-read', '--no-recursion', '-P', '-T', list], [0, 1])
    await run('sh', ['-c', 'gzip -6 -n -c "$1" > "$1.gz.part"', 'sh', tar])
    renameSync(`${tar}.gz.part`, `${tar}.gz`)
  }
  return { tar: await blobOf(tar), gzip: await blobOf(`${tar}.gz`) }
}

/** The files of a layer that was made. */
export function listed(name: string): { readonly path: string }[] {
  return readFileSync(`${name}.list`, 'utf8')
    .split('\n')
    .flatMap(path => (path === '' ? [] : [{ path }]))
}

/** A file with its digest, which is kept beside it. */
export async function blobOf(path: string): Promise<Blob> {
  const note = `${path}.sha256`
  if (!existsSync(note)) {
    const hash = createHash('sha256')
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk)
    writeFileSync(note, `sha256:${hash.digest('hex')}`)
  }
  return { path, digest: readFileSync(note, 'utf8'), size: statSync(path).size }
}

/** @throws Error where it ends otherwise */
export async function run(command: string, words: readonly string[], statuses = [0]): Promise<void> {
  const child = spawn(command, words, { stdio: ['ignore', 'ignore', 'pipe'] })
  let told = ''
  child.stderr.on('data', (chunk: Buffer) => {
    told = (told + chunk).slice(-500)
  })
  const [status] = (await once(child, 'close')) as [number | null]
  if (!statuses.includes(status ?? -1)) throw new Error(`${command} ended with ${status}: ${told.trim()}`)
}
