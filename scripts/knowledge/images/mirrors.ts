import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

const most = 2 ** 30
/** Stands for the object of a folder. */
const tree = 'tree'

/** Repositories that go by another name today (GitHub leads from the one to the other). */
const renamed: Readonly<Record<string, string>> = {
  'docker-library+docker-buildpack-deps': 'docker-library+buildpack-deps',
  'docker-library+docker-python': 'docker-library+python',
  'docker-library+docker-mysql': 'docker-library+mysql',
  'docker-library+docker-java': 'docker-library+java',
  'docker-library+node': 'nodejs+docker-node',
  'joyent+docker-node': 'nodejs+docker-node',
  'c0b+docker-erlang-otp': 'erlang+docker-erlang-otp',
  'rust-lang+docker-rust-nightly': 'rust-lang+docker-rust',
  'hylang+hy': 'hylang+docker-hylang',
  'perl6+docker': 'raku+docker',
  'jfrazelle+irssi': 'jessfraz+irssi',
  'krakendio+docker-library': 'krakend+docker-library',
  'swiftdocker+docker-swift': 'swiftlang+swift-docker',
  'apple+swift-docker': 'swiftlang+swift-docker',
  'jenkinsci+jenkins-ci.org-docker': 'jenkinsci+docker',
  'cloudbees+jenkins-ci.org-docker': 'jenkinsci+docker',
  'freebroccolo+docker-haskell': 'haskell+docker-haskell',
  'docker+docker-registry': 'docker+distribution-library-image',
  'almalinux+docker-images': 'almalinux+container-images',
  'tianon+docker-brew-debian': 'debuerreotype+docker-debian-artifacts',
  '31z4+storm-docker': 'apache+storm-docker',
  'influxdata+kapacitor-docker': 'influxdata+influxdata-docker',
  'influxdata+telegraf-docker': 'influxdata+influxdata-docker',
  'influxdata+chronograf-docker': 'influxdata+influxdata-docker',
}

/**
 * A folder of git repositories, each in a folder OWNER+NAME, with its git directory as `repo`, `repo/.git`, `.git` or
 * itself. They are read as they are: nothing is fetched, nothing is checked out.
 */
export class Mirrors {
  readonly #folders = new Map<string, string>()
  /** Content by object, object by `source commit:path`. */
  readonly #texts = new Map<string, string>()
  readonly #objects = new Map<string, string | null>()

  constructor(folder: string) {
    for (const name of readdirSync(folder)) {
      const git = ['repo/.git', 'repo', '.git', '.']
        .map(inside => join(folder, name, inside))
        .find(path => existsSync(join(path, 'HEAD')) && existsSync(join(path, 'objects')))
      if (git) this.#folders.set(name.toLowerCase(), git)
    }
  }

  /** The git directory of `owner/name`, in any case; null where it is not there. */
  gitOf(source: string): string | null {
    const key = keyOf(source)
    return this.#folders.get(key) ?? this.#folders.get(renamed[key] ?? '') ?? null
  }

  /** Reads many files at once: `commit:path`. */
  prepare(source: string, names: readonly string[]): void {
    const git = this.gitOf(source)
    const wanted = [...new Set(names)].filter(name => !this.#objects.has(`${keyOf(source)} ${name}`))
    if (git === null || wanted.length === 0) return
    const checked = batch(git, '--batch-check', wanted).toString('utf8').split('\n')
    const objects = new Set<string>()
    for (const [index, name] of wanted.entries()) {
      const found = /^([0-9a-f]{40}) blob (\d+)$/.exec(checked[index] ?? '')
      // A Dockerfile of more than a megabyte is none.
      const folder = / tree \d+$/.test(checked[index] ?? '')
      const object = folder ? tree : found && Number(found[2]) < 2 ** 20 ? found[1]! : null
      this.#objects.set(`${keyOf(source)} ${name}`, object)
      if (object !== null && object !== tree && !this.#texts.has(object)) objects.add(object)
    }
    for (const [object, text] of blobs(git, [...objects])) this.#texts.set(object, text)
  }

  /** A file of a commit, with the name of its content; null where either is not at hand. */
  read(
    source: string,
    commit: string,
    path: string,
  ): { readonly object: string; readonly text: string } | null {
    const name = `${commit.slice(0, 12)}:${path}`
    const key = `${keyOf(source)} ${name}`
    if (!this.#objects.has(key)) this.prepare(source, [name])
    const object = this.#objects.get(key) ?? null
    return object === null || object === tree ? null : { object, text: this.#texts.get(object)! }
  }

  isFolder(source: string, commit: string, path: string): boolean {
    return this.#objects.get(`${keyOf(source)} ${commit.slice(0, 12)}:${path}`) === tree
  }

  /** Was it ever asked for? */
  knows(source: string, commit: string, path: string): boolean {
    return this.#objects.has(`${keyOf(source)} ${commit.slice(0, 12)}:${path}`)
  }

  /** The newest commit of a mirror, 12 digits. */
  head(source: string): string | null {
    const git = this.gitOf(source)
    return git && run(git, ['rev-parse', '--short=12', 'HEAD']).toString('utf8').trim()
  }
}

function keyOf(source: string): string {
  return source
    .trim()
    .toLowerCase()
    .replace(/\.git$/, '')
    .replace('/', '+')
}

/** @throws where git fails */
export function run(git: string, words: readonly string[], input?: string): Buffer {
  return execFileSync('git', ['--git-dir', git, ...words], {
    ...(input === undefined ? {} : { input }),
    maxBuffer: most,
    // A partial clone must not ask its origin for what it has not.
    env: { ...process.env, GIT_NO_LAZY_FETCH: '1' },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
}

function batch(git: string, how: string, names: readonly string[]): Buffer {
  return run(git, ['cat-file', how], `${names.join('\n')}\n`)
}

/** Contents by object, of objects that are there. */
export function blobs(git: string, objects: readonly string[]): Map<string, string> {
  const found = new Map<string, string>()
  const step = 2000
  for (let from = 0; from < objects.length; from += step) {
    const bytes = batch(git, '--batch', objects.slice(from, from + step))
    for (let at = 0; at < bytes.length; ) {
      const end = bytes.indexOf(10, at)
      const head = /^([0-9a-f]{40}) blob (\d+)$/.exec(bytes.toString('latin1', at, end))
      at = end + 1
      if (!head) continue
      const size = Number(head[2])
      found.set(head[1]!, bytes.toString('utf8', at, at + size))
      at += size + 1
    }
  }
  return found
}
