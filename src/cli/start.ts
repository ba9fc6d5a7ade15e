/**
 * Starts the program from its compiled form. V8 compiles a script anew in every process, which takes longer than most
 * lints; what it made is kept in the user's cache folder (`cachedData` of `vm.Script`), one file for each command, as
 * each compiles other functions. Node.js 22 has `module.enableCompileCache()` for this and Node.js 20 has not: one
 * way serves both, and keeps code out of the temporary folder, where others may write.
 */
import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { constants, Script } from 'node:vm'
import { makePrivate, userCacheFolder } from '../cache/private-folder.ts'
import { wantsHelp } from './wants-help.ts'

/** The programs by their digests, set by the build: V8 itself compares no more than a script's length. */
declare const BUILD: Readonly<Record<ProgramName, string>>

/** `src/cli/programs`: a start reads the one that holds little beside what it needs. */
type ProgramName = 'all' | 'help' | 'lint'

/** Files that are kept: a few commands of a few versions. */
const KEPT = 24

type Wrapper = (
  exports: object,
  require: (id: string) => unknown,
  module: { exports: { main?: (argv: string[]) => Promise<void> } },
  filename: string,
  dirname: string,
) => void

/** Runs the program with a command line. */
export function start(argv: string[]): Promise<void> {
  const name = programOf(argv)
  const path = join(__dirname, `${name}.cjs`)
  // The build writes ASCII alone: one byte a character need not be decoded, nor copied.
  const source = readFileSync(path, 'latin1')
  const cache = cacheFile(name, argv)
  const cachedData = cache === null ? null : readIfThere(cache)
  const script = new Script(source, {
    filename: path,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    ...(cachedData === null ? {} : { cachedData }),
  })
  const module: Parameters<Wrapper>[2] = { exports: {} }
  const wrapper: Wrapper = script.runInThisContext()
  wrapper(module.exports, lazily(require), module, path, __dirname)
  if (cache !== null && (cachedData === null || script.cachedDataRejected === true))
    process.once('exit', status => {
      // A run that ended early compiled little: it would be kept for the whole ones after it.
      if (status === 0 || status === 1) keep(cache, script)
    })
  const { main } = module.exports
  if (main === undefined) throw new Error(`${path} is not the program`)
  return main(argv)
}

/** Help and version are asked for by the first word, or by a flag before a bare `--`. */
const EXPLAINED = ['help', '--help', '-h', '--version', '-v']

function programOf(argv: readonly string[]): ProgramName {
  const [first] = argv
  if (first === undefined || EXPLAINED.includes(first) || wantsHelp(argv)) return 'help'
  // What reads images lies in the whole program alone (scripts/build/left-out.ts).
  return first === 'lint' && !argv.includes('--scan-base') ? 'lint' : 'all'
}

/** Where the compiled form lies; null where the user wants none, or where the folder is not the user's alone. */
function cacheFile(name: ProgramName, argv: readonly string[]): string | null {
  if (process.env.NODE_DISABLE_COMPILE_CACHE) return null
  const folder = join(userCacheFolder(process.env), 'code')
  if (!makePrivate(folder)) return null
  const command = name === 'all' ? (argv.find(word => /^[a-z]+$/.test(word)) ?? name) : name
  return join(folder, `${command}-${BUILD[name]}-${process.version}-${process.arch}`)
}

function readIfThere(file: string): Buffer | null {
  try {
    return readFileSync(file)
  } catch {
    return null
  }
}

/** Writes beside and renames, so that no other process reads half a file. A full disk costs speed, nothing else. */
function keep(file: string, script: Script): void {
  const draft = `${file}.${process.pid}`
  try {
    writeFileSync(draft, script.createCachedData(), { mode: 0o600 })
    renameSync(draft, file)
    prune(dirname(file))
  } catch {
    rmSync(draft, { force: true })
  }
}

function prune(folder: string): void {
  const files = readdirSync(folder).map(name => join(folder, name))
  if (files.length <= KEPT) return
  const byAge = files.map(file => ({ file, time: statSync(file).mtimeMs })).sort((a, b) => b.time - a.time)
  for (const { file } of byAge.slice(KEPT)) rmSync(file, { force: true })
}

/** What Node.js itself has loaded by now. */
const AT_HAND = new Set(
  ['buffer', 'events', 'fs', 'path', 'timers', 'url', 'util'].flatMap(name => [name, `node:${name}`]),
)

/** A `require` whose built-in modules are loaded when something of them is first asked for: few runs need all. */
function lazily(require: NodeJS.Require): (id: string) => unknown {
  return id => {
    if (id.startsWith('.') || AT_HAND.has(id)) return require(id)
    let loaded: object | undefined
    const module = (): object => {
      loaded ??= require(id) as object
      return loaded
    }
    return new Proxy(Object.create(null), {
      get: (_, key) => Reflect.get(module(), key),
      has: (_, key) => Reflect.has(module(), key),
      ownKeys: () => Reflect.ownKeys(module()),
      getOwnPropertyDescriptor: (_, key) => {
        const descriptor = Reflect.getOwnPropertyDescriptor(module(), key)
        return descriptor && { ...descriptor, configurable: true }
      },
    })
  }
}
