/** What each instruction of a stage does to its state. */
import { expandWord } from '../dockerfile/expand.ts'
import { MappedText } from '../dockerfile/mapped-text.ts'
import type { Instruction } from '../dockerfile/parse.ts'
import { walkShell } from '../dockerfile/shell.ts'
import {
  argumentPairs,
  argumentValue,
  platformArgument,
  type StagedDockerfile,
} from '../dockerfile/stages.ts'
import { jsonForm, pairs, takeFlags } from '../dockerfile/words.ts'
import { isUnknown, type Maybe, unknown } from '../model.ts'
import { copy, type FindSource } from './copy.ts'
import type { Machine } from './machine.ts'
import { withMounts } from './mounts.ts'
import { absolutePath } from './paths.ts'
import { environmentSwitch } from './verification.ts'

/** A note: a RUN before surely failed. Nothing that stands after it is ever built. */
export const ENDED = 'ended'

export interface StageSurroundings {
  readonly dockerfile: StagedDockerfile
  readonly find: FindSource
}

/** Runs one instruction: the machine's state and events are what changes. */
export function runInstruction(machine: Machine, instruction: Instruction, around: StageSurroundings): void {
  const { escapeMark } = machine.session
  const lookup = (name: string): Maybe<string> | undefined => machine.environment(name)
  machine.at = { start: instruction.start, end: instruction.end }
  machine.program = instruction.keyword
  machine.elevated = false
  switch (instruction.keyword) {
    case 'RUN':
      runCommand(machine, instruction, around.find)
      return
    case 'COPY':
    case 'ADD':
      copy(machine, instruction, around.find)
      return
    case 'ENV':
      setEnvironment(machine, instruction)
      return
    case 'ARG':
      for (const argument of argumentPairs(instruction, escapeMark)) {
        const global = (name: string): Maybe<string> | undefined => around.dockerfile.globals.get(name)
        const inherited = argument.value === null ? global(argument.name) : undefined
        const value = inherited ?? argumentValue(argument, lookup, machine.session.buildArgs, escapeMark)
        const known =
          value ??
          platformArgument(argument.name, machine.session.platform) ??
          unknown(`the build argument ${argument.name} has no value here`)
        machine.set({ args: machine.fields.args.with(argument.name, known) })
        argumentSwitch(machine, instruction, argument.name, known)
      }
      return
    case 'USER': {
      const user = expandWord(instruction.body.text.trim(), lookup, escapeMark)
      machine.set({ user })
      return
    }
    case 'WORKDIR': {
      const folder = expandWord(instruction.body.text.trim(), lookup, escapeMark)
      const { workdir } = machine.fields
      const base = isUnknown(workdir) ? null : workdir
      const path = isUnknown(folder) ? null : absolutePath(folder, base)
      machine.set({ workdir: path ?? unknown('WORKDIR is not known') })
      return
    }
    case 'SHELL': {
      const words = jsonForm(instruction.body)
      if (words) machine.set({ shell: words.map(word => word.text) })
      return
    }
    case 'CMD':
    case 'ENTRYPOINT':
      starts(machine, instruction)
      return
    case 'HEALTHCHECK': {
      const { rest } = takeFlags(instruction.body)
      const match = /^CMD\s+/i.exec(rest.text)
      if (match) atRunTime(machine, () => runBody(machine, rest.slice(match[0].length)))
      return
    }
    default:
      return
  }
}

/** CMD, ENTRYPOINT and HEALTHCHECK run later: they change nothing now, only what they say is looked at. */
function atRunTime(machine: Machine, run: () => void): void {
  const before = machine.fields
  machine.running = true
  run()
  machine.running = false
  machine.restore(before)
}

