/** What the corpus's script does, on repositories made here; and that what it wrote for the project fits together. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lintFile } from '../../scripts/corpus/lint.ts'
import { corpusPage } from '../../scripts/corpus/page.ts'
import { filesOf, repositoriesUnder } from '../../scripts/corpus/repositories.ts'
import { sample } from '../../scripts/corpus/sample.ts'
import { general, type Snapshot, snapshotOf } from '../../scripts/corpus/snapshot.ts'
import { addDays, parseInstant } from '../../src/clock.ts'

const settings = { at: parseInstant('2026-08-16')!, expiringWithin: addDays(0, 90) }
let home = ''

const git = (cwd: string, ...args: string[]): string =>
  execFileSync('git', args, {
    cwd,
    encoding: 'utf8',
    env: {
      PATH: process.env.PATH,
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_AUTHOR_NAME: 'a',
      GIT_AUTHOR_EMAIL: 'a@b',
      GIT_COMMITTER_NAME: 'a',
      GIT_COMMITTER_EMAIL: 'a@b',
    },
  }).trim()

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'imgtrust-corpus-test-'))
  const checkout = join(home, 'checkout')
  mkdirSync(join(checkout, 'web'), { recursive: true })
  writeFileSync(join(checkout, 'Dockerfile'), 'FROM debian:8\n')
  writeFileSync(join(checkout, 'web', 'web.Dockerfile'), 'FROM alpine\nRUN curl -k https://example.com/\n')
  writeFileSync(join(checkout, 'dockerfile.go'), 'package main\n')
  git(checkout, 'init', '-q', '-b', 'main')
  git(checkout, 'add', '.')
  git(checkout, 'commit', '-q', '-m', 'Begin')
  mkdirSync(join(home, 'mirrors', 'owner+name'), { recursive: true })
  git(home, 'clone', '-q', '--bare', checkout, join(home, 'mirrors', 'owner+name', 'repo'))
  git(join(home, 'mirrors', 'owner+name', 'repo'), 'remote', 'remove', 'origin')
  git(checkout, 'remote', 'add', 'origin', 'git@example.com:some/where.git')
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

describe('repositories', () => {
  it('are found as checkouts and bare, with name and commit', () => {
    const commit = git(join(home, 'checkout'), 'rev-parse', 'HEAD')
    const [bare, checkout] = repositoriesUnder(home)
    expect(bare).toMatchObject({ name: 'owner/name', commit, tree: null })
    expect(checkout).toMatchObject({ name: 'some/where', commit, tree: join(home, 'checkout') })
    expect(filesOf(checkout!, join(home, 'out'))).toBe(join(home, 'checkout'))
  })

  it('are checked out beside the mirror where they are bare, once', () => {
    const [bare] = repositoriesUnder(join(home, 'mirrors'))
    const folder = filesOf(bare!, join(home, 'out'))
    expect(readdirSync(folder).sort()).toEqual(['Dockerfile', 'dockerfile.go', 'web'])
    expect(readdirSync(join(home, 'out'))).toHaveLength(1)
    writeFileSync(join(folder, 'mark'), '')
    expect(readdirSync(filesOf(bare!, join(home, 'out')))).toContain('mark')
  })
})

describe('sample', () => {
  const paths = Array.from({ length: 50 }, (_, number) => `p${number}`)

  it('takes all, sorted, where there are not too many', () => {
    expect(sample(['b', 'a'], 2, 's')).toEqual(['a', 'b'])
  })

  it('stays the same when others come, but for those that they push out', () => {
    const before = new Set(sample(paths, 10, 's'))
    const after = sample([...paths, 'new'], 10, 's').filter(path => !before.has(path))
    expect(before.size).toBe(10)
    expect(after.every(path => path === 'new')).toBe(true)
    expect(sample(paths, 10, 'other')).not.toEqual([...before])
  })
})

describe('snapshot', () => {
  it('tells findings by rule and place, bases, and what is refused', async () => {
    const write = (name: string, text: string) => {
      writeFileSync(join(home, name), text)
      return join(home, name)
    }
    const texts = {
      old: 'FROM debian:8\n',
      private: 'FROM example.com/a/b:1 AS x\nFROM x\nFROM $NOTHING\n',
      template: '{{ from }}\n',
      digest: `FROM debian@sha256:${'0'.repeat(64)}\nFROM debian:no-such-tag\nFROM scratch\n`,
    }
    const linted = await Promise.all(
      Object.entries(texts).map(async ([name, text]) => ({
        file: `o/r/${name}`,
        repository: 'o/r',
        result: await lintFile(write(name, text), settings),
      })),
    )
    const snapshot = snapshotOf(linted, {
      at: '2026-08-16',
      knowledge: '2026-08-16',
      seconds: 1,
      peakMegabytes: 2,
    })
    expect(snapshot).toMatchObject({
      repositories: 1,
      files: 4,
      withFindings: 1,
      crashed: [],
      findings: { 'end-of-life-base-image': { warning: { 'o/r': ['old:1'] } } },
      bases: { known: 1, unknown: 0, 'no tag': 1, windows: 0, digest: 1, other: 1, unresolved: 1 },
      unseenTags: { 'debian:no-such-tag': 1 },
    })
    expect(Object.values(snapshot.refused)).toEqual([1])
  })

  it('calls messages that differ by names alone the same', () => {
    expect(general('a/Dockerfile:3: unknown instruction FOO')).toBe(
      general('b/Dockerfile:12: unknown instruction FOO'),
    )
    expect(general('ghcr.io/a/b:1 is not official')).toBe(general('quay.io/c is not official'))
    expect(general('x may bring it along')).not.toBe(general('y may take it away'))
  })
})

describe('the corpus of the project', () => {
  const read = <T>(name: string): T => JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8')) as T
  const snapshot = read<Snapshot>('snapshot.json')
  const entries =
    read<{ repository: string; commit: string; dockerfiles: number; linted: number }[]>('repositories.json')

  it('names its repositories and commits', () => {
    expect(entries.map(({ repository }) => repository)).toEqual(
      entries.map(({ repository }) => repository).sort(),
    )
    for (const { commit, linted, dockerfiles } of entries) {
      expect(commit).toMatch(/^[0-9a-f]{40}$/)
      expect(linted).toBeLessThanOrEqual(dockerfiles)
    }
    expect(entries.reduce((sum, { linted }) => sum + linted, 0)).toBe(snapshot.files)
  })

  it('is of 5,000 files or more, and none made it crash', () => {
    expect(snapshot.files).toBeGreaterThanOrEqual(5000)
    expect(snapshot.crashed).toEqual([])
  })

  it('has the page that belongs to it', () => {
    expect(readFileSync(new URL('../../docs/corpus.md', import.meta.url), 'utf8')).toBe(corpusPage(snapshot))
  })
})
