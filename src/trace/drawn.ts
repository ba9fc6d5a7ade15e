/** Which packages bring ca-certificates along with them. What is not known is said to be so. */
import { depends, independent, never, recommends, sometimesRecommends } from './drawn-data.ts'

/** `depends`: always. `recommends`: unless apt is told not to. `perhaps-recommends`: not known; without them never. */
export type Drawing = 'depends' | 'recommends' | 'perhaps-recommends' | 'never' | 'unknown'

interface Line {
  readonly id: string
  readonly version: string | null
}

function names(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/))
}

/** In every release of Debian and Ubuntu that has them: Recommends of curl's library and of wget itself. */
const ALWAYS_RECOMMENDS = names('curl git wget')
/** Small tools that need no network in any release. */
const PLAIN = names(`
  bash bzip2 coreutils file findutils gawk gettext-base grep gzip iproute2 iputils-ping jq less libc6 locales lsof make
  nano net-tools netbase netcat netcat-openbsd openssl procps psmisc rsync sed sudo tar telnet tini tree tzdata unzip
  util-linux vim vim-tiny xz-utils zip zlib1g
`)
const APK_NEVER = names(`
  bash bash-completion bc binutils busybox-extras bzip2 coreutils dumb-init file findutils g++ gcc gettext grep gzip
  jq less libc-dev libc6-compat libffi-dev libgcc libpq libstdc++ libxml2 libxslt linux-headers make musl musl-dev nano
  ncurses netcat-openbsd openssl openssl-dev patch pcre pcre-dev pkgconf procps python2 python3 python3-dev rsync sed
  shadow sqlite sqlite-libs su-exec sudo tar tini tree tzdata unzip util-linux vim wget xz zip zlib zlib-dev
`)
/** Packages whose libcurl depends on it up to Alpine 3.20; since 3.21 it does not (install logs of 3.9 to 3.22). */
const APK_CURL = names('curl git libcurl alpine-sdk')
const APK_CURL_LAST = 20

/** Does installing this package bring ca-certificates along? */
export function drawing(
  manager: 'apk' | 'apt' | 'rpm' | 'zypper' | 'pacman',
  name: string,
  distribution: Line | null,
): Drawing {
  if (manager === 'apk') return alpine(name, distribution)
  // The base images of the RHEL family and SUSE hold it already.
  if (manager !== 'apt') return 'never'
  if (ALWAYS_RECOMMENDS.has(name)) return 'recommends'
  if (/^(openjdk-\d+|default)-(jre|jdk)(-headless)?$/.test(name) || name === 'ca-certificates-java')
    return 'depends'
  if (!measured(distribution)) {
    if (PLAIN.has(name)) return 'never'
    // What recommends a package changes from release to release; what depends on it, seldom.
    const apart = [never, recommends, sometimesRecommends, independent].some(list => list.has(name))
    return apart ? 'perhaps-recommends' : 'unknown'
  }
  if (depends.has(name)) return 'depends'
  if (recommends.has(name)) return 'recommends'
  if (sometimesRecommends.has(name) || independent.has(name)) return 'perhaps-recommends'
  return never.has(name) || PLAIN.has(name) ? 'never' : 'unknown'
}

/** The releases that the facts were made from, and Ubuntu's of their time. */
function measured(distribution: Line | null): boolean {
  const major = Number(/^\d+/.exec(distribution?.version ?? '')?.[0] ?? Number.NaN)
  if (distribution?.id === 'debian') return major >= 11
  return distribution?.id === 'ubuntu' && major >= 20
}

function alpine(name: string, distribution: Line | null): Drawing {
  if (APK_NEVER.has(name) || name.startsWith('.')) return 'never'
  const minor = /^3\.(\d+)/.exec(distribution?.version ?? '')?.[1]
  if (!APK_CURL.has(name) || minor === undefined) return 'unknown'
  return Number(minor) <= APK_CURL_LAST ? 'depends' : 'never'
}
