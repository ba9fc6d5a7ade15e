import type { ImageTree } from '../image/facts.ts'
import type { Distribution } from '../model.ts'

/** Files that say which distribution this is; they are kept whole. */
export const releaseFiles = [
  'etc/os-release',
  'usr/lib/os-release',
  'etc/alpine-release',
  'etc/debian_version',
  'etc/redhat-release',
  'etc/centos-release',
] as const

/**
 * The distribution of a root filesystem: os-release(5), else the files that older ones have. `endOfLife` stays null
 * here: it is knowledge, not content.
 */
export function readDistribution(tree: ImageTree): Distribution | null {
  const text = (path: string) => {
    const content = tree.read(path)
    return content ? Buffer.from(content).toString('utf8').trim() : null
  }
  const osRelease = parseOsRelease(text('/etc/os-release') ?? text('/usr/lib/os-release') ?? '')
  const alpine = text('/etc/alpine-release')
  const id = osRelease.get('ID')?.toLowerCase()
  if (id) {
    const version = osRelease.get('VERSION_ID') ?? null
    // Alpine's own file has the patch release where os-release was replaced or is older.
    const exact = id === 'alpine' && alpine && /^\d+\.\d+\.\d+$/.test(alpine) ? alpine : version
    return { id, version: exact || null, endOfLife: null }
  }
  if (alpine) return { id: 'alpine', version: alpine, endOfLife: null }
  const redHat = text('/etc/centos-release') ?? text('/etc/redhat-release')
  if (redHat) {
    const known = /^(CentOS|Red Hat Enterprise Linux|Fedora)\b.*? release (\d+(?:\.\d+)*)/.exec(redHat)
    if (!known) return null
    const ids: Readonly<Record<string, string>> = { CentOS: 'centos', Fedora: 'fedora' }
    return { id: ids[known[1]!] ?? 'rhel', version: known[2]!, endOfLife: null }
  }
  const debian = text('/etc/debian_version')
  if (debian) return { id: 'debian', version: /^(\d+)\./.exec(debian)?.[1] ?? null, endOfLife: null }
  return null
}

/** `NAME=value` lines in shell's quoting, as os-release(5) restricts it. */
function parseOsRelease(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  for (const line of text.split('\n')) {
    const pair = /^\s*([A-Z][A-Z0-9_]*)=(.*?)\s*$/.exec(line)
    if (!pair) continue
    const value = pair[2]!
    const quoted = /^(["'])(.*)\1$/.exec(value)
    values.set(pair[1]!, (quoted ? quoted[2]! : value).replace(/\\([\\"$`'])/g, '$1'))
  }
  return values
}
