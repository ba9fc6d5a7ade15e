/**
 * Starts the program from its compiled form. V8 compiles a script anew in every process, which takes longer than most
 * lints; what it made is kept in the user's cache folder (src/cli/compiled.ts). Node.js 22 has
 * `module.enableCompileCache()` for this and Node.js 20 has not: one way serves both, and keeps code out of the
 * temporary folder, where others may write.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { constants, Script } from 'node:vm'
import { CompiledCode } from './compiled.ts'
import { print } from './output.ts'
import { createParts, type Pack } from './parts.ts'
import { wantsHelp } from './wants-help.ts'

/** Set by the build: the version, the digest of all packs, the part that holds src/cli/program.ts. */
declare const BUILD: { readonly version: string; readonly digest: string; readonly program: string }

/** Runs the program with a command line. */
export async function start(argv: string[]): Promise<void> {
  if (argv.length === 1 && VERSION.includes(argv[0] ?? '')) {
    print(`imgtrust/${BUILD.version} ${process.platform}-${process.arch} node-${process.version}\n`)
    return
  }
  const folder = join(__dirname, '../code')
  const compiled = new CompiledCode(commandOf(argv), BUILD.digest)
  const load = createParts({
    folder,
    require: lazily(require),
    read(name) {
      const filename = join(folder, `${name}.cjs`)
      const cachedData = compiled.of(name)
      // The build writes ASCII alone: one byte a character need not be decoded, nor copied.
      const script = new Script(readFileSync(filename, 'latin1'), {
        filename,
        importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
        ...(cachedData === null ? {} : { cachedData }),
      })
      compiled.ran(name, script)
      return script.runInThisContext() as Pack
    },
  })
  process.once('exit', status => {
    // A run that ended early compiled little: it would be kept for the whole ones after it.
    if (status === 0 || status === 1) compiled.keep()
  })
  const { main } = load(BUILD.program) as typeof import('./program.ts')
  await main(argv)
}

/** What oclif answers as well, and loads its help for. */
const VERSION = ['--version', '-v']

/** Help is asked for by the first word, or by a flag before a bare `--`. */
const EXPLAINED = ['help', ...VERSION]

/** A word for what a command line runs: each compiles other functions. */
function commandOf(argv: readonly string[]): string {
  const [first] = argv
  if (first === undefined || EXPLAINED.includes(first) || wantsHelp(argv)) return 'help'
  return argv.find(word => /^[a-z]+$/.test(word)) ?? 'other'
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
