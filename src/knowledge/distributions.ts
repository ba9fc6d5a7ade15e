/** Ids of os-release on the left, the word that the built-in facts use on the right. */
const aliases: Readonly<Record<string, string>> = {
  almalinux: 'alma',
  amzn: 'amazon',
  amazonlinux: 'amazon',
  ol: 'oracle',
  oraclelinux: 'oracle',
  rockylinux: 'rocky',
  'opensuse-leap': 'opensuse',
  'opensuse-tumbleweed': 'opensuse',
  'suse-linux-enterprise-server': 'sles',
  suse: 'sles',
  archlinux: 'arch',
  arch: 'arch',
  mariner: 'cbl-mariner',
  redhat: 'rhel',
  ubi: 'rhel',
  chainguard: 'wolfi',
}

const osRelease: Readonly<Record<string, string>> = {
  alma: 'almalinux',
  amazon: 'amzn',
  oracle: 'ol',
  opensuse: 'opensuse-leap',
  alt: 'altlinux',
}

/** Releases whose archives carry Red Hat's builds, or rebuilds of the same version. */
const rebuilds = new Set(['centos', 'rocky', 'alma', 'oracle'])

/** The word of the built-in facts for a distribution, from its os-release id or that word itself. */
export function factsId(id: string): string {
  const lower = id.toLowerCase()
  return aliases[lower] ?? lower
}

/** The os-release id for a word of the built-in facts. */
export function osReleaseId(id: string): string {
  return osRelease[id] ?? id
}

/** Whether this distribution's packages are rebuilt from Red Hat Enterprise Linux. */
export function rebuildsRhel(id: string): boolean {
  return rebuilds.has(factsId(id))
}

/**
 * The line that a version belongs to, as the facts count lines: `3.11` for `3.11.13`, `12` for `12.5`, `2023`.
 * Null where there is none (rolling ones).
 */
export function lineOf(distribution: string, version: string | null): string | null {
  const id = factsId(distribution)
  if (version === null || version === '') return null
  if (/^(edge|sid|unstable|experimental|rawhide|tumbleweed|rolling)$/.test(version))
    return id === 'debian' ? 'sid' : version
  const numbers = /^v?(\d+)(?:\.(\d+))?/.exec(version)
  if (!numbers) return version.toLowerCase()
  const [, major, minor] = numbers as unknown as [string, string, string | undefined]
  switch (id) {
    case 'alpine':
    case 'ubuntu':
    case 'photon':
    case 'cbl-mariner':
    case 'azurelinux':
      return minor === undefined ? major : `${major}.${minor}`
    case 'amazon':
      return major === '2018' || major === '2017' || major === '2016' || major === '1' ? '1' : major
    case 'opensuse':
    case 'sles':
      return minor === undefined ? major : `${major}.${minor}`
    default:
      return major
  }
}
