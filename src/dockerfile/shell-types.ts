/** What the shell walker hands to its host, and what it is given back. Types alone. */
import type { Unknown } from '../model.ts'
import type { MappedText } from './mapped-text.ts'

/** A word after expansion and quote removal. */
export interface ShellWord {
  /** Null where it can't be told. */
  readonly value: string | null
  /** Why it can't be told. */
  readonly why: string | null
  /** The text that it surely begins and ends with; both are `value` where that is known. */
  readonly prefix: string
  readonly suffix: string
  /** Where it stands in the file. */
  readonly start: number
  readonly end: number
  /** As written. */
  readonly raw: string
  /** It may turn into none or several words (an unquoted variable that isn't known, `$@`). */
  readonly many: boolean
  /** An unquoted `*`, `?` or `[…]` is in it. */
  readonly glob: boolean
  /** The value with its places in the file; null where it isn't known. */
  readonly mapped: MappedText | null
}

/** What flows through a pipe or into a file. */
export type Stream =
  | { readonly text: string; readonly mapped: MappedText | null }
  /** Something that only the host understands. */
  | { readonly data: object }
  | Unknown

export interface ShellAssignment {
  readonly name: string
  readonly value: string | null
  readonly start: number
  readonly end: number
}

export interface ShellCommand {
  readonly name: ShellWord
  /** The words after the name. */
  readonly args: readonly ShellWord[]
  /** `NAME=value` in front of it. */
  readonly assignments: readonly ShellAssignment[]
  /** Null where nothing is piped or redirected into it. */
  readonly stdin: Stream | null
  readonly start: number
  readonly end: number
  /** Absolute; null where it can't be told. */
  readonly cwd: string | null
  /** The value of a variable as the command would see it; undefined where it is not known to be set. */
  variable(name: string): string | Unknown | undefined
}

/**
 * `success`, `failure`: surely. `likely`: an ordinary command, a build goes on only where it works.
 * `unknown`: a test that may go either way.
 */
export type Status = 'success' | 'failure' | 'likely' | 'unknown'

export interface CommandResult {
  readonly status: Status
  readonly stdout: Stream
  /** A script to run in this command's place: as a child process (`sh -c`), or in this shell (`.`, `eval`). */
  readonly script?: {
    readonly text: MappedText
    readonly parameters: readonly string[]
    readonly here: boolean
    readonly environment: readonly ShellAssignment[]
    /** `sh -e`. */
    readonly errexit?: boolean
  }
  /** A command to run in its place (wrappers: `sudo`, `env`, `xargs`). */
  readonly instead?: ShellCommand
}

/** What the commands act on. The walker forks and joins its state where something happens only perhaps. */
export interface ShellHost<State> {
  /** How many conditions stand around the command that runs: it may not be run, or may fail without harm. */
  doubt?: number
  run(command: ShellCommand): CommandResult
  /** A redirect: `content` goes to the file `path`. */
  write(path: ShellWord, content: Stream, append: boolean, cwd: string | null): void
  /** What `<` reads. */
  read(path: ShellWord, cwd: string | null): Stream
  /** A variable is set by an assignment or `export`. */
  assigned(assignment: ShellAssignment, exported: boolean): void
  concat(streams: readonly Stream[]): Stream
  save(): State
  restore(state: State): void
  /** The state after one of these, it can't be told which. */
  join(a: State, b: State): State
}

export const NOTHING: Stream = { text: '', mapped: null }

export function isText(stream: Stream): stream is { text: string; mapped: MappedText | null } {
  return 'text' in stream
}
