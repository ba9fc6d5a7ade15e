/**
 * Standard output and standard error. `process.stdout` and `process.stderr` load streams, sockets and terminals when
 * they are first named (8 ms of 50): into a pipe or a file a plain write does the same.
 */
import { fstatSync, statSync, writeSync } from 'node:fs'
import { oneLine } from '../errors.ts'

type Output = 1 | 2

/** Outputs whose stream was asked for: what comes later must stay behind what it holds. */
const streams = new Map<Output, NodeJS.WriteStream>()

/** Prints to standard output. */
export function print(text: string): void {
  write(1, text)
}

/** Prints to standard error. */
export function printError(text: string): void {
  write(2, text)
}

/** Whether somebody watches at a terminal. */
export function isTerminal(output: Output): boolean {
  return isDevice(output) && process.getBuiltinModule('node:tty').isatty(output)
}

/** Columns of the terminal at standard output; undefined where there is none. */
export function columns(): number | undefined {
  return isTerminal(1) ? stream(1).columns : undefined
}

/** Its stream, which ends the program where it can't be written. */
export function stream(output: Output): NodeJS.WriteStream {
  const known = streams.get(output)
  if (known) return known
  const made = output === 1 ? process.stdout : process.stderr
  made.on('error', end)
  streams.set(output, made)
  return made
}

/** Waits until what was printed has left; a plain write has. */
export async function flushed(): Promise<void> {
  const made = streams.get(1)
  if (made && made.writableLength > 0) await new Promise(resolve => made.write('', resolve))
}

function write(output: Output, text: string): void {
  if (streams.has(output) || isDevice(output)) {
    stream(output).write(text)
    return
  }
  const bytes = Buffer.from(text)
  let written = 0
  try {
    while (written < bytes.length) written += writeSync(output, bytes, written)
  } catch (error) {
    // A pipe that somebody set not to wait is full: its stream waits.
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') stream(output).write(bytes.subarray(written))
    // As a stream tells it: after what goes on now, which sets the exit status.
    else setImmediate(end, error as Error)
  }
}

/** A terminal is a device of characters; pipes, files and sockets are none, and the one that drops all is none to us. */
function isDevice(output: Output): boolean {
  try {
    const status = fstatSync(output)
    return status.isCharacterDevice() && status.rdev !== statSync('/dev/null').rdev
  } catch {
    return true
  }
}

/** `imgtrust scan … | head` closes the pipe: that is no failure of ours. On a full disk what was asked for is not done. */
function end(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0)
  try {
    writeSync(2, `imgtrust: the output can't be written (${oneLine(error)})\n`)
  } catch {
    // Nobody hears it; the exit status says it.
  }
  process.exit(2)
}
