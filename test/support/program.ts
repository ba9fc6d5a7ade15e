import {
  type ChildProcess,
  execFileSync,
  type SpawnSyncOptionsWithStringEncoding,
  spawn,
  spawnSync,
} from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** The names of those programs that are not installed: for `describe.skipIf`, which then says them. */
export function missing(...names: readonly string[]): string {
  const absent = names.filter(name => {
    try {
      execFileSync('sh', ['-c', `command -v ${name}`], { stdio: 'ignore' })
      return false
    } catch {
      return true
    }
  })
  return absent.join(', ')
}

/** What the kernel of a busy machine may say to buildah before a command has begun (container runtimes seal a copy of themselves). */
const HICCUP = /sealing memfd copy/

/** `buildah ARGS`, once more where it was the kernel that failed. */
export function runBuildah(args: readonly string[], options: SpawnSyncOptionsWithStringEncoding) {
  for (let times = 0; ; times++) {
    const done = spawnSync('buildah', args, options)
    if (done.status === 0 || times === 3 || !HICCUP.test(done.stdout + done.stderr)) return done
  }
}

/** A port that nobody listens on at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

export interface Running {
  /** What it has written so far. */
  output(): string
  stop(): Promise<void>
}

/** Starts a program and waits until it is ready. @throws Error with its output where it ends or is not ready in time */
export async function start(
  command: string,
  args: readonly string[],
  isReady: () => Promise<boolean>,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Running> {
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', chunk => {
      output = (output + String(chunk)).slice(-20_000)
    })
  }
  let failed = ''
  child.on('error', error => {
    failed = error.message
  })
  for (let tries = 0; tries < 150; tries++) {
    if (failed || child.exitCode !== null) break
    if (await isReady().catch(() => false)) return { output: () => output, stop: () => stop(child) }
    await sleep(200)
  }
  await stop(child)
  throw new Error(`${command} is not ready: ${failed}\n${output}`)
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  const late = setTimeout(() => child.kill('SIGKILL'), 15_000)
  await ended
  clearTimeout(late)
}
