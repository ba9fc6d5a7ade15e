/** What a row of the table is: commands that run in turns, and what is claimed of them. */

/** What one run of a command took. */
export interface Sample {
  /** Seconds from its start to its end. */
  readonly wall: number
  /** Seconds of processor time, of all its threads and of the processes that it waited for. */
  readonly cpu: number
  /** Most bytes in memory at once: of it or of a process that it waited for, whichever has more. */
  readonly peak: number
  /** Numbers that the command printed, or that were counted beside it. */
  readonly told: Readonly<Record<string, number>>
}

/** A command that is measured. */
export interface Subject {
  readonly name: string
  readonly command: readonly string[]
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** A command whose standard output it reads. */
  readonly feed?: readonly string[]
  /** Exit statuses with which it has done its work; default: 0. */
  readonly statuses?: readonly number[]
  /** Its last line of standard output is a JSON object of numbers. */
  readonly tells?: boolean
  /** Does before each run what is not measured. */
  readonly before?: () => void
  /** Counts after each run. */
  readonly after?: () => Record<string, number>
  /** Runs in every nth round only, and never to warm up, where it takes long. Default: 1. */
  readonly every?: number
}

/** The samples of one round by subject. */
export type Round = Readonly<Record<string, Sample>>

/** Something with a number that is to be met. */
export interface Claim {
  readonly id: string
  /** What the number is, in a few words. */
  readonly what: string
  readonly unit: '×' | '× faster' | 'MB' | 'MB/s' | 'ms' | 'requests' | 'reads'
  readonly better: 'less' | 'more'
  /** What it has to be; null where it is shown for itself. */
  readonly must: number | null
  /** What it would be at best; null where there is no such number. */
  readonly goal: number | null
  /** The subjects that it is reckoned from: where one is not here, it is not told. */
  readonly of: readonly string[]
  /** Its number in one round, all of whose `of` are there. */
  readonly value: (round: Round, facts: Facts) => number
}

/** Numbers of a row's input, such as its bytes. */
export type Facts = Readonly<Record<string, number>>

export interface Prepared {
  readonly subjects: readonly Subject[]
  /** Subjects that can't be run, and why. */
  readonly missing?: Readonly<Record<string, string>>
  readonly facts?: Facts
  /** What was read, in a few words: `2 layers, 900 MB`. */
  readonly input: string
  readonly close?: () => void | Promise<void>
}

/** Why a row can't be measured here. */
export interface Skipped {
  readonly skipped: string
}

export interface Row {
  readonly id: string
  /** The first column of the table. */
  readonly title: string
  /** What is run and how it is read, for README.md. */
  readonly doc: string
  /** Rounds, and rounds with `--quick`. */
  readonly rounds: readonly [full: number, quick: number]
  /** Rounds that warm up and are not counted; default: 1. */
  readonly warmUp?: number
  readonly claims: readonly Claim[]
  readonly prepare: (bench: Bench) => Promise<Prepared | Skipped>
}

/** What a row may use. */
export interface Bench {
  /** The checkout. */
  readonly root: string
  /** The folder for inputs, kept between runs. */
  readonly work: string
  /** Folder or folders with git repositories; null where none was named. */
  readonly corpus: readonly string[]
  readonly node: readonly string[]
  /** `imgtrust` with these words. */
  readonly imgtrust: (...words: string[]) => string[]
  /** The path of a peer; null where it is not here. */
  readonly peer: (name: string) => string | null
  /** Tells people what is going on. */
  readonly say: (line: string) => void
}

/** By what factor the first takes longer than the second, in the same round. */
export function ratio(id: string, first: string, second: string, rest: Partial<Claim> = {}): Claim {
  return {
    id,
    what: `time against ${second}`,
    unit: '×',
    better: 'less',
    must: null,
    goal: null,
    of: [first, second],
    value: round => round[first]!.wall / round[second]!.wall,
    ...rest,
  }
}

/** By what factor the first takes more processor time: what a busy machine changes least. */
export function processorRatio(first: string, second: string): Claim {
  return {
    ...ratio('processor', first, second),
    what: `processor time against ${second}`,
    value: round => round[first]!.cpu / round[second]!.cpu,
  }
}

/** By what factor the first is faster than the second, in the same round. */
export function faster(id: string, first: string, second: string, rest: Partial<Claim> = {}): Claim {
  return {
    ...ratio(id, second, first),
    what: `beside ${second}`,
    unit: '× faster',
    better: 'more',
    ...rest,
  }
}
