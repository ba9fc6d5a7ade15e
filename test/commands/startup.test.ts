/** What a command loads decides how fast it starts: files of the bundle, seen as Node.js loads them. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '../support/run.ts'

interface Metafile {
  readonly outputs: Record<string, { readonly inputs: Record<string, unknown> }>
}

/** A loader hook that names each module on standard error. */
const HOOK = `import { register } from 'node:module'
register('data:text/javascript,' + encodeURIComponent(
  "import { writeSync } from 'node:fs'; export async function load(url, context, next) { writeSync(2, 'LOADED ' + url + '\\\\n'); return next(url, context) }"
))`

/** The sources (of ours and of packages) that lie in the files which a command loads. */
function sourcesLoadedBy(args: readonly string[]): string[] {
  const { outputs }: Metafile = JSON.parse(readFileSync(join(root, 'dist/meta.json'), 'utf8'))
  const { stderr } = spawnSync(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(HOOK)}`, join(root, 'bin/run.js'), ...args],
    { cwd: root, encoding: 'utf8' },
  )
  const loaded = [...stderr.matchAll(/^LOADED file:.*\/(dist\/.*\.js)$/gm)].map(match => match[1] ?? '')
  if (loaded.length === 0) throw new Error(`the hook saw nothing: ${stderr}`)
  return loaded.flatMap(path => Object.keys(outputs[path]?.inputs ?? {}))
}

const from = (sources: readonly string[], part: string) => sources.filter(source => source.includes(part))

describe('a plain lint', () => {
  const sources = sourcesLoadedBy(['lint', 'examples/addtrust/Dockerfile'])
  it('does load the trace', () => expect(from(sources, 'src/trace/')).not.toEqual([]))
  it.each([
    '/dockerode/',
    '/docker-modem/',
    '/tar-stream/',
    '/fzstd/',
    'src/image/',
    'src/trust/formats/',
  ])('loads nothing of %s', part => expect(from(sources, part)).toEqual([]))
})

describe('a scan of a folder', () => {
  const sources = sourcesLoadedBy(['scan', 'dir:examples', '--fail-on', 'never'])
  it('does load the overlay', () => expect(from(sources, 'src/image/overlay')).not.toEqual([]))
  it.each([
    '/dockerode/',
    '/docker-modem/',
    '/dockerfile-ast/',
    'src/trace/trace',
  ])('loads nothing of %s', part => expect(from(sources, part)).toEqual([]))
})

describe('help', () => {
  const sources = sourcesLoadedBy(['--help'])
  it.each([
    '/dockerode/',
    '/dockerfile-ast/',
    '/unbash/',
    'src/knowledge/',
    'src/image/',
    'rules/',
  ])('loads nothing of %s', part => expect(from(sources, part)).toEqual([]))
})
