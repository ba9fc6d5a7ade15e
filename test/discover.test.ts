import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { dockerfilesUnder, isDockerfileName } from '../src/discover.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'imgtrust-discover-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function put(...paths: string[]): void {
  for (const path of paths) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), 'FROM scratch\n')
  }
}

const found = (under = '') => dockerfilesUnder(join(folder, under)).map(path => path.slice(folder.length + 1))

describe('names', () => {
  it.each([
    'Dockerfile',
    'Containerfile',
    'Dockerfile.dev',
    'web.Dockerfile',
    'web.Containerfile',
    'dockerfile',
    'a.dockerfile',
  ])('%s is a Dockerfile', name => expect(isDockerfileName(name)).toBe(true))
  it.each([
    'Dockerfile.dockerignore',
    'MyDockerfile',
    'Dockerfiles',
    'compose.yaml',
    'Dockerfile-dev',
    'dockerfile.go',
  ])('%s is none', name => expect(isDockerfileName(name)).toBe(false))
})

describe('a folder', () => {
  it('gives every Dockerfile under it, sorted, and nothing of .git', () => {
    put('b/Dockerfile', 'a/x.Containerfile', 'Dockerfile', '.git/Dockerfile', 'README.md')
    expect(found()).toEqual(['Dockerfile', 'a/x.Containerfile', 'b/Dockerfile'])
  })

  it('follows no link', () => {
    put('real/Dockerfile')
    symlinkSync(join(folder, 'real'), join(folder, 'loop'))
    expect(found()).toEqual(['real/Dockerfile'])
  })

  it('respects .gitignore as git does', () => {
    execFileSync('git', ['init', '-q', folder])
    put(
      'Dockerfile',
      'build/Dockerfile',
      'keep/out/Dockerfile',
      'keep/Dockerfile.tmp',
      'keep/again/Dockerfile.tmp',
    )
    writeFileSync(join(folder, '.gitignore'), 'build/\n*.tmp\n')
    writeFileSync(join(folder, 'keep/again/.gitignore'), '!Dockerfile.tmp\n')
    const git = execFileSync('git', ['-C', folder, 'ls-files', '-o', '--exclude-standard'], {
      encoding: 'utf8',
    })
    const expected = git.split('\n').filter(path => isDockerfileName(path.split('/').at(-1) ?? ''))
    expect(found()).toEqual(expected.sort())
    expect(found('keep')).toEqual(['keep/again/Dockerfile.tmp', 'keep/out/Dockerfile'])
  })
})

it('a path that is not there is an error that names it', () => {
  expect(() => dockerfilesUnder(join(folder, 'nowhere'))).toThrow(/nowhere: no such file or folder/)
})

it('a file is taken whatever its name', () => {
  put('strange.txt')
  expect(found('strange.txt')).toEqual(['strange.txt'])
})
