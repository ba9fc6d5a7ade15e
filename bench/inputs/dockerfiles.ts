/** Dockerfiles of public repositories that lie on this machine: copied out of git, so that every linter sees the same. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { repositoriesUnder } from '../../scripts/corpus/repositories.ts'
import { byChance } from '../../scripts/corpus/sample.ts'
import { isDockerfileName } from '../../src/discover.ts'
import type { Bench } from '../row.ts'

/** Of one repository; else a few that generate theirs would be most of it. */
const MOST = 150

/**
 * A folder with so many different Dockerfiles, each in a folder of its own, numbered; made once.
 * @returns null where there are fewer and none were made before
 */
export function dockerfiles(bench: Bench, count: number): string | null {
  const folder = join(bench.work, `dockerfiles-${count}`)
  if (existsSync(folder)) return folder
  const texts = new Map<string, Buffer>()
  for (const { gitDir, name } of bench.corpus.flatMap(repositoriesUnder)) {
    bench.say(`input: Dockerfiles of ${name}`)
    for (const text of dockerfilesOf(gitDir)) texts.set(createHash('sha256').update(text).digest('hex'), text)
  }
  if (texts.size < count) return null
  const part = `${folder}.part`
  rmSync(part, { recursive: true, force: true })
  byChance([...texts.keys()], 'bench')
    .slice(0, count)
    .forEach((key, index) => {
      const at = join(part, String(index).padStart(5, '0'))
      mkdirSync(at, { recursive: true })
      writeFileSync(join(at, 'Dockerfile'), texts.get(key)!)
    })
  renameSync(part, folder)
  return folder
}

/** The first so many files of such a folder. */
export function firstOf(folder: string, count: number): string[] {
  return readdirSync(folder)
    .sort()
    .slice(0, count)
    .map(name => join(folder, name, 'Dockerfile'))
}

function dockerfilesOf(gitDir: string): Buffer[] {
  const git = (words: readonly string[], input = '') =>
    execFileSync('git', [`--git-dir=${gitDir}`, ...words], {
      input,
      maxBuffer: 1 << 30,
      env: {
        PATH: process.env.PATH,
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_CONFIG_GLOBAL: '/dev/null',
        GIT_NO_LAZY_FETCH: '1',
      },
      stdio: ['pipe', 'pipe', 'ignore'],
    })
  const entries = git(['ls-tree', '-r', '-z', 'HEAD']).toString('utf8').split('\0')
  const ids = entries.flatMap(entry => {
    const match = /^100\d+ blob ([0-9a-f]+)\t(.+)$/s.exec(entry)
    return match && isDockerfileName(basename(match[2]!)) ? [match[1]!] : []
  })
  const wanted = byChance([...new Set(ids)], 'bench').slice(0, MOST)
  const answer = git(['cat-file', '--batch'], wanted.map(id => `${id}\n`).join(''))
  const texts: Buffer[] = []
  for (let at = 0; at < answer.length; ) {
    const end = answer.indexOf('\n', at)
    const size = /^\S+ blob (\d+)$/.exec(answer.toString('utf8', at, end))?.[1]
    at = end + 1
    if (size === undefined) continue
    texts.push(answer.subarray(at, at + Number(size)))
    at += Number(size) + 1
  }
  return texts
}
