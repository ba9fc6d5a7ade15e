import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type BuildContext, clampPath, diskContext, memoryContext } from '../../src/dockerfile/context.ts'

let folder = ''
let context: BuildContext

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'context-'))
  const root = join(folder, 'root')
  mkdirSync(join(root, 'certs'), { recursive: true })
  writeFileSync(join(folder, 'secret'), 'outside')
  writeFileSync(join(root, 'certs', 'a.crt'), 'inside')
  writeFileSync(join(root, 'large'), Buffer.alloc(1024 * 1024 + 1))
  symlinkSync('certs/a.crt', join(root, 'good'))
  symlinkSync('../secret', join(root, 'bad'))
  symlinkSync('/etc', join(root, 'etc'))
  symlinkSync('loop', join(root, 'loop'))
  execFileSync('mkfifo', [join(root, 'pipe')])
  context = diskContext(root)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const text = (path: string): string => {
  const file = context.read(path)
  return file.kind === 'file' ? Buffer.from(file.bytes).toString() : file.kind
}

describe('a build context on disk', () => {
  it('gives regular files, links inside it followed', () => {
    expect(text('certs/a.crt')).toBe('inside')
    expect(text('/certs/a.crt')).toBe('inside')
    expect(text('good')).toBe('inside')
    expect(context.list('certs')).toEqual(['a.crt'])
  })

  it('clamps paths, as BuildKit does', () => {
    expect(clampPath('../../certs/./x/../a.crt')).toBe('certs/a.crt')
    expect(text('../../certs/a.crt')).toBe('inside')
    expect(text('../secret')).toBe('absent')
  })

  it('follows no link out of it', () => {
    expect(context.read('bad')).toEqual({ kind: 'refused', why: 'it is a link out of the build context' })
    expect(context.read('etc/passwd')).toMatchObject({ kind: 'refused' })
    expect(context.list('etc')).toBeNull()
  })

  it('opens no pipe, no large file, no loop', () => {
    expect(text('pipe')).toBe('refused')
    expect(text('large')).toBe('refused')
    expect(text('loop')).toBe('absent')
    expect(text('certs')).toBe('folder')
    expect(text('a\0b')).toBe('absent')
    expect(text('a'.repeat(300))).toBe('absent')
    expect(diskContext(join(folder, 'nowhere')).read('a')).toEqual({ kind: 'absent' })
  })

  it('is the same in memory', () => {
    const memory = memoryContext({ 'certs/a.crt': 'inside' })
    expect(memory.read('../certs/a.crt')).toMatchObject({ kind: 'file' })
    expect(memory.read('certs')).toEqual({ kind: 'folder' })
    expect(memory.read('nothing')).toEqual({ kind: 'absent' })
    expect(memory.list('')).toEqual(['certs'])
  })
})
