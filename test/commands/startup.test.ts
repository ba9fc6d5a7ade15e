/** What a command loads decides how fast it starts: sources seen as V8 counts the calls of their wrappers. */
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { releaseById } from '../../src/knowledge/releases.ts'
import { rootDer } from '../../src/knowledge/roots.ts'
import { buildImage, dockerArchive } from '../support/image.ts'
import { root } from '../support/run.ts'

interface Coverage {
  readonly result: {
    readonly url: string
    readonly functions: { readonly functionName: string; readonly ranges: { readonly count: number }[] }[]
  }[]
}

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'imgtrust-start-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function run(args: readonly string[], env: Record<string, string>) {
  return spawnSync(process.execPath, [join(root, 'bin/run.js'), ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  })
}

const contents: Readonly<Record<string, readonly string[]>> = JSON.parse(
  readFileSync(join(root, 'dist/code/contents.json'), 'utf8'),
)

/** The parts that a command runs: each is a function of its name. */
function partsRunBy(args: readonly string[]): string[] {
  const coverage = mkdtempSync(join(tmpdir(), 'imgtrust-coverage-'))
  run(args, { NODE_V8_COVERAGE: coverage, NODE_DISABLE_COMPILE_CACHE: '1' })
  const ran = readdirSync(coverage).flatMap(file => {
    const { result }: Coverage = JSON.parse(readFileSync(join(coverage, file), 'utf8'))
    return result
      .filter(script => script.url.includes('dist/code/'))
      .flatMap(script => script.functions)
      .filter(({ functionName, ranges }) => functionName in contents && (ranges[0]?.count ?? 0) > 0)
      .map(({ functionName }) => functionName)
  })
  rmSync(coverage, { recursive: true })
  if (ran.length === 0) throw new Error('no part was seen')
  return ran
}

/** The sources (of ours and of packages) that it evaluates. */
const sourcesLoadedBy = (args: readonly string[]) => partsRunBy(args).flatMap(part => contents[part] ?? [])

const from = (sources: readonly string[], part: string) => sources.filter(source => source.includes(part))

describe('a plain lint', () => {
  let sources: string[]
  beforeAll(() => {
    sources = sourcesLoadedBy(['lint', 'examples/addtrust/Dockerfile'])
  })
  it('does load the trace', () => expect(from(sources, 'src/trace/')).not.toEqual([]))
  it.each([
    '/tar-stream/',
    '/fzstd/',
    'src/image/',
    'src/trust/formats/',
    'src/commands/scan.ts',
  ])('loads nothing of %s', part => expect(from(sources, part)).toEqual([]))
})

describe('a scan of a folder', () => {
  let sources: string[]
  beforeAll(() => {
    sources = sourcesLoadedBy(['scan', 'dir:examples', '--fail-on', 'never'])
  })
  it('does load the overlay', () => expect(from(sources, 'src/image/overlay')).not.toEqual([]))
  it.each(['/dockerfile-ast/', 'src/trace/trace', 'src/commands/lint.ts'])('loads nothing of %s', part =>
    expect(from(sources, part)).toEqual([]))
})

describe('help', () => {
  let sources: string[]
  beforeAll(() => {
    sources = sourcesLoadedBy(['--help'])
  })
  it.each([
    '/dockerfile-ast/',
    '/unbash/',
    'src/knowledge/',
    'src/image/',
    'rules/',
    'src/commands/lint.ts',
  ])('loads nothing of %s', part => expect(from(sources, part)).toEqual([]))
})

