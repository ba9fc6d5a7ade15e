/**
 * `imgtrust verify` against a live server, and the real programs of real images against the same one: before and after
 * the remedy that it names was carried out in them.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, lstatSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ReportVerdict } from '../../../src/report/report.ts'
import { hasTool, isRoot, runInside, unpack } from '../../support/chroot.ts'
import { outage } from '../../support/outage.ts'
import { imgtrustJson, root } from '../../support/run.ts'

const shared = join(root, '../shared/images')
const images = ['3.8.5', '3.11.13', '3.20.3'].map(version => ({
  version,
  file: join(shared, `alpine-minirootfs-${version}-x86_64.tar.gz`),
}))
const missing = !isRoot
  ? 'needs root'
  : !hasTool('openssl')
    ? 'needs openssl'
    : existsSync(shared)
      ? null
      : 'needs ../shared/images'

const { old, fresh, cross, inter, leaf } = outage('localhost')
const stores = { both: old.pem + fresh.pem, new: fresh.pem, old: old.pem }

let folder: string
const servers: ChildProcess[] = []
const ports: Record<string, number> = {}

beforeAll(async () => {
  if (missing) return
  folder = mkdtempSync(join(tmpdir(), 'imgtrust-outage-'))
  writeFileSync(join(folder, 'key'), leaf.key.private.export({ type: 'pkcs8', format: 'pem' }))
  writeFileSync(join(folder, 'leaf'), leaf.pem)
  for (const [name, chain] of Object.entries({ cross: inter.pem + cross.pem, short: inter.pem })) {
    writeFileSync(join(folder, name), chain)
    ports[name] = await serve(name)
  }
})
afterAll(() => {
  for (const server of servers) server.kill()
  if (folder) rmSync(folder, { recursive: true, force: true })
})

/** A real server; its port is one that was free a moment ago. */
async function serve(chain: string): Promise<number> {
  const { createServer } = await import('node:net')
  const free = createServer()
  await new Promise<void>(resolve => free.listen(0, '127.0.0.1', resolve))
  const { port } = free.address() as { port: number }
  await new Promise(resolve => free.close(resolve))
  const args = ['-cert', 'leaf', '-key', 'key', '-cert_chain', chain, '-www', '-quiet']
  servers.push(
    spawn('openssl', ['s_server', '-accept', `127.0.0.1:${port}`, ...args], { cwd: folder, stdio: 'ignore' }),
  )
  for (;;) {
    const open = await new Promise<boolean>(resolve => {
      const socket = connect(port, '127.0.0.1', () => resolve(true))
      socket.on('error', () => resolve(false))
      socket.on('connect', () => socket.destroy())
    })
    if (open) return port
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}

function putStore(image: string, store: string): void {
  const plain = join(image, 'etc/ssl/cert.pem')
  const link = lstatSync(plain).isSymbolicLink()
  writeFileSync(link ? join(image, 'etc/ssl/certs/ca-certificates.crt') : plain, store)
}

/** What the real programs say: a refusal speaks of certificates. */
async function really(image: string, port: number): Promise<Record<string, boolean>> {
  const url = `https://localhost:${port}/x`
  const wget = await runInside(image, ['wget', '-q', '-T', '10', '-O', '/dev/null', url])
  if (wget.status !== 0) expect(wget.text).toMatch(/certificate/i)
  writeFileSync(join(image, 'tmp/repositories'), `${url}\n`)
  const apk = ['apk', '--no-cache', '--allow-untrusted', '--repositories-file', '/tmp/repositories', 'update']
  const { text } = await runInside(image, apk)
  // Its libfetch calls a refused certificate a permission denied, or says what OpenSSL said.
  const refused = /certificate|permission denied/i.test(text)
  return { 'busybox wget': wget.status === 0, apk: !refused }
}

async function verdictsOf(image: string, port: number): Promise<readonly ReportVerdict[]> {
  const { report } = await imgtrustJson(['verify', `https://localhost:${port}`, '--image', `dir:${image}`])
  expect(report.targets[0]?.error).toBeNull()
  expect(report.targets[0]?.source).toMatch(/^tls/)
  return report.targets[0]?.verdicts ?? []
}

const accepted = (verdicts: readonly ReportVerdict[]) =>
  Object.fromEntries(verdicts.map(verdict => [verdict.client.program, verdict.accepted]))

describe.skipIf(missing)(`verify and the real programs of Alpine${missing ? ` (${missing})` : ''}`, () => {
  for (const { version, file } of images) {
    for (const [name, store] of Object.entries(stores)) {
      for (const chain of ['cross', 'short']) {
        it(`${version}, store "${name}", chain "${chain}": say the same, before and after the remedy`, async () => {
          const image = unpack(file)
          try {
            putStore(image, store)
            const port = ports[chain]!
            const verdicts = await verdictsOf(image, port)
            expect(accepted(verdicts)).toEqual(await really(image, port))
            const mended = verdicts.find(
              ({ afterRemedy }) => afterRemedy?.accepted && afterRemedy.remedy.steps.shell,
            )
            const shell = mended?.afterRemedy?.remedy.steps.shell
            if (version === '3.8.5' && name === 'both' && chain === 'cross') expect(shell).toBeTruthy()
            // A newer base or package needs the network; what takes a root out does not.
            if (!shell || !/^sed /m.test(shell)) return
            const done = await runInside(image, ['sh', '-ec', shell])
            expect(done).toMatchObject({ status: 0 })
            const after = await verdictsOf(image, port)
            expect(accepted(after)).toEqual(await really(image, port))
            for (const { client, afterRemedy } of verdicts)
              if (afterRemedy !== null)
                expect(after.find(each => each.client.program === client.program)?.accepted).toBe(
                  afterRemedy.accepted,
                )
          } finally {
            rmSync(image, { recursive: true, force: true })
          }
        })
      }
    }
  }
})
