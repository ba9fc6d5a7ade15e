import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readTree } from '../../../src/image/read-image.ts'
import { openImages } from '../../../src/image/source.ts'
import { inPieces, keepAll, listing } from '../../support/gather.ts'
import { buildImage, dockerArchive } from '../../support/image.ts'
import { missing, type Running, start } from '../../support/program.ts'

const run = promisify(execFile)
const folder = mkdtempSync(join(tmpdir(), 'imgtrust-engines-'))
const at = (name: string) => join(folder, name)
const alpine = '../shared/images/alpine-minirootfs-3.11.13-x86_64.tar.gz'

/** Asks an engine over its socket. */
function ask(socketPath: string, method: string, path: string, body?: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = body ? { 'content-type': 'application/x-tar', 'content-length': body.length } : {}
    const sent = request({ socketPath, method, path, headers }, async answer => {
      let text = ''
      for await (const chunk of answer) text += String(chunk)
      if (answer.statusCode! < 300) resolve(text)
      else reject(new Error(text))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

let archive: Buffer
let expected: Record<string, string>

beforeAll(async () => {
  const base = existsSync(alpine)
    ? { tar: gunzipSync(readFileSync(alpine)) }
    : { files: { 'etc/os-release': 'ID=none', 'bin/sh': 'x'.repeat(3_000_000) } }
  const image = await buildImage({
    user: '65534',
    env: ['A=b=c'],
    layers: [
      { ...base, createdBy: 'ADD rootfs /' },
      { files: { 'etc/os-release': { whiteout: true }, 'etc/new': 'new' }, createdBy: 'RUN change it' },
      { files: {}, createdBy: 'RUN nothing' },
    ],
  })
  archive = await dockerArchive(image, 'docker.io/library/imgtrust-test:1')
  const [local] = await openImages('-', { reader: keepAll, stdin: inPieces(archive) })
  expected = listing(await readTree(local!, keepAll))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface EngineUnderTest {
  readonly id: 'docker' | 'podman'
  readonly variable: string
  readonly programs: readonly string[]
  launch(socket: string): Promise<Running>
}

const engines: readonly EngineUnderTest[] = [
  {
    id: 'docker',
    variable: 'DOCKER_HOST',
    programs: ['dockerd'],
    launch: async socket => {
      const paths = [
        '--data-root',
        at('docker/root'),
        '--exec-root',
        at('docker/exec'),
        '-p',
        at('docker/pid'),
      ]
      const quiet = ['--iptables=false', '--ip6tables=false', '--bridge=none', '-H', `unix://${socket}`]
      return start('dockerd', [...paths, ...quiet], async () => (await ask(socket, 'GET', '/_ping')) === 'OK')
    },
  },
  {
    id: 'podman',
    variable: 'CONTAINER_HOST',
    programs: ['podman'],
    launch: async socket => {
      const paths = ['--root', at('podman/root'), '--runroot', at('podman/run'), '--storage-driver', 'vfs']
      const service = ['system', 'service', '--time', '0', `unix://${socket}`]
      return start(
        'podman',
        [...paths, ...service],
        async () => (await ask(socket, 'GET', '/_ping')) === 'OK',
      )
    },
  },
]

for (const engine of engines) {
  const absent = missing(...engine.programs)
  describe.skipIf(absent)(
    `a real ${engine.id} engine (needs ${engine.programs}; missing: ${absent || 'none'})`,
    () => {
      const socket = at(`${engine.id}.sock`)
      const env = { DOCKER_HOST: `unix://${folder}/no.sock`, CONTAINER_HOST: `unix://${folder}/no.sock` }
      let running: Running | undefined
      let why = ''

      beforeAll(async () => {
        Object.assign(env, { [engine.variable]: `unix://${socket}` })
        await mkdir(at(engine.id), { recursive: true })
        try {
          running = await engine.launch(socket)
        } catch (error) {
          // A container that runs these tests may not allow a daemon: then each test says so.
          why = `${engine.id} does not start here: ${(error as Error).message.slice(-300)}`
          return
        }
        await ask(socket, 'POST', '/images/load', archive)
      })
      afterAll(() => running?.stop())

      const open = (spec: string, more: object = {}) =>
        openImages(spec, { reader: keepAll, env, offline: true, ...more })

      it('gives the image by its plain name, the same as the archive', async ctx => {
        if (!running) return ctx.skip(why)
        for (const spec of [
          'imgtrust-test:1',
          `${engine.id}:imgtrust-test:1`,
          'docker.io/library/imgtrust-test:1',
        ]) {
          const [image] = await open(spec)
          expect(image).toMatchObject({
            source: engine.id,
            reference: 'docker.io/library/imgtrust-test:1',
            platform: 'linux/amd64',
            config: { user: '65534', env: { A: 'b=c' } },
          })
          const tree = await readTree(image!, keepAll)
          expect(listing(tree)).toEqual(expected)
          expect(image!.layers.map(layer => layer.createdBy)).toEqual([
            'ADD rootfs /',
            'RUN change it',
            'RUN nothing',
          ])
          expect(tree.file('/etc/new')).toMatchObject({ layer: 1 })
        }
      })

      it('gives it by its id', async ctx => {
        if (!running) return ctx.skip(why)
        const { Id } = JSON.parse(await ask(socket, 'GET', '/images/imgtrust-test:1/json')) as { Id: string }
        const hex = Id.replace('sha256:', '')
        for (const id of [hex, hex.slice(0, 12)]) {
          const [image] = await open(`${engine.id}:${id}`)
          expect(listing(await readTree(image!, keepAll))).toEqual(expected)
        }
      })

      it('is passed over for what it does not have', async ctx => {
        if (!running) return ctx.skip(why)
        await expect(open('no-such-image:1')).rejects.toMatchObject({
          message: expect.stringContaining('--offline'),
        })
        await expect(open(`${engine.id}:no-such-image:1`)).rejects.toMatchObject({ code: 'not-found' })
        await expect(open('imgtrust-test:1', { platform: 'linux/s390x' })).rejects.toMatchObject({
          code: 'unreachable',
        })
        await expect(open(`${engine.id}:imgtrust-test:1`, { platform: 'linux/s390x' })).rejects.toMatchObject(
          {
            code: 'not-found',
            message: expect.stringContaining('linux/amd64'),
          },
        )
      })

      it('can be interrupted', async ctx => {
        if (!running) return ctx.skip(why)
        const [image] = await open(`${engine.id}:imgtrust-test:1`)
        const stop = new AbortController()
        const reading = readTree(image!, keepAll, { signal: stop.signal, onProgress: () => stop.abort() })
        await expect(reading).rejects.toMatchObject({ code: 'aborted' })
      })

      it.skipIf(missing('docker') || engine.id !== 'docker')(
        'what its own client saves is the same (needs docker)',
        async ctx => {
          if (!running) return ctx.skip(why)
          await run('docker', ['-H', `unix://${socket}`, 'save', '-o', at('saved.tar'), 'imgtrust-test:1'])
          const [image] = await open(at('saved.tar'))
          expect(listing(await readTree(image!, keepAll))).toEqual(expected)
        },
      )
    },
  )
}
