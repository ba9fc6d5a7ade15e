/** What the parts of the shell walker share. Types, but for the limits. */
import type { CommandNode, CompoundList, Pipeline, Statement } from 'unbash'
import type { Maybe } from '../model.ts'
import type { Frame } from './shell-frame.ts'
import { NOTHING, type ShellHost, type Status, type Stream } from './shell-types.ts'
import type { WordScope } from './shell-word.ts'

export interface Outcome {
  readonly status: Status
  readonly stdout: Stream
}

export const DONE: Outcome = { status: 'success', stdout: NOTHING }

/** Commands that one script may run. */
export const MAX_COMMANDS = 20_000

/** Anything that can be run. */
export type Runnable = CommandNode | Pipeline | Statement['command'] | CompoundList

export interface Walk<State> {
  readonly host: ShellHost<State>
  frame: Frame
  /** The way on is closed: the shell or the function has ended. */
  dead: boolean
  /** States in which the script ended early and well; those in which a function returned. */
  exits: State[]
  returns: State[] | null
  commands: number
  /** Conditions around the command that runs: its failure is asked for, and ends nothing. */
  asked: number
  /** `must`: the script fails unless this succeeds. */
  node(node: Runnable, must: boolean, stdin?: Stream): Outcome
  list(list: CompoundList, must?: boolean): Outcome
  together(streams: readonly Stream[]): Stream
  scope(): WordScope
  set(name: string, value: Maybe<string>, exported: boolean): void
  lookup(name: string): Maybe<string> | undefined
}
