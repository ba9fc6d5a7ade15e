/** The repositories of the corpus: found in folders, named by owner, name and commit, checked out where they are bare. */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'

export interface Repository {
  /** `owner/name` where its remote or its folder tells it, else the folder's name. */
  readonly name: string
  /** The full id of the commit that is checked out (or that HEAD names). */
  readonly commit: string
  /** The folder with the files; null for a bare repository. */
  readonly tree: string | null
  readonly gitDir: string
}

/** Folders between the one that is named and a repository: `mirrors/owner+name/repo/.git`. */
const DEPTH = 3

/**
 * The repositories in a folder, itself among them, sorted by name.
 * A folder is a checkout where it has `.git` and files beside it; it is bare where it has `HEAD` and `objects`.
 */
export function repositoriesUnder(folder: string): Repository[] {
  const found: Repository[] = []
  look(resolve(folder), DEPTH, found)
  return found.sort((a, b) => (a.name < b.name ? -1 : 1))
}

function look(folder: string, depth: number, found: Repository[]): void {
  const own = repositoryAt(folder)
  if (own) {
    found.push(own)
    return
  }
  if (depth === 0) return
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) look(join(folder, entry.name), depth - 1, found)
}

function repositoryAt(folder: string): Repository | null {
  const inside = join(folder, '.git')
  const bare = isGitDir(folder)
  if (!bare && !existsSync(inside)) return null
  const gitDir = bare ? folder : inside
  const commit = git(gitDir, ['rev-parse', '--verify', '-q', 'HEAD^{commit}'])
  if (commit === null) return null
  const files = bare ? [] : readdirSync(folder).filter(name => name !== '.git')
  return { name: nameOf(folder, gitDir), commit, tree: files.length > 0 ? folder : null, gitDir }
}

function isGitDir(folder: string): boolean {
  return (
    existsSync(join(folder, 'HEAD')) &&
    statSync(join(folder, 'objects'), { throwIfNoEntry: false })?.isDirectory() === true
  )
}

/** From the remote's address, else from a folder called `owner+name`, else the folder's own name. */
function nameOf(folder: string, gitDir: string): string {
  const remote = git(gitDir, ['config', '--get', 'remote.origin.url'])
  const told = remote && /[:/]([^:/]+\/[^/]+?)(?:\.git)?\/?$/.exec(remote)?.[1]
  if (told) return told
  const parts = folder.split('/').slice(-3).reverse()
  const joined = parts.find(part => /^[\w.-]+\+[\w.-]+$/.test(part))
  return joined
    ? joined.replace('+', '/')
    : basename(folder === gitDir ? folder.replace(/\.git$/, '') : folder)
}

/**
 * The folder with a repository's files: its own, or a checkout of its commit under `into`, made where it is missing.
 * Neither hooks nor filters run; what the repository lacks (a partial copy) is left out.
 */
export function filesOf(repository: Repository, into: string): string {
  if (repository.tree) return repository.tree
  const folder = join(into, `${repository.name.replace('/', '+')}@${repository.commit.slice(0, 12)}`)
  if (existsSync(folder)) return folder
  const part = `${folder}.part`
  rmSync(part, { recursive: true, force: true })
  mkdirSync(part, { recursive: true })
  const index = `${folder}.index`
  const run = (...args: string[]) =>
    spawnSync('git', [`--git-dir=${repository.gitDir}`, `--work-tree=${part}`, ...args], {
      env: { ...plainGit(), GIT_INDEX_FILE: index },
      stdio: ['ignore', 'ignore', 'ignore'],
    })
  run('read-tree', repository.commit)
  run('checkout-index', '--all', '--force', '--quiet')
  rmSync(index, { force: true })
  mkdirSync(dirname(folder), { recursive: true })
  renameSync(part, folder)
  return folder
}

/** What git says, or null where it fails. */
function git(gitDir: string, args: readonly string[]): string | null {
  try {
    return execFileSync('git', [`--git-dir=${gitDir}`, ...args], {
      env: plainGit(),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  } catch {
    return null
  }
}

/** An environment in which git reads no configuration but the repository's own. */
function plainGit(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null', LC_ALL: 'C' }
}
