/** Help teaches by examples: each is run as a user would type it, in a shell, or stands below with why it can't be. */
import { spawn } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ROOT_EXAMPLES } from '../../src/cli/help.ts'
import { scan } from '../../src/index.ts'
import { buildImage, dockerArchive } from '../support/image.ts'
import { missing } from '../support/program.ts'
import { debian, folderWith, sketchRoot } from '../support/rootfs.ts'
import { imgtrust, root } from '../support/run.ts'

/** Examples that talk to a registry, a server or this whole machine; test/real does. */
const NOT_RUN = [
  /\b(?:alpine|debian|node):\d/,
  /localhost:5000/,
  /https?:\/\/|:443|example\.(?:com|org)|--starttls/,
  /\bscan host\b/,
  /\bkubectl\b/,
]

interface Command {
  readonly id: string
  readonly examples?: readonly (string | { readonly command: string })[]
}

const { commands }: { commands: Record<string, Command> } = JSON.parse(
  readFileSync(join(root, 'oclif.manifest.json'), 'utf8'),
)
const examples = [
  ...ROOT_EXAMPLES.map(([, command]) => command),
  ...Object.values(commands).flatMap(({ examples = [] }) =>
    examples.map(example => (typeof example === 'string' ? example : example.command)),
  ),
].map(text => text.replaceAll('<%= config.bin %>', 'imgtrust'))
const run = [...new Set(examples)].filter(text => !NOT_RUN.some(reason => reason.test(text)))

const absent = missing('sh')
describe.skipIf(absent !== '')(`the examples of help${absent && ` (skipped: no ${absent})`}`, () => {
  let folder: string
  beforeAll(async () => {
    const roots = ['A', 'B', 'C', 'D', 'E'].map(name => sketchRoot(`Root ${name}`, '350101000000Z'))
    const files = Object.entries(debian(roots))
    folder = folderWith({
      Dockerfile: readFileSync(join(root, 'examples/addtrust/Dockerfile'), 'utf8'),
      'images.txt': 'dir:rootfs\nDockerfile\n',
      'fleet.txt': 'dir:rootfs\n',
      ...Object.fromEntries(files.map(([path, content]) => [`rootfs/${path}`, content])),
    })
    const image = await buildImage({ layers: [{ files: debian(roots) }] })
    writeFileSync(join(folder, 'image.tar'), await dockerArchive(image))
    const report = (shard?: { number: number; of: number }) =>
      scan([`dir:${join(folder, 'rootfs')}`], { at: 0, ...(shard && { shard }) })
    for (const number of [1, 2, 3])
      writeFileSync(join(folder, `part-${number}.json`), JSON.stringify(await report({ number, of: 3 })))
    writeFileSync(join(folder, 'report.json'), JSON.stringify(await report()))
    mkdirSync(join(folder, 'bin'))
    const program = `#!/bin/sh\nexec '${process.execPath}' '${join(root, 'bin/run.js')}' "$@"\n`
    writeFileSync(join(folder, 'bin/imgtrust'), program)
    chmodSync(join(folder, 'bin/imgtrust'), 0o755)
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it.each(run)('%s', async command => {
    const child = spawn('sh', ['-c', command], {
      cwd: folder,
      env: { PATH: `${join(folder, 'bin')}:${process.env.PATH}`, HOME: folder },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let stderr = ''
    child.stderr.setEncoding('utf8').on('data', chunk => (stderr += chunk))
    const status = await new Promise(done => child.on('close', done))
    expect([command, status === 0 || status === 1, stderr.includes('defect')]).toEqual([command, true, false])
  })

  it('are most of them run', () => expect(run.length).toBeGreaterThan(15))
  it('are there for every command', () => {
    for (const { id, examples = [] } of Object.values(commands))
      expect([id, examples.length > 0]).toEqual([id, true])
  })
})

describe('help', () => {
  it('is what imgtrust says alone, and names every command', async () => {
    const { stdout, status } = await imgtrust([])
    expect(status).toBe(0)
    for (const { id } of Object.values(commands)) expect(stdout).toContain(id.split(':')[0])
    for (const [, example] of ROOT_EXAMPLES) expect(stdout).toContain(`$ ${example}`)
    expect((await imgtrust(['--help'])).stdout).toBe(stdout)
  })

  it('is had as `help COMMAND` as well', async () => {
    const [one, other] = await Promise.all([
      imgtrust(['help', 'roots', 'show']),
      imgtrust(['roots', 'show', '-h']),
    ])
    expect(one.stdout).toBe(other.stdout)
    expect(one.stdout).toContain('DST Root CA X3')
  })
})

describe('a slip of the finger', () => {
  it.each([
    [['lnt'], /no command 'lnt'; did you mean 'lint'\?/],
    [['roots', 'shw'], /no command 'roots shw'; did you mean 'show'\?/],
    [['xyzzyxyzzy'], /no command 'xyzzyxyzzy' \(see imgtrust --help\)/],
    [['lint', '--formt', 'json'], /no flag --formt; did you mean '--format'\?/],
    [['lint', '--format', 'jsn'], /did you mean 'json'\?/],
    [['lint', '--fail-on', 'eror'], /did you mean 'error'\?/],
    [['lint', 'examples/addtrust', '--output', 'sarf=x'], /no format 'sarf'.*did you mean 'sarif'\?/],
    [['lint', '--rule', 'expird-root=off'], /no rule 'expird-root'; did you mean 'expired-root'\?/],
    [['rules', 'stale-base'], /no rule 'stale-base'; did you mean 'stale-base-image'\?/],
    [['forecast', '--format', 'cal'], /to be one of: text, json, ics/],
    [['completion', 'bas'], /to be one of|bas/],
  ])('%j is one line, and 2', async (args, said) => {
    const { stderr, stdout, status } = await imgtrust(args)
    expect(stderr).toMatch(said)
    expect([stdout, stderr.trimEnd().split('\n').length, status]).toEqual(['', 1, 2])
  })
})