/** What of it runs the tool, and whether all of it could be followed, is remembered for the stage's end. */
function starts(machine: Machine, instruction: Instruction): void {
  const before = machine.unfollowed
  const told = machine.events.length
  machine.starting = []
  machine.unfollowed = false
  atRunTime(machine, () => runBody(machine, takeFlags(instruction.body).rest))
  const start = {
    programs: machine.starting,
    refreshes: machine.events.slice(told).some(({ kind }) => kind === 'refresh'),
    followed: !machine.unfollowed,
  }
  if (instruction.keyword === 'ENTRYPOINT') machine.entrypoint = start
  else machine.command = start
  machine.starting = null
  machine.unfollowed = before
  // What the image does when it starts is no event of the build, but for what it does on the network.
  machine.events = machine.events.filter(
    ({ kind }, index) =>
      index < told || !['refresh', 'store-removed', 'bundle-append', 'root-removal'].includes(kind),
  )
}

function runCommand(machine: Machine, instruction: Instruction, find: FindSource): void {
  const { flags, rest } = takeFlags(instruction.script)
  let succeeds = true
  withMounts(machine, flags, find, () => {
    succeeds = runBody(machine, rest)
  })
  // What an argument decides may be given another value by whoever builds.
  if (!succeeds && !asksArguments(machine, rest.text)) {
    machine.storesUnknown(`the RUN of line ${machine.line} surely fails, and ends the build`)
    machine.note(ENDED)
  }
  if (machine.checked) {
    machine.events = machine.events.map(event =>
      event.kind === 'verification-off' || event.kind === 'certificate-download'
        ? { ...event, checked: true }
        : event,
    )
  }
}

function asksArguments(machine: Machine, text: string): boolean {
  for (const [name] of machine.fields.args)
    if (!Object.hasOwn(machine.session.buildArgs, name) && new RegExp(`\\$\\{?${name}\\b`).test(text))
      return true
  return false
}

/**
 * A command in its exec form, or a line for the shell.
 * @returns false where it surely fails
 */
function runBody(machine: Machine, body: MappedText): boolean {
  const words = jsonForm(body)
  const { shell, workdir } = machine.fields
  const cwd = isUnknown(workdir) ? null : workdir
  const environment = (name: string): Maybe<string> | undefined => machine.environment(name)
  if (words) {
    const [name, ...args] = words
    if (!name) return true
    const script = exec([name, ...args])
    return walkShell(script, { environment, cwd, bash: false, parameters: [] }, machine)
  }
  const program = (shell[0] ?? '').replace(/^.*[/\\]/, '').toLowerCase()
  const posix = /^(ba|da|a|z|k)?sh$/.test(program) || program === 'busybox' || program === 'env'
  if (!posix) {
    if (/^(powershell|pwsh|cmd)(\.exe)?$/.test(program)) machine.storesUnknown(`RUN is given to ${program}`)
    else machine.storesUnknown('RUN is given to a shell that is not followed')
    return true
  }
  const bang = /^<<-?\s*["']?\w+["']?\s*\n#!\s*(\S+)(?:\s+(\S+))?/.exec(body.text)
  const interpreter = bang ? (/\/env$/.test(bang[1]!) ? (bang[2] ?? '') : bang[1]!) : ''
  if (bang && !/(^|\/)(ba|da|a|z|k)?sh$/.test(interpreter)) return true
  const options = bang ? [bang[2] ?? ''] : shell.slice(1)
  const errexit = options.some((word, at) => /^-[A-Za-z]*e/.test(word) || (word === 'errexit' && at > 0))
  const bash = program === 'bash' || program === 'zsh'
  return walkShell(heredocScript(body), { environment, cwd, bash, parameters: [], errexit }, machine)
}

/** A RUN that is nothing but one here-document is the script itself; several of them alone are opened and not read. */
function heredocScript(body: MappedText): MappedText {
  const opened = /^<<(-?)(?:"([^"]+)"|'([^']+)'|([\w.-]+))[ \t]*\n/.exec(body.text)
  if (!opened) return body
  const name = opened[2] ?? opened[3] ?? opened[4] ?? ''
  const script = body.slice(opened[0].length)
  const end = script.text.lastIndexOf(name)
  return end < 0 ? script : script.slice(0, end)
}

