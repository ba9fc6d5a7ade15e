/** At a terminal: a large archive is read under a pseudo terminal (`script` of util-linux), and given up by Ctrl-C. */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { packTar } from '../../support/image.ts'
import { missing } from '../../support/program.ts'
import { imgtrust, root } from '../../support/run.ts'

const LAYERS = 7
const SIZE = 512 << 20
/** Of tar: a header, and the two of zeros at an archive's end. */
const BLOCK = 512
const END = 2 * BLOCK
const FLAGS = ['--no-cache', '--at', '2026-11-23']
const REDRAW = '\r\u001b[2K'

const absent = missing('script', 'stty')
describe.skipIf(absent !== '')(`a pseudo terminal${absent && ` (skipped: no ${absent})`}`, () => {
  let folder: string
  let archive: string
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'imgtrust-terminal-'))
    archive = join(folder, 'large.tar')
    await writeArchive(archive)
  })
  beforeEach(() => {
    for (const name of ['home', 'tmp', 'cwd', 'cache']) {
      rmSync(join(folder, name), { recursive: true, force: true })
      mkdirSync(join(folder, name))
    }
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  /** @param type what is typed once the progress line stands there */
  async function scan(columns: number, type = '') {
    const line = `stty cols ${columns}; exec "${process.execPath}" "${join(root, 'bin/run.js')}" scan "${archive}" ${FLAGS.join(' ')} >../stdout`
    const child = spawn('script', ['-qec', line, '/dev/null'], {
      cwd: join(folder, 'cwd'),
      env: {
        PATH: process.env.PATH,
        HOME: join(folder, 'home'),
        TMPDIR: join(folder, 'tmp'),
        XDG_CACHE_HOME: join(folder, 'cache'),
        SHELL: '/bin/sh',
        TERM: 'xterm',
      },
    })
    let screen = ''
    let typed = false
    child.stdout.setEncoding('utf8').on('data', chunk => {
      screen += chunk
      if (type === '' || typed || !screen.includes('layer ')) return
      typed = true
      child.stdin.write(type)
    })
    const [status] = await once(child, 'close')
    return { status, screen, stdout: readFileSync(join(folder, 'stdout'), 'utf8') }
  }

  it('redraws one line that names the target, the layer and the bytes, and takes it away', async () => {
    const { status, screen, stdout } = await scan(200)
    expect(status).toBe(0)
    const [before, ...drawn] = screen.split(REDRAW)
    expect([before, drawn.at(-1)]).toEqual(['', ''])
    const states = drawn.slice(0, -1).map(text => {
      const [, target, layer, size, unit] =
        /^reading (\S+): layer (\d)\/7, (\d+(?:\.\d)?) ([MG]B)$/.exec(text) ?? []
      expect([text, target]).toEqual([text, archive])
      return { layer: Number(layer), bytes: Number(size) * (unit === 'GB' ? 1000 : 1) }
    })
    expect(states.length).toBeGreaterThan(1)
    for (const key of ['layer', 'bytes'] as const) {
      const values = states.map(state => state[key])
      expect(values).toEqual(values.toSorted((a, b) => a - b))
    }
    const quiet = await imgtrust(['scan', archive, ...FLAGS, '--no-progress'])
    expect([quiet.stdout, quiet.stderr]).toEqual([stdout, ''])
  })

  it('cuts the name where the terminal is narrow: the line never wraps', async () => {
    const { screen } = await scan(40)
    const drawn = screen.split(REDRAW).filter(Boolean)
    expect(drawn.length).toBeGreaterThan(0)
    for (const text of drawn) {
      expect(text.length).toBeLessThan(40)
      expect(text).toMatch(/^reading \S+…: layer \d\/7, \S+ [MG]B$/)
    }
  })

  it('Ctrl-C ends it with 130: no report, no line left, no file outside the cache', async () => {
    const { status, screen, stdout } = await scan(200, '\u0003')
    expect([status, stdout]).toEqual([130, ''])
    expect(screen).toMatch(/\r\u001b\[2K$/)
    expect(screen).not.toMatch(/\bat .*\.[jt]s:\d+|Error/)
    for (const name of ['home', 'tmp', 'cwd'])
      expect([name, readdirSync(join(folder, name))]).toEqual([name, []])
  })
})

/** An archive as `docker save` writes them, its layers holes of the file system: large to read, small on the disk. */
async function writeArchive(path: string): Promise<void> {
  // Equal layers would be read once.
  const names = Array.from({ length: LAYERS }, (_, layer) => `large-${layer}`)
  const inner = await Promise.all(names.map(name => headerOf(name, SIZE)))
  const layerSize = BLOCK + SIZE + END
  const config = {
    architecture: 'amd64',
    os: 'linux',
    rootfs: { type: 'layers', diff_ids: inner.map(head => digestOf(head, layerSize)) },
  }
  const manifest = [
    { Config: 'config.json', RepoTags: ['large:1'], Layers: names.map(name => `${name}.tar`) },
  ]
  const documents = await packTar([
    [{ name: 'config.json' }, JSON.stringify(config)],
    [{ name: 'manifest.json' }, JSON.stringify(manifest)],
  ])
  const file = openSync(path, 'w')
  try {
    let at = writeSync(file, documents, 0, documents.length - END, 0)
    for (const [layer, name] of names.entries()) {
      writeSync(
        file,
        Buffer.concat([await headerOf(`${name}.tar`, layerSize), inner[layer]!]),
        0,
        2 * BLOCK,
        at,
      )
      at += BLOCK + layerSize
    }
    ftruncateSync(file, at + END)
  } finally {
    closeSync(file)
  }
}

/** Of a layer that is one file of zeros. */
function digestOf(head: Buffer, layerSize: number): string {
  const zeros = Buffer.alloc(1 << 20)
  const hash = createHash('sha256').update(head)
  for (let at = head.length; at < layerSize; at += zeros.length)
    hash.update(zeros.subarray(0, Math.min(zeros.length, layerSize - at)))
  return `sha256:${hash.digest('hex')}`
}

/** The header of a file whose content follows. */
async function headerOf(name: string, size: number): Promise<Buffer> {
  const header = Buffer.from((await packTar([[{ name }, '']])).subarray(0, BLOCK))
  header.write(`${size.toString(8).padStart(11, '0')} `, 124, 'latin1')
  header.fill(' ', 148, 156)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return header
}
