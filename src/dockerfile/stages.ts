/** A Dockerfile's instructions as stages, with the names that FROM and COPY --from use. */
import { JobError } from '../errors.ts'
import { isUnknown, type Maybe } from '../model.ts'
import { expandWord, type Lookup } from './expand.ts'
import type { Instruction, ParsedDockerfile } from './parse.ts'
import { type Flag, splitWords, takeFlags } from './words.ts'

export interface Stage {
  readonly index: number
  /** As written; BuildKit compares it without case. */
  readonly name: string | null
  readonly from: Instruction
  /** The image's reference as written, and its range in the file. */
  readonly reference: { readonly text: string; readonly start: number; readonly end: number }
  /** With the arguments before FROM put in. */
  readonly image: Maybe<string>
  readonly platform: Maybe<string> | null
  readonly instructions: readonly Instruction[]
}

export interface StagedDockerfile extends ParsedDockerfile {
  /** ARG before the first FROM: what it gives in a stage that declares it again. */
  readonly globals: ReadonlyMap<string, Maybe<string> | undefined>
  readonly stages: readonly Stage[]
}

/** BuildKit's own arguments; the value depends on where it is built. */
export const PLATFORM_ARGUMENTS = new Set(
  'TARGETPLATFORM TARGETOS TARGETARCH TARGETVARIANT BUILDPLATFORM BUILDOS BUILDARCH BUILDVARIANT TARGETSTAGE'.split(
    ' ',
  ),
)

export interface StageOptions {
  readonly buildArgs: Readonly<Record<string, string>>
  readonly platform: string | undefined
}

/** @throws JobError `malformed` where BuildKit refuses the order or the shape of FROM */
export function splitStages(parsed: ParsedDockerfile, options: StageOptions): StagedDockerfile {
  const globals = new Map<string, Maybe<string> | undefined>()
  const lookup: Lookup = name =>
    globals.has(name) ? globals.get(name) : platformArgument(name, options.platform, options.buildArgs)
  const stages: (Stage & { instructions: Instruction[] })[] = []
  for (const instruction of parsed.instructions) {
    const where = `${parsed.file}:${parsed.lines.line(instruction.start)}`
    if (instruction.keyword === 'FROM')
      stages.push(readFrom(instruction, stages.length, lookup, parsed, where))
    else if (stages.length > 0) stages[stages.length - 1]!.instructions.push(instruction)
    else if (instruction.keyword === 'ARG') {
      for (const pair of argumentPairs(instruction, parsed.escapeMark)) {
        globals.set(pair.name, argumentValue(pair, lookup, options.buildArgs, parsed.escapeMark))
      }
    } else {
      throw new JobError('malformed', `${where}: ${instruction.keyword} stands before the first FROM`)
    }
  }
  if (stages.length === 0) {
    throw new JobError('malformed', `${parsed.file}: holds no FROM; expected at least one stage`)
  }
  return { ...parsed, globals, stages }
}

function readFrom(
  from: Instruction,
  index: number,
  lookup: Lookup,
  parsed: ParsedDockerfile,
  where: string,
): Stage & { instructions: Instruction[] } {
  const { flags, rest } = takeFlags(from.body)
  const words = splitWords(rest.text, parsed.escapeMark)
  const named = words.length === 3 && words[1]!.text.toLowerCase() === 'as'
  if (words.length !== 1 && !named) {
    throw new JobError('malformed', `${where}: FROM takes one image, or an image, AS and a name`)
  }
  const word = words[0]!
  const range = rest.range(word.start, word.end)
  const platform = flagValue(flags, 'platform')
  return {
    index,
    name: named ? words[2]!.text : null,
    from,
    reference: { text: word.text, ...range },
    image: expandWord(word.text, lookup, parsed.escapeMark),
    platform: platform === null ? null : expandWord(platform, lookup, parsed.escapeMark),
    instructions: [],
  }
}

/** The last flag of a name; null where it isn't given. */
export function flagValue(flags: readonly Flag[], name: string): string | null {
  return flags.findLast(flag => flag.name === name)?.value ?? null
}

export interface Argument {
  readonly name: string
  /** As written; null where ARG gives no default. */
  readonly value: string | null
}

/** ARG may declare several. */
export function argumentPairs(instruction: Instruction, escapeMark: string): Argument[] {
  return splitWords(instruction.body.text, escapeMark).map(word => {
    const at = word.text.indexOf('=')
    return at < 0
      ? { name: word.text, value: null }
      : { name: word.text.slice(0, at), value: word.text.slice(at + 1) }
  })
}

/** What an ARG gives: --build-arg, else its default; undefined where it has neither. */
export function argumentValue(
  argument: Argument,
  lookup: Lookup,
  buildArgs: Readonly<Record<string, string>>,
  escapeMark: string,
): Maybe<string> | undefined {
  if (Object.hasOwn(buildArgs, argument.name)) return buildArgs[argument.name]
  if (argument.value !== null) return expandWord(argument.value, lookup, escapeMark)
  return lookup(argument.name)
}

/** TARGETARCH and its kin: known where a platform was asked for, or --build-arg gives it. */
export function platformArgument(
  name: string,
  platform: string | undefined,
  buildArgs: Readonly<Record<string, string>> = {},
): Maybe<string> | undefined {
  if (!PLATFORM_ARGUMENTS.has(name)) return undefined
  if (Object.hasOwn(buildArgs, name)) return buildArgs[name]
  const why = { unknown: `${name} depends on what is built` }
  if (!platform || !name.startsWith('TARGET')) return why
  const [os = '', arch = '', variant = ''] = platform.split('/')
  const values: Record<string, string> = {
    TARGETPLATFORM: platform,
    TARGETOS: os,
    TARGETARCH: arch,
    TARGETVARIANT: variant,
  }
  return values[name] ?? why
}

/**
 * The stage that `--from` or FROM means: by name (the latest one wins), or by number; null where it is none.
 * @param before only stages in front of this one count
 */
export function findStage(
  stages: readonly Stage[],
  reference: string,
  before: number,
  numbers: boolean,
): Stage | null {
  const wanted = reference.toLowerCase()
  const named = stages.slice(0, before).findLast(stage => stage.name?.toLowerCase() === wanted)
  if (named) return named
  if (numbers && /^\d+$/.test(reference)) return stages.slice(0, before)[Number(reference)] ?? null
  return null
}

/** The stage that is built: `target`, or the last. @throws JobError `usage` where there is no such stage */
export function targetStage(dockerfile: StagedDockerfile, target: string | undefined): Stage {
  const { stages, file } = dockerfile
  if (target === undefined) return stages[stages.length - 1]!
  const found = findStage(stages, target, stages.length, true)
  if (found) return found
  const names = stages.flatMap(stage => (stage.name ? [stage.name] : []))
  throw new JobError(
    'usage',
    `${file}: has no stage ${target}; its stages: ${names.join(', ') || 'none has a name'}`,
  )
}

/** Is the expanded image surely this text? */
export function imageText(stage: Stage): string | null {
  return isUnknown(stage.image) ? null : stage.image
}