/** Modules of Node.js that it loads for a command, beside those that it has loaded before any script. */
function builtinsLoadedBy(args: readonly string[]): string[] {
  const listener = join(folder, 'list-modules.cjs')
  writeFileSync(
    listener,
    `const before = new Set(process.moduleLoadList)
    process.on('exit', () => require('fs').writeFileSync(process.env.LIST,
      process.moduleLoadList.filter(one => !before.has(one)).join('\\n')))`,
  )
  const list = join(folder, 'modules.txt')
  const run = () =>
    spawnSync(process.execPath, ['-r', listener, join(root, 'bin/run.js'), ...args], {
      cwd: root,
      env: { ...process.env, LIST: list, XDG_CACHE_HOME: join(folder, 'cache') },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  run()
  run()
  return readFileSync(list, 'utf8')
    .split('\n')
    .flatMap(line => /^NativeModule (?!internal\/)(.*)/.exec(line)?.[1] ?? [])
}

/** The files that it reads whole, by their paths in the package, and their sizes in bytes. */
function filesReadBy(args: readonly string[]): (readonly [path: string, bytes: number])[] {
  const listener = join(folder, 'list-files.cjs')
  writeFileSync(
    listener,
    `const fs = require('fs'), files = [], real = fs.readFileSync
    fs.readFileSync = (path, ...rest) => {
      const read = real(path, ...rest)
      files.push([String(path), read.length])
      return read
    }
    process.on('exit', () => fs.writeFileSync(process.env.LIST, JSON.stringify(files)))`,
  )
  const list = join(folder, 'files.json')
  const env = { ...process.env, LIST: list, XDG_CACHE_HOME: join(folder, 'cache') }
  // The second takes what the first compiled.
  for (let run = 0; run < 2; run++)
    spawnSync(process.execPath, ['-r', listener, join(root, 'bin/run.js'), ...args], { cwd: root, env })
  const files: [string, number][] = JSON.parse(readFileSync(list, 'utf8'))
  return files.map(([path, bytes]) => [relative(root, path), bytes])
}

/** An image of Alpine 3.8.5 with the store that came with it; its layers are known from the second run on. */
const ARCHIVE = join(tmpdir(), `imgtrust-start-${process.pid}.tar`)
const SCAN = ['scan', ARCHIVE, '--at', '2026-01-01']
beforeAll(async () => {
  const roots = releaseById('alpine/base 3.8.5')?.roots ?? []
  const pem = roots.map(root => {
    const base64 = Buffer.from(rootDer(root))
      .toString('base64')
      .replace(/.{64}(?=.)/g, '$&\n')
    return `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`
  })
  const files = {
    'etc/os-release': 'ID=alpine\nVERSION_ID=3.8.5\n',
    'etc/ssl/cert.pem': pem.join(''),
  }
  writeFileSync(ARCHIVE, await dockerArchive(await buildImage({ layers: [{ files }] })))
})
afterAll(() => rmSync(ARCHIVE, { force: true }))

describe('modules of Node.js', () => {
  // A socket, a stream or a terminal that is not used takes 2 to 8 ms of a start.
  it.each([
    ['the version', ['--version'], ['os', 'vm']],
    [
      'help',
      ['--help'],
      // Sockets: standard output as a stream, which oclif's console.log takes. Processes: its look for Windows beneath.
      [
        'child_process',
        'dgram',
        'diagnostics_channel',
        'fs/promises',
        'net',
        'os',
        'process',
        'stream',
      ].concat(['stream/promises', 'string_decoder', 'tty', 'vm']),
    ],
    ['a lint', ['lint', 'examples/addtrust/Dockerfile'], ['os', 'vm']],
    ['a lint without findings', ['lint', 'Dockerfile'], ['os', 'vm']],
    [
      'a scan of known layers',
      SCAN,
      [
        'crypto',
        'fs/promises',
        'os',
        'perf_hooks',
        'process',
        'stream',
        'stream/promises',
        'string_decoder',
        'vm',
      ],
    ],
  ])('%s asks for no more than it needs', (_, args, allowed) =>
    expect(builtinsLoadedBy(args).filter(name => !allowed.includes(name))).toEqual([]))
})

describe('files of the package', () => {
  const under = (files: ReturnType<typeof filesReadBy>, start: string) =>
    files.filter(([path]) => path.startsWith(start))
  const names = (files: ReturnType<typeof filesReadBy>) =>
    files.map(([path]) => path.replace(/^.*\//, '')).sort()
  const LINT = ['lint', 'examples/addtrust/Dockerfile']

  it.each([
    ['--version', ['--version'], []],
    ['--help', ['--help'], ['base', 'help']],
    ['a lint', LINT, ['base', 'both', 'lint', 'trace']],
    ['a scan of known layers', SCAN, ['base', 'both', 'scan']],
  ])('%s reads the packs of its task, each once', (_, args, packs) =>
    expect(names(under(filesReadBy(args), 'dist/code/'))).toEqual(packs.map(pack => `${pack}.cjs`)))

  it.each([
    ['a lint', LINT, 1_300_000],
    ['a scan of known layers', SCAN, 1_200_000],
    ['--help', ['--help'], 600_000],
  ])('%s reads no more of the program than it does today', (_, args, most) =>
    expect(under(filesReadBy(args), 'dist/code/').reduce((sum, [, bytes]) => sum + bytes, 0)).toBeLessThan(
      most,
    ))

  it('a lint reads of the knowledge what its base needs, each file once', () => {
    const read = under(filesReadBy(LINT), 'dist/knowledge/')
    expect(names(read)).toEqual([
      'breaking-roots.json',
      'lifecycles.json',
      'manifest.json',
      'python',
      'releases.json',
      'roots.json',
      'sentry',
      'store-layouts.json',
      'tls-behaviour.json',
      'tls-libraries.json',
    ])
    expect(read.reduce((sum, [, bytes]) => sum + bytes, 0)).toBeLessThan(600_000)
  })

  it('a scan in which no store is found reads the date of the knowledge alone', () =>
    expect(names(under(filesReadBy(['scan', 'dir:examples']), 'dist/knowledge/'))).toEqual(['manifest.json']))

  it('a scan of known layers reads of the knowledge no certificate, each file once', () => {
    const read = under(filesReadBy(SCAN), 'dist/knowledge/')
    expect(names(read)).toEqual([
      'alpine',
      'breaking-roots.json',
      'incidents.json',
      'lifecycles.json',
      'manifest.json',
      'needed-roots.json',
      'releases.json',
      'roots.json',
      'store-layouts.json',
      'tls-libraries.json',
    ])
    expect(read.reduce((sum, [, bytes]) => sum + bytes, 0)).toBeLessThan(600_000)
  })
})

const PACKS = readdirSync(join(root, 'dist/code')).filter(name => name.endsWith('.cjs'))
const textOf = (pack: string) => readFileSync(join(root, 'dist/code', pack), 'utf8')

it.each(PACKS)('keeps the Docker client out of %s, which starts read', pack =>
  expect(textOf(pack).includes('docker-modem/lib')).toBe(false))

it.each(PACKS)('writes %s in ASCII: it is read as one byte a character', pack =>
  expect(/[^\0-\x7f]/.exec(textOf(pack))?.[0]).toBeUndefined())

it('holds each source once', () => {
  const sources = Object.values(contents).flat()
  expect(sources.filter((source, at) => sources.indexOf(source) < at)).toEqual([])
})

describe('compiled code', () => {
  const code = (cache: string) => join(cache, 'imgtrust', 'code')
  const fresh = () => mkdtempSync(join(folder, 'cache-'))

  it('is kept by the first run and taken by the second', () => {
    const cache = fresh()
    const first = run(['rules'], { XDG_CACHE_HOME: cache })
    const [name = ''] = readdirSync(code(cache))
    expect(name).toMatch(/^rules-/)
    const kept = statSync(join(code(cache), name))
    expect(kept.mode & 0o077).toBe(0)
    const second = run(['rules'], { XDG_CACHE_HOME: cache })
    expect(second.stdout).toBe(first.stdout)
    expect(statSync(join(code(cache), name)).mtimeMs).toBe(kept.mtimeMs)
  })

  it('is made anew where it is broken', () => {
    const cache = fresh()
    const { stdout } = run(['rules'], { XDG_CACHE_HOME: cache })
    const file = join(code(cache), readdirSync(code(cache))[0] ?? '')
    const bytes = readFileSync(file)
    for (const broken of [bytes.subarray(0, 1000), Buffer.alloc(4000, 7), Buffer.alloc(0)]) {
      writeFileSync(file, broken)
      expect(run(['rules'], { XDG_CACHE_HOME: cache }).stdout).toBe(stdout)
      expect(statSync(file).size).toBeGreaterThan(10_000)
    }
  })

  it('is neither read nor written where others may write the folder', () => {
    const cache = fresh()
    run(['rules'], { XDG_CACHE_HOME: cache })
    const [name = ''] = readdirSync(code(cache))
    writeFileSync(join(code(cache), name), 'planted')
    chmodSync(code(cache), 0o777)
    expect(run(['rules'], { XDG_CACHE_HOME: cache }).status).toBe(0)
    expect(readFileSync(join(code(cache), name), 'utf8')).toBe('planted')
  })

  it('is not kept of a run that ended early', () => {
    const cache = fresh()
    expect(run(['lint', '--no-such-flag'], { XDG_CACHE_HOME: cache }).status).toBe(2)
    expect(readdirSync(code(cache))).toEqual([])
  })

  it('is not asked for where there is no home', () => {
    const env = { XDG_CACHE_HOME: '/proc/none', HOME: '/proc/none' }
    expect(run(['rules'], env).status).toBe(0)
  })

  it.each(PACKS)('asks in %s for nothing by import(): Node.js 20 refuses that to compiled forms', pack =>
    expect(textOf(pack).match(/\bimport\(["'`\w(][^)]*\)/)).toBeNull())
})
