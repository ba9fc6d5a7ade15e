/** Runs one command at a time and says what it took; see runner.py. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface, type Interface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Sample, Subject } from './row.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const script = fileURLToPath(new URL('runner.py', import.meta.url))

interface Answer {
  readonly error?: string
  readonly status: number
  readonly wall: number
  readonly cpu: number
  readonly peak: number
  readonly stdout: string
  readonly stderr: string
}

export class Runner {
  readonly #python: ChildProcess
  readonly #lines: Interface
  /** Never fulfilled. */
  readonly #ended: Promise<never>
  readonly #env: Readonly<Record<string, string>>
  readonly #folder: string
  readonly #seconds: number

  /**
   * @param env the whole environment of the commands, so that the caller's can't change what is measured
   * @param folder in which they run, where they don't name one
   * @param seconds after which a command is ended
   */
  constructor(env: Readonly<Record<string, string>>, folder: string, seconds = 900) {
    this.#env = env
    this.#folder = folder
    this.#seconds = seconds
    this.#python = spawn('python3', [script], { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#lines = createInterface({ input: this.#python.stdout! })
    this.#ended = once(this.#python, 'exit').then(() => {
      throw new Error('python3, which runs the commands, has ended')
    })
    // It also ends when all is done and nobody waits.
    this.#ended.catch(() => {})
  }

  /** @throws Error where the command can't be run or ends with another status than its own */
  async run(subject: Subject): Promise<Sample> {
    subject.before?.()
    const job = {
      command: subject.command,
      home: root,
      cwd: subject.cwd ?? this.#folder,
      env: { ...this.#env, ...subject.env },
      feed: subject.feed ?? null,
      capture: subject.tells ?? false,
      seconds: this.#seconds,
    }
    const answered = once(this.#lines, 'line') as Promise<[string]>
    this.#python.stdin!.write(`${JSON.stringify(job)}\n`)
    const [line] = await Promise.race([answered, this.#ended])
    const answer = JSON.parse(line) as Answer
    if (answer.error !== undefined) throw new Error(`${subject.name}: ${answer.error}`)
    if (!(subject.statuses ?? [0]).includes(answer.status))
      throw new Error(`${subject.name} ended with ${answer.status}: ${answer.stderr.trim().slice(-500)}`)
    const told = subject.tells ? JSON.parse(answer.stdout.trim().split('\n').at(-1)!) : {}
    const { wall, cpu, peak } = answer
    return { wall, cpu, peak, told: { ...told, ...subject.after?.() } }
  }

  close(): void {
    this.#lines.close()
    this.#python.stdin!.end()
  }
}
