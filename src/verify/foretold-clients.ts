/** The TLS programs that a distribution's packages bring, and the library of each, as data: no image is there to look into. */
import { storeLayout } from '../knowledge/store-layouts.ts'
import { tlsLibrariesOf } from '../knowledge/tls-libraries.ts'
import { type Client, isUnknown } from '../model.ts'
import type { TracedStage } from '../trace/state.ts'
import type { SubjectClient } from './subject.ts'

interface Row {
  readonly distributions: readonly string[]
  readonly program: string
  /** The package that brings it; null: every image of the distribution has it. */
  readonly package: string | null
  /** `system`: Alpine's own, LibreSSL from 3.5 to 3.8. */
  readonly library: 'OpenSSL' | 'GnuTLS' | 'system'
  /** Major versions of the distribution for which the row holds; absent: all. */
  readonly from?: number
  readonly to?: number
  readonly source: string
}

const rows: readonly Row[] = [
  ...(['busybox wget', 'apk'] as const).map(program => ({
    distributions: ['alpine'],
    program,
    package: null,
    library: 'system' as const,
    source: 'alpinelinux/docker-alpine, root filesystems',
  })),
  ...['curl', 'wget', 'git', 'openssl', 'python3'].map(program => ({
    distributions: ['alpine'],
    program,
    package: program,
    library: 'system' as const,
    source: `https://pkgs.alpinelinux.org/packages?name=${program}`,
  })),
  {
    distributions: ['debian'],
    program: 'apt',
    package: null,
    library: 'GnuTLS',
    from: 10,
    to: 12,
    source: 'https://packages.debian.org/bookworm/apt',
  },
  {
    distributions: ['debian'],
    program: 'apt',
    package: null,
    library: 'OpenSSL',
    from: 13,
    source: 'https://packages.debian.org/trixie/apt',
  },
  ...(['curl', 'openssl', 'python3'] as const).map(program => ({
    distributions: ['debian', 'ubuntu'],
    program,
    package: program,
    library: 'OpenSSL' as const,
    from: 10,
    source: `https://packages.debian.org/bookworm/${program}`,
  })),
  {
    distributions: ['debian'],
    program: 'wget',
    package: 'wget',
    library: 'GnuTLS',
    source: 'https://packages.debian.org/bookworm/wget',
  },
  {
    distributions: ['ubuntu'],
    program: 'wget',
    package: 'wget',
    library: 'OpenSSL',
    source: 'https://packages.ubuntu.com/noble/wget',
  },
  {
    distributions: ['debian', 'ubuntu'],
    program: 'git',
    package: 'git',
    library: 'GnuTLS',
    source: 'https://packages.debian.org/bookworm/git',
  },
]

/** One for each program that surely is in the stage; where its library's version is not known, it says why. */
export function foretoldClients({ distribution, final }: TracedStage): SubjectClient[] {
  if (distribution === null || distribution.version === null) return []
  const { id, version } = distribution
  const major = Number.parseInt(version, 10)
  const { packages } = final
  const layout = storeLayout(id)
  return rows
    .filter(
      row =>
        row.distributions.includes(id) &&
        (row.from ?? 0) <= major &&
        major <= (row.to ?? Number.POSITIVE_INFINITY),
    )
    .filter(row => row.package === null || (!isUnknown(packages) && packages.has(row.package)))
    .map(({ program, library: named }) => {
      const library = named === 'system' ? alpineLibrary(version) : named
      const base: Client = {
        program,
        version: null,
        library,
        libraryVersion: null,
        build: id,
        path: null,
        reads: layout === null ? [] : readsOf(layout.bundle, layout.aliases, program),
      }
      const facts = tlsLibrariesOf(id, version).filter(
        fact => fact.library === library && /^\d/.test(fact.version),
      )
      const [fact, ...others] = facts
      if (!fact || others.length > 0)
        return {
          client: base,
          foretold: true,
          unknown: fact
            ? `${id} ${version} has several of ${library}, and which one ${program} uses is not known`
            : `which ${library} ${id} ${version} has is not known`,
        }
      const full = fact.version.split(/[ ,]/)[0]!
      const upstream = /^[\d.]+[a-z]{0,2}/.exec(full.replace(/^\d+:/, ''))?.[0] ?? null
      const client: Client = { ...base, libraryVersion: upstream, libraryPackage: `${library} ${full}` }
      return { client, foretold: true }
    })
}

/** Alpine's base image verifies by LibreSSL from 3.5 to 3.8 (alpinelinux.org's release notes). */
function alpineLibrary(version: string): 'OpenSSL' | 'LibreSSL' {
  const minor = Number(/^3\.(\d+)/.exec(version)?.[1])
  return minor >= 5 && minor <= 8 ? 'LibreSSL' : 'OpenSSL'
}

/** OpenSSL's own file where the distribution has one, else the bundle; both names lead to the store that is there. */
function readsOf(bundle: string, aliases: readonly string[], program: string): readonly string[] {
  const own = program === 'curl' ? [] : aliases.filter(path => path.endsWith('/cert.pem'))
  return [...own, bundle]
}
