/** Ansible and Salt as their users have them, and a system for them to manage: this one, with a root's folders over it. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const cache = join(tmpdir(), 'imgtrust-real')

/** A virtual environment with this package of PyPI, made once; null where it can't be had. */
export function fromPyPI(name: string): string | null {
  const folder = join(cache, `venv-${name}`)
  const done = join(folder, 'imgtrust-done')
  if (existsSync(done)) return folder
  mkdirSync(cache, { recursive: true })
  rmSync(folder, { recursive: true, force: true })
  const steps: readonly (readonly [string, readonly string[]])[] = [
    ['python3', ['-m', 'venv', folder]],
    [join(folder, 'bin/pip'), ['-q', 'install', '--disable-pip-version-check', name]],
  ]
  for (const [program, args] of steps) {
    if (spawnSync(program, args, { timeout: 400_000 }).status === 0) continue
    rmSync(folder, { recursive: true, force: true })
    return null
  }
  // A virtual environment can't be moved: a mark tells that it is whole.
  writeFileSync(`${done}.new`, '')
  renameSync(`${done}.new`, done)
  return folder
}

/** The library cache stays this machine's own: its Python runs. */
const cover = `set -e
root=$1; shift
mount --bind /etc/ld.so.cache "$root/etc/ld.so.cache"
mount --rbind "$root/etc" /etc
for path in usr/share/ca-certificates usr/local/share/ca-certificates usr/sbin/update-ca-certificates; do
  [ ! -e "/$path" ] || mount --bind "$root/$path" "/$path"
done
exec "$@"`

export interface Managed {
  readonly status: number | null
  readonly text: string
}

/** Runs a program of this machine where, for it alone, the trust store's files are those of the root filesystem. */
export function manage(
  root: string,
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Managed {
  const { status, stdout, stderr } = spawnSync('unshare', ['-m', 'sh', '-c', cover, 'sh', root, ...command], {
    encoding: 'utf8',
    env: { HOME: '/root', PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8', ...env },
    timeout: 120_000,
  })
  return { status, text: stdout + stderr }
}
