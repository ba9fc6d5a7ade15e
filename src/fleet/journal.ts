/**
 * What a run of many targets has judged so far, in a file that the user names: after a crash or Ctrl-C the same command
 * goes on from it. Lines are only added, each with a digest of itself; a torn or damaged one and all behind it are
 * dropped, and their targets are read again.
 */
import { createHash } from 'node:crypto'
import { closeSync, constants, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs'
import { formatInstant } from '../clock.ts'
import { JobError, oneLine } from '../errors.ts'
import { limits } from '../limits.ts'
import type { Instant } from '../model.ts'
import type { ReportTarget } from '../report/report.ts'

/** What must be the same for what was judged to hold, each under the name that a user is told. */
export type JournalSettings = Readonly<Record<string, string>>

/** One target that is done. */
export interface JournalEntry {
  /** As named in the list. */
  readonly target: string
  /** What the report says of it: one, or several with `--all-platforms`. */
  readonly told: readonly ReportTarget[]
  /** Numbers of the configuration's ignores that silenced something in it. */
  readonly used: readonly number[]
}

interface Head {
  readonly imgtrust: 'journal'
  readonly version: 1
  readonly at: Instant
  readonly settings: JournalSettings
}

const NEWLINE = 0x0a
const CHECK_DIGITS = 32
const CHUNK = 1 << 20

export class Journal {
  readonly #file: number
  readonly #path: string
  /** The judge's clock of the run that began it. */
  readonly at: Instant
  readonly done: ReadonlyMap<string, JournalEntry>

  private constructor(path: string, file: number, at: Instant, done: ReadonlyMap<string, JournalEntry>) {
    this.#path = path
    this.#file = file
    this.at = at
    this.done = done
  }

  /**
   * Opens one that is there, else begins it: readable by its owner alone, and never through a link.
   * @param at what the user wants to judge as of; null: what the journal says, in a new one `now`
   * @param keep is given each entry, and says what is held of it
   * @throws JobError `usage` where it is of another run, or no journal; `unreadable`
   */
  static open(
    path: string,
    {
      at,
      now,
      settings,
    }: { readonly at: Instant | null; readonly now: Instant; readonly settings: JournalSettings },
    keep: (entry: JournalEntry) => JournalEntry = entry => entry,
  ): Journal {
    const file = openOwn(path)
    try {
      const done = new Map<string, JournalEntry>()
      let head: Head | null = null
      let whole = 0
      for (const { value, end } of linesOf(file)) {
        if (head === null) head = checkedHead(value, path)
        else if (isEntry(value)) done.set(value.target, keep(value))
        else break
        whole = end
      }
      if (head === null && fstatSync(file).size > 0) throw noJournal(path)
      if (head !== null) mustFit(head, { at, settings }, path)
      ftruncateSync(file, whole)
      const journal = new Journal(path, file, head?.at ?? at ?? now, done)
      if (head === null) journal.#write({ imgtrust: 'journal', version: 1, at: journal.at, settings })
      return journal
    } catch (error) {
      closeSync(file)
      throw error instanceof JobError ? error : unreadable(path, error)
    }
  }

  /** @throws JobError `unreadable`: a full disk */
  add(entry: JournalEntry): void {
    this.#write(entry)
  }

  close(): void {
    closeSync(this.#file)
  }

  #write(value: object): void {
    const text = Buffer.from(JSON.stringify(value))
    const line = Buffer.concat([Buffer.from(`${checkOf(text)} `), text, Buffer.from('\n')])
    try {
      for (let written = 0; written < line.length; ) written += writeSync(this.#file, line, written)
    } catch (error) {
      throw unreadable(this.#path, error)
    }
  }
}

/** A regular file of this user that nobody else may write; its last name is no link. */
function openOwn(path: string): number {
  const { O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_RDWR } = constants
  let file: number
  try {
    file = openSync(path, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ELOOP')
      throw new JobError(
        'usage',
        `--resume ${path}: it is a link, which is not followed; name the file itself`,
      )
    throw unreadable(path, error)
  }
  const status = fstatSync(file)
  const others =
    process.getuid !== undefined && (status.uid !== process.getuid() || (status.mode & 0o022) !== 0)
  if (status.isFile() && !others) return file
  closeSync(file)
  throw new JobError(
    'usage',
    status.isFile()
      ? `--resume ${path}: another user may write it, so it can’t be believed; name a file of your own`
      : `--resume ${path}: it is no plain file; name one`,
  )
}

/** The lines that are whole, and where each ends; what is behind the first that is not, is none. */
function* linesOf(file: number): Generator<{ readonly value: unknown; readonly end: number }> {
  let rest: Buffer = Buffer.alloc(0)
  let at = 0
  for (let read = 0; ; at += read) {
    const chunk = Buffer.allocUnsafe(CHUNK)
    read = readSync(file, chunk, 0, CHUNK, at)
    if (read === 0) return
    const held = rest.length
    let bytes = Buffer.concat([rest, chunk.subarray(0, read)])
    let start = at - held
    for (let end = bytes.indexOf(NEWLINE, held); end >= 0; end = bytes.indexOf(NEWLINE)) {
      const value = parsedLine(bytes.subarray(0, end))
      if (value === undefined) return
      start += end + 1
      yield { value, end: start }
      bytes = bytes.subarray(end + 1)
    }
    if (bytes.length > limits.reportBytes) return
    rest = Buffer.from(bytes)
  }
}

function parsedLine(line: Buffer): unknown {
  const text = line.subarray(CHECK_DIGITS + 1)
  if (line.toString('latin1', 0, CHECK_DIGITS + 1) !== `${checkOf(text)} `) return undefined
  try {
    return JSON.parse(text.toString('utf8'))
  } catch {
    return undefined
  }
}

function checkOf(text: Buffer): string {
  return createHash('sha256').update(text).digest('hex').slice(0, CHECK_DIGITS)
}

function isEntry(value: unknown): value is JournalEntry {
  const { target, told, used } = (value ?? {}) as Partial<Record<keyof JournalEntry, unknown>>
  return typeof target === 'string' && Array.isArray(told) && Array.isArray(used)
}

function checkedHead(value: unknown, path: string): Head {
  const { imgtrust, version, at, settings } = (value ?? {}) as Partial<Record<keyof Head, unknown>>
  const known = typeof at === 'number' && typeof settings === 'object' && settings !== null
  if (imgtrust !== 'journal' || version !== 1 || !known) throw noJournal(path)
  return value as Head
}

function mustFit(
  head: Head,
  { at, settings }: { readonly at: Instant | null; readonly settings: JournalSettings },
  path: string,
): void {
  if (at !== null && at !== head.at)
    throw new JobError(
      'usage',
      `--resume ${path}: it was begun with --at ${formatInstant(head.at)}, and this run says ${formatInstant(at)}; say the same or nothing, or name another file`,
    )
  const other = Object.keys({ ...head.settings, ...settings }).filter(
    name => head.settings[name] !== settings[name],
  )
  if (other.length > 0)
    throw new JobError(
      'usage',
      `--resume ${path}: it was begun with another ${other.join(', another ')}; go on with the same, or name another file`,
    )
}

function noJournal(path: string): JobError {
  return new JobError(
    'usage',
    `--resume ${path}: it is there and is no journal of imgtrust; name a file that is not there yet, or that an interrupted run left`,
  )
}

function unreadable(path: string, error: unknown): JobError {
  return new JobError('unreadable', `--resume ${path}: it can't be read and written (${oneLine(error)})`)
}
