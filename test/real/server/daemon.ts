import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { type Issued, issue, keyOf } from '../../support/pki.ts'
import { type Running, start } from '../../support/program.ts'

/** A folder of a test's own, which daemons of any user may read. */
export function openFolder(): (name: string) => string {
  const folder = mkdtempSync(join(tmpdir(), 'imgtrust-server-'))
  chmodSync(folder, 0o755)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return name => join(folder, name)
}

const running: Running[] = []
afterAll(() => Promise.all(running.map(each => each.stop())))

/** A program in the foreground that listens at the port once this is done; ended with the test's file. */
export async function daemon(
  command: string,
  args: readonly string[],
  port: number,
  env: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  running.push(await start(command, args, () => listens(port), env))
}

function listens(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => resolve(false))
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
  })
}

/** What `openssl s_client -showcerts` receives, in its order. */
export function oracle(port: number, ...more: readonly string[]): Buffer[] {
  const args = [
    's_client',
    '-connect',
    `localhost:${port}`,
    '-4',
    '-showcerts',
    '-servername',
    'localhost',
    ...more,
  ]
  const text = execFileSync('openssl', args, {
    input: '',
    encoding: 'latin1',
    stdio: ['pipe', 'pipe', 'ignore'],
    timeout: 60_000,
  })
  return pemBlocks(text)
}

export function pemBlocks(text: string): Buffer[] {
  return [...text.matchAll(/-----BEGIN CERTIFICATE-----([\s\S]+?)-----END/g)].map(([, body]) =>
    Buffer.from(body!, 'base64'),
  )
}

export const hex = (ders: readonly Uint8Array[]) => ders.map(der => Buffer.from(der).toString('hex'))

/** Certificates for localhost, and files with them as programs read them. */
export function authority(at: (name: string) => string) {
  const root = issue({ subject: 'Root', key: keyOf('root'), ca: true })
  const int = issue({ subject: 'Issuing CA', key: keyOf('int'), by: root, ca: true })
  const stray = issue({ subject: 'Stray', key: keyOf('stray'), ca: true })
  const leaf = issue({
    subject: 'localhost',
    key: keyOf('leaf'),
    by: int,
    names: ['DNS:localhost'],
    purposes: ['server'],
  })
  const ecLeaf = issue({
    subject: 'localhost EC',
    key: keyOf('leaf', 'ec'),
    by: int,
    names: ['DNS:localhost'],
    purposes: ['server'],
  })
  const write = (name: string, content: string, mode = 0o644) => {
    writeFileSync(at(name), content, { mode })
    chmodSync(at(name), mode)
    return at(name)
  }
  const key = ({ key }: Issued) => key.private.export({ type: 'pkcs8', format: 'pem' }) as string
  const pem = (sent: readonly Issued[]) => sent.map(each => each.pem).join('')
  return { root, int, stray, leaf, ecLeaf, write, key, pem }
}