/** The words of the exec form as a script in which nothing is special. */
function exec(words: readonly MappedText[]): MappedText {
  const parts: MappedText[] = []
  for (const [index, word] of words.entries()) {
    const at = word.offset(0)
    const quote = MappedText.of([{ text: "'", file: at, fixed: true }])
    // It stands for the word's last character: so the word ends behind that.
    const end = MappedText.of([{ text: "'", file: word.offset(word.text.length - 1), fixed: true }])
    if (index > 0) parts.push(MappedText.of([{ text: ' ', file: at, fixed: true }]))
    parts.push(quote)
    const pieces = word.text.split("'")
    let offset = 0
    for (const [number, piece] of pieces.entries()) {
      if (number > 0)
        parts.push(MappedText.of([{ text: `'\\''`, file: word.offset(offset - 1), fixed: true }]))
      parts.push(word.slice(offset, offset + piece.length))
      offset += piece.length + 1
    }
    parts.push(end)
  }
  return MappedText.join(parts)
}

function setEnvironment(machine: Machine, instruction: Instruction): void {
  const { escapeMark } = machine.session
  const found = pairs(instruction.body, escapeMark)
  // Every value of one ENV sees the variables as they were before it.
  const before = machine.fields
  const lookup = (name: string): Maybe<string> | undefined => before.env.get(name) ?? before.args.get(name)
  let { env } = machine.fields
  for (const [index, pair] of found.entries()) {
    const value = expandWord(pair.value, lookup, escapeMark)
    env = env.with(pair.key, value)
    machine.emit({
      kind: 'env-set',
      program: pair.key,
      name: pair.key,
      value,
      location: whole(machine, instruction, pair),
      key: keyRange(machine, instruction, pair),
    })
    const off = environmentSwitch(pair.key, isUnknown(value) ? null : value)
    if (!off) continue
    const range = instruction.body.range(pair.start, pair.end)
    const how = instruction.body.text.slice(pair.start, pair.end)
    machine.switchedOff(off.program, how, range, false, pairRemoval(machine, instruction, found, index))
  }
  machine.set({ env })
}

type Pair = ReturnType<typeof pairs>[number]

function whole(machine: Machine, instruction: Instruction, pair: Pair): ReturnType<Machine['location']> {
  const { start, end } = instruction.body.range(pair.start, pair.end)
  return machine.location(start, end)
}

/** Null where the name does not stand in the file as it is. */
function keyRange(
  machine: Machine,
  instruction: Instruction,
  pair: Pair,
): { start: number; end: number } | null {
  const range = instruction.body.range(pair.start, pair.start + pair.key.length)
  return machine.session.text.slice(range.start, range.end) === pair.key ? range : null
}

/** The pair with the blank before it; the only pair goes with its instruction and the line. */
function pairRemoval(
  machine: Machine,
  instruction: Instruction,
  found: ReturnType<typeof pairs>,
  index: number,
): { start: number; end: number } | null {
  const { text, lines } = machine.session
  const { body } = instruction
  if (found.length === 1) {
    const lineStart = lines.start(lines.line(instruction.start) - 1)
    if (text.slice(lineStart, instruction.start).trim() !== '') return null
    return { start: lineStart, end: lines.nextLine(instruction.end) }
  }
  const own = found[index]!
  const before = found[index - 1]
  const after = found[index + 1]
  const range = before
    ? { start: body.range(before.start, before.end).end, end: body.range(own.start, own.end).end }
    : { start: body.offset(own.start), end: body.offset(after!.start) }
  return text.slice(range.start, range.end).includes('#') ? null : range
}

/** ARG is in the environment of every RUN after it. */
function argumentSwitch(
  machine: Machine,
  instruction: Instruction,
  name: string,
  value: Maybe<string>,
): void {
  if (isUnknown(value)) return
  const off = environmentSwitch(name, value)
  if (off)
    machine.switchedOff(off.program, `${name}=${value}`, {
      start: instruction.body.offset(0),
      end: instruction.end,
    })
}
