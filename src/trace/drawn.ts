/**
 * Which packages bring ca-certificates along. Debian's and Ubuntu's: read from the Depends and Recommends of their
 * Packages files; Alpine's: from the `depends` of its APKBUILDs (main/curl, main/git). What is not listed is unknown.
 */

/** `depends`: always. `recommends`: unless apt is told not to. `perhaps-recommends`: not known; without them never. */
export type Drawing = 'depends' | 'recommends' | 'perhaps-recommends' | 'never' | 'unknown'

function list(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/))
}

const APT_DEPENDS = list(`
  ca-certificates-java default-jdk default-jdk-headless default-jre default-jre-headless
  python3-certifi python3-pip python3-requests python-pip python-requests python-certifi
`)

const APT_RECOMMENDS = list(
  'curl wget git libcurl4 libcurl3 libcurl3-gnutls libcurl4-openssl-dev w3m aria2 mercurial',
)

/** Neither they nor what they depend on or recommend. */
const APT_NEVER = list(`
  apt-utils bash bash-completion bc bzip2 coreutils cron dash debianutils diffutils dumb-init dos2unix e2fsprogs file
  findutils gawk gettext-base gosu grep gzip hostname htop inetutils-ping iproute2 iptables iputils-ping jq less
  libc6 libc6-dev libgcc1 libgcc-s1 libssl1.1 libssl1.0.0 libssl1.0.2 libssl3 libstdc++6 libffi-dev libxml2 locales lsof
  make mawk moreutils nano ncurses-base net-tools netbase netcat netcat-openbsd netcat-traditional openssl patch patchelf
  pkg-config procps psmisc rsync sed sqlite3 sudo supervisor tar telnet time tini tree tzdata unzip util-linux uuid-runtime
  vim vim-tiny xz-utils zip zlib1g zlib1g-dev dnsutils gnupg gnupg2 dirmngr libssl-dev libpq5 libpq-dev
  gcc g++ build-essential cmake autoconf automake libtool bison flex
`)

/** Without what is recommended these bring nothing; with it, it is not known. */
const APT_PERHAPS = list(`
  git-core subversion openssh-client openssh-server ssh python3 python3-dev python3-minimal python3-venv
  python3-setuptools python3-wheel python python-dev python-setuptools ruby perl php php-cli php-fpm nginx apache2
  nodejs golang golang-go mysql-client mariadb-client default-mysql-client postgresql-client redis-server redis-tools
  imagemagick ffmpeg ghostscript graphviz lsb-release gettext gnuplot fontconfig clang llvm gdb strace tcpdump
  libxml2-dev libxslt1-dev libjpeg-dev libpng-dev libcurl4-gnutls-dev libgdal-dev xvfb
`)

const APK_NEVER = list(`
  bash bash-completion bc binutils busybox-extras bzip2 coreutils dumb-init file findutils g++ gcc gettext grep gzip
  jq less libc-dev libc6-compat libffi-dev libgcc libpq libressl libressl-dev libstdc++ libxml2 libxslt linux-headers make
  musl musl-dev nano ncurses netcat-openbsd openssl openssl-dev patch pcre pcre-dev pkgconf postgresql-dev procps python
  python2 python3 python-dev python3-dev rsync sed shadow sqlite sqlite-libs su-exec sudo supervisor tar tini tree tzdata
  unzip util-linux vim wget xz zip zlib zlib-dev
`)

/** The distribution's packages that depend on it in every release that we know of. */
const APK_DEPENDS_TO = new Map<string, number>([
  ['curl', 18],
  ['git', 10],
])

/** Does installing this package bring ca-certificates along? */
export function drawing(
  manager: 'apk' | 'apt' | 'rpm' | 'zypper',
  name: string,
  distribution: { readonly id: string; readonly version: string | null } | null,
): Drawing {
  if (manager === 'apk') {
    if (APK_NEVER.has(name) || name.startsWith('.')) return 'never'
    const last = APK_DEPENDS_TO.get(name)
    const minor = /^3\.(\d+)/.exec(distribution?.version ?? '')?.[1]
    return last !== undefined && minor !== undefined && Number(minor) <= last ? 'depends' : 'unknown'
  }
  if (manager !== 'apt') return 'never'
  if (APT_DEPENDS.has(name) || /^openjdk-\d+-(jre|jdk)(-headless)?$/.test(name)) return 'depends'
  if (APT_RECOMMENDS.has(name)) return 'recommends'
  if (APT_NEVER.has(name)) return 'never'
  return APT_PERHAPS.has(name) ? 'perhaps-recommends' : 'unknown'
}
