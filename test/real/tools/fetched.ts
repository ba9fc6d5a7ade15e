/** Validators that are too heavy for the project's own tree: fetched into a temporary folder by npm or pip. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Fetched {
  /** The folder that holds `node_modules` or `bin`. */
  readonly folder: string
  /** Why they are not there; empty where they are. */
  readonly why: string
  remove(): void
}

/** @param packages exact versions: `ajv@8.20.0` */
export function fromNpm(...packages: readonly string[]): Fetched {
  return fetch(folder => {
    writeFileSync(join(folder, 'package.json'), '{ "private": true }')
    execFileSync(
      'npm',
      ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--legacy-peer-deps', ...packages],
      { cwd: folder, stdio: 'pipe', timeout: 300_000 },
    )
  }, packages)
}

/** @param packages exact versions: `junitparser==5.0.3` */
export function fromPip(...packages: readonly string[]): Fetched {
  return fetch(folder => {
    execFileSync('python3', ['-m', 'venv', folder], { stdio: 'pipe', timeout: 120_000 })
    execFileSync(join(folder, 'bin/pip'), ['install', '--quiet', ...packages], {
      stdio: 'pipe',
      timeout: 300_000,
    })
  }, packages)
}

function fetch(install: (folder: string) => void, packages: readonly string[]): Fetched {
  const folder = mkdtempSync(join(tmpdir(), 'imgtrust-tools-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  try {
    install(folder)
    return { folder, why: '', remove }
  } catch {
    remove()
    return { folder, why: `${packages.join(', ')} could not be fetched`, remove: () => {} }
  }
}
