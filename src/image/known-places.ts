/**
 * Where a running system keeps what its TLS clients trust, the databases of its packages, and its programs and language
 * runtimes (Filesystem Hierarchy Standard 3.0; the ca-certificates packages of the distributions). A host has millions
 * of other files, which are read only when they are asked for.
 */
const folders: readonly string[] = [
  // Images keep their application here by custom.
  'app',
  'bin',
  'etc',
  'lib',
  'lib32',
  'lib64',
  'opt',
  // macOS: /etc is a link to the first, and the second tells that it is one (a file, whose neighbours are not gone into).
  'private/etc',
  'System/Library/CoreServices/SystemVersion.plist',
  'sbin',
  'usr',
  'var/lib/apk',
  'var/lib/ca-certificates',
  'var/lib/dpkg',
  'var/lib/rpm',
]

/** Where people and applications keep what is theirs: the name of the top folder, and how deep one's own folder lies. */
const homes: ReadonlyMap<string, number> = new Map([
  ['root', 1],
  ['home', 2],
  ['Users', 2],
  ['srv', 1],
])
/** Levels of plain folders that are gone into there: projects with a virtual environment in them. */
const projectLevels = 3
/**
 * Folders there with runtimes or stores in them: virtual environments, what pip, nvm, fnm, volta, asdf, mise, pyenv, rbenv,
 * rvm, SDKMAN, IntelliJ, conda, uv and pipx install for one user, NSS databases, Mono's store.
 */
const runtimes =
  /(?:^|\/)(?:\.?v?env|\.virtualenvs|\.nvm|\.fnm|\.volta|\.asdf|\.nodenv|\.pyenv|\.rbenv|\.rvm|\.gem|\.sdkman|\.jdks|\.jenv|\.jabba|\.conda|(?:mini|ana)conda3?|mini(?:forge|mamba)3?|mambaforge|\.bun|\.deno|\.pki|\.mozilla|\.thunderbird|\.config\/\.mono|\.keychain|\.local\/(?:lib|bin|pipx)|\.local\/share\/(?:virtualenvs|pipx|mise|rtx|uv|fnm|hatch)|site-packages)(?:\/|$)/
/** On the way to those. */
const onTheWay = /(?:^|\/)(?:\.local|\.local\/share|\.config)$/

/** Parts of those that hold no trust of this system: sources, documents, other systems' roots, caches. */
const passedOver =
  /(?:^|\/)(?:usr\/src|usr\/share\/(?:doc|man|locale|zoneinfo|icons|fonts)|node_modules\/\.cache|__pycache__|\.git)$/

/** Names by which stores and certificates are known wherever they lie in those folders. */
const stores =
  /(?:^|\/)(?:[^/]*cacerts?|[^/]*truststore|ca-bundle[^/]*|ca-certificates[^/]*|[^/]*\.(?:pem|crt|cer|der|p12|pfx|jks|jceks|bks|bcfks|p7b|p7c|p11-kit|keystore|truststore|pki)|[0-9a-f]{8}\.\d{1,3})$/i

/** Programs that carry their roots in themselves. */
const programs = /(?:^|\/)(?:node|nodejs|bun|deno|libnode\.so(?:\.[\d.]+)?|libnssckbi\.so)$/

/** A link of this kind of name is followed out of the known places, still inside the root. */
const trusting = /ssl|cert|pki|ca-|keystore|truststore|jvm|java|python|node/i

/** Whether a folder is gone into: it lies in a known place, or leads to one. */
export function isKnownFolder(path: string): boolean {
  if (passedOver.test(path)) return false
  const [top = ''] = path.split('/', 1)
  const depth = homes.get(top)
  if (depth !== undefined) return isKnownInHome(path, depth)
  return folders.some(
    folder => path === folder || path.startsWith(`${folder}/`) || folder.startsWith(`${path}/`),
  )
}

function isKnownInHome(path: string, depth: number): boolean {
  if (runtimes.test(path) || onTheWay.test(path)) return true
  const names = path.split('/')
  if (names.length <= depth) return true
  const own = names.slice(depth)
  return own.length <= projectLevels && own.every(name => !name.startsWith('.'))
}

/** Whether the bytes of a file in a known place are looked at, though nobody asked for it by its path. */
export function isKnownFile(path: string): boolean {
  return stores.test(path) || programs.test(path)
}

/** Whether a link is followed to where no known place is. */
export function isKnownLink(path: string): boolean {
  return trusting.test(path)
}
