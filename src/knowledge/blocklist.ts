import { factsId } from './distributions.ts'

/**
 * The folder in which this release's p11-kit looks for certificates to take out: `blocklist` from 0.24.0 on and
 * `blacklist` before, never both (NEWS of p11-kit 0.24.0). RHEL 9 and Fedora 35 are the first with it; Arch Linux rolls.
 * @param distribution its os-release id
 * @returns null where it is not known
 */
export function blocklistFolder(
  distribution: string,
  version: string | null,
): 'blocklist' | 'blacklist' | null {
  const id = factsId(distribution)
  if (id === 'arch') return 'blocklist'
  const major = Number.parseInt(version ?? '', 10)
  if (Number.isNaN(major)) return null
  switch (id) {
    case 'rhel':
    case 'centos':
    case 'centos-stream':
    case 'rocky':
    case 'alma':
    case 'oracle':
      return major >= 9 ? 'blocklist' : 'blacklist'
    case 'fedora':
      return major >= 35 ? 'blocklist' : 'blacklist'
    case 'amazon':
      return major >= 2022 ? 'blocklist' : 'blacklist'
    default:
      return null
  }
}
