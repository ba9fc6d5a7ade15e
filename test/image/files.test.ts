import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readSmallFile } from '../../src/image/files.ts'

const folder = mkdtempSync(join(tmpdir(), 'imgtrust-files-'))
afterAll(() => rmSync(folder, { recursive: true }))
const path = (name: string) => join(folder, name)
writeFileSync(path('whole'), 'ten bytes!')
writeFileSync(path('empty'), '')
symlinkSync('whole', path('link'))
execFileSync('mkfifo', [path('fifo')])

const read = (name: string, most = 10) => readSmallFile(path(name), name, most).toString()

describe('a small file', () => {
  it('is read whole', () => {
    expect(read('whole')).toBe('ten bytes!')
    expect(read('empty')).toBe('')
  })

  it.each([
    ['none', 10, 'not-found', 'none is not there'],
    ['whole/below', 10, 'not-found', 'whole/below is not there'],
    ['whole', 9, 'limit', 'whole has 10 bytes, more than 9'],
    ['link', 10, 'unreadable', 'link is a link, which is not followed'],
    ['fifo', 10, 'unreadable', 'fifo is no regular file'],
    ['.', 10, 'unreadable', '. is no regular file'],
  ])('%s of at most %i bytes: %s', (name, most, code, message) => {
    expect(() => read(name, most)).toThrow(expect.objectContaining({ name: 'JobError', code, message }))
  })
})
