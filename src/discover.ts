/** Finds the Dockerfiles that a user means by the paths typed. */
import { lstatSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative, resolve, sep } from 'node:path'
import ignore, { type Ignore } from 'ignore'
import { JobError } from './errors.ts'

// A capital before a dot: `dockerfile.go` is a program's source.
const NAMED =
  /^(?:Dockerfile|Containerfile)(?:\..+)?$|^(?:dockerfile|containerfile)$|\.(?:[Dd]ockerfile|[Cc]ontainerfile)$/

/** Is this the name of a Dockerfile: `Dockerfile`, `Containerfile`, `Dockerfile.dev`, `web.Dockerfile`, …? */
export function isDockerfileName(name: string): boolean {
  return NAMED.test(name) && !/\.dockerignore$/i.test(name)
}

/**
 * @param path as typed: a file (whatever its name), or a folder
 * @returns the paths of the Dockerfiles under it, sorted, as the user would type them; `.gitignore` respected
 * @throws JobError `not-found`, `unsupported` (neither file nor folder)
 */
export function dockerfilesUnder(path: string): string[] {
  const info = statSync(path, { throwIfNoEntry: false })
  if (!info) throw new JobError('not-found', `${path}: no such file or folder; check the path`)
  if (info.isFile()) return [path]
  if (!info.isDirectory())
    throw new JobError('unsupported', `${path}: neither a file nor a folder; name a Dockerfile`)
  const found: string[] = []
  walk(path, ignoresAbove(path), found)
  return found.sort()
}

interface Ignores {
  /** The folder whose .gitignore it is. */
  readonly base: string
  readonly rules: Ignore
}

function walk(folder: string, above: readonly Ignores[], found: string[]): void {
  const ignores = [...above, ...ignoresOf(folder)]
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) {
      if (entry.name !== '.git' && !isIgnored(`${path}${sep}`, ignores)) walk(path, ignores, found)
    } else if (entry.isFile() && isDockerfileName(entry.name) && !isIgnored(path, ignores)) {
      found.push(path)
    }
  }
}

/** The .gitignore files between the repository's root and this folder count too; outside a repository none does. */
function ignoresAbove(folder: string): Ignores[] {
  const chain: Ignores[] = []
  let at = resolve(folder)
  while (!lstatSync(join(at, '.git'), { throwIfNoEntry: false })) {
    const parent = resolve(at, '..')
    if (parent === at) return []
    at = parent
    chain.unshift(...ignoresOf(at))
  }
  return chain
}

function ignoresOf(folder: string): Ignores[] {
  try {
    return [{ base: resolve(folder), rules: ignore().add(readFileSync(join(folder, '.gitignore'), 'utf8')) }]
  } catch {
    return []
  }
}

function isIgnored(path: string, ignores: readonly Ignores[]): boolean {
  const full = resolve(path) + (path.endsWith(sep) ? sep : '')
  let ignored = false
  for (const { base, rules } of ignores) {
    const inside = relative(base, full).split(sep).join('/') + (full.endsWith(sep) ? '/' : '')
    const verdict = rules.test(inside)
    ignored = verdict.ignored || (ignored && !verdict.unignored)
  }
  return ignored
}
