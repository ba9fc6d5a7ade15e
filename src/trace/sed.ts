/** A small sed on known text: GNU's and busybox's behaviour where both agree. */
import { isUnknown, type Maybe, unknown } from '../model.ts'
import { MatchBudget, type PosixRegExp } from './regexp.ts'
import { type Address, parseSed, type SedCommand, type Substitution } from './sed-parse.ts'

export interface SedOptions {
  readonly scripts: readonly string[]
  /** `-E`, `-r` */
  readonly extended: boolean
  /** `-n` */
  readonly quiet: boolean
}

/** Commands that one run may take. */
const MAX_STEPS = 2_000_000
const MAX_OUTPUT = 16 * 1024 * 1024

/** What sed prints for this text, or why that can't be told. */
export function sed(text: string, options: SedOptions): Maybe<string> {
  const commands = parseSed(options.scripts.join('\n'), options.extended)
  if (isUnknown(commands)) return commands
  const labels = new Map<string, number>()
  for (const [index, command] of commands.entries())
    if (command.name === ':') labels.set(command.label ?? '', index)
  for (const { name, label } of commands) {
    if ('btT'.includes(name) && label && !labels.has(label))
      return unknown(`sed's label ${label} is not there`)
  }
  return new Sed(commands, labels, text, options.quiet).run()
}

/** Does it address lines by their numbers? Then the whole file must be known to the line. */
export function usesLineNumbers(options: SedOptions): boolean {
  const commands = parseSed(options.scripts.join('\n'), options.extended)
  if (isUnknown(commands)) return true
  return commands.some(({ from, to }) => from?.kind === 'line' || to?.kind === 'line')
}

class Sed {
  readonly #commands: readonly SedCommand[]
  readonly #labels: ReadonlyMap<string, number>
  readonly #lines: string[]
  readonly #quiet: boolean
  readonly #budget = new MatchBudget()
  /** Where a range that is open began, by command. */
  readonly #ranges = new Map<SedCommand, { until: number }>()
  /** Whether the text ends in a newline. */
  readonly #ended: boolean
  #next = 0
  #pattern = ''
  #hold = ''
  /** Whether the line in the pattern space (the hold space) ended in a newline: only the last one may not. */
  #newline = true
  #holdNewline = true
  /** What was printed last has no newline yet: it gets one if more is printed. */
  #open = false
  #out: string[] = []
  #size = 0
  #after: string[] = []
  #last: PosixRegExp | null = null
  #failed: string | null = null

  constructor(
    commands: readonly SedCommand[],
    labels: ReadonlyMap<string, number>,
    text: string,
    quiet: boolean,
  ) {
    this.#commands = commands
    this.#labels = labels
    this.#quiet = quiet
    this.#ended = text.endsWith('\n') || text === ''
    this.#lines = text.split('\n')
    if (this.#lines[this.#lines.length - 1] === '') this.#lines.pop()
  }

  run(): Maybe<string> {
    let steps = 0
    let keep = false
    let quit = false
    while ((this.#next < this.#lines.length || keep) && !quit) {
      if (!keep) {
        this.#pattern = ''
        this.#advance(false)
      }
      keep = false
      let substituted = false
      let print = !this.#quiet
      let at = 0
      while (at < this.#commands.length) {
        steps += 1
        if (steps > MAX_STEPS || this.#size > MAX_OUTPUT || this.#pattern.length > MAX_OUTPUT)
          return unknown('sed would run too long')
        const command = this.#commands[at]!
        at += 1
        const chosen = this.#selects(command)
        if (this.#failed !== null) return unknown(this.#failed)
        if (!chosen) {
          if (command.name === '{') at = command.end ?? at
          continue
        }
        switch (command.name) {
          case 'd':
            print = false
            at = this.#commands.length
            break
          case 'D': {
            const end = this.#pattern.indexOf('\n')
            print = false
            at = this.#commands.length
            if (end >= 0) {
              this.#pattern = this.#pattern.slice(end + 1)
              keep = true
            }
            break
          }
          case 'p':
            this.#print(this.#pattern, this.#newline)
            break
          case 'P':
            this.#print(this.#pattern.split('\n', 1)[0]!, this.#newline || this.#pattern.includes('\n'))
            break
          case 'n':
            if (print) this.#print(this.#pattern, this.#newline)
            if (this.#next >= this.#lines.length) {
              print = false
              quit = true
              at = this.#commands.length
            } else this.#advance(false)
            break
          case 'N':
            if (this.#next >= this.#lines.length) {
              quit = true
              at = this.#commands.length
            } else this.#advance(true)
            break
          case 'q':
            quit = true
            at = this.#commands.length
            break
          case 'h':
            this.#hold = this.#pattern
            this.#holdNewline = this.#newline
            break
          case 'H':
            this.#hold += `\n${this.#pattern}`
            break
          case 'g':
            this.#pattern = this.#hold
            this.#newline = this.#holdNewline
            break
          case 'G':
            this.#pattern += `\n${this.#hold}`
            break
          case 'x':
            ;[this.#pattern, this.#hold] = [this.#hold, this.#pattern]
            ;[this.#newline, this.#holdNewline] = [this.#holdNewline, this.#newline]
            break
          case 's':
            if (this.#substitute(command.substitution!)) substituted = true
            if (this.#failed !== null) return unknown(this.#failed)
            break
          case 'b':
            at = command.label ? this.#labels.get(command.label)! : this.#commands.length
            break
          case 't':
          case 'T':
            if (substituted === (command.name === 't')) {
              at = command.label ? this.#labels.get(command.label)! : this.#commands.length
            }
            substituted = false
            break
          case 'a':
            this.#after.push(command.text ?? '')
            break
          case 'i':
            this.#print(command.text ?? '')
            break
          case 'c':
            if (command.to) return unknown("sed's c on a range")
            this.#print(command.text ?? '')
            print = false
            at = this.#commands.length
            break
        }
      }
      if (print) this.#print(this.#pattern, this.#newline)
      for (const text of this.#after) this.#print(text)
      this.#after = []
    }
    return this.#out.join('')
  }

  #print(text: string, newline = true): void {
    this.#out.push(this.#open ? '\n' : '', text, newline ? '\n' : '')
    this.#open = !newline
    this.#size += text.length + 1
  }

  #advance(join: boolean): void {
    const line = this.#lines[this.#next]!
    this.#pattern = join ? `${this.#pattern}\n${line}` : line
    this.#next += 1
    this.#newline = this.#ended || this.#next < this.#lines.length
  }

  #selects(command: SedCommand): boolean {
    const { from, to, negated } = command
    if (!from) return true
    return this.#inRange(command, from, to) !== negated
  }

  #inRange(command: SedCommand, from: Address, to: Address | null): boolean {
    if (!to) return this.#matches(from)
    const line = this.#next
    const open = this.#ranges.get(command)
    if (open) {
      const over = to.kind === 'regexp' || to.kind === 'last' ? this.#matches(to) : line >= open.until
      if (over) this.#ranges.delete(command)
      return !(to.kind === 'line' && line > open.until)
    }
    if (!this.#matches(from)) return false
    const until = to.kind === 'count' ? line + to.number : to.kind === 'line' ? to.number : 0
    const single = (to.kind === 'line' || to.kind === 'count') && until <= line
    if (!single && !(to.kind === 'last' && this.#next >= this.#lines.length))
      this.#ranges.set(command, { until })
    return true
  }

  #matches(address: Address): boolean {
    switch (address.kind) {
      case 'line':
        return this.#next === address.number
      case 'last':
        return this.#next >= this.#lines.length
      case 'count':
        return false
      case 'regexp': {
        const pattern = this.#regexp(address.pattern, this.#pattern.length)
        return pattern?.regexp.test(this.#pattern) ?? false
      }
    }
  }

  /** The pattern, or the last one used; null and {@link #failed} where it must not be run. */
  #regexp(pattern: PosixRegExp | null, length: number): PosixRegExp | null {
    const used = pattern ?? this.#last
    if (!used) this.#failed = 'a sed script with an empty pattern'
    else if (!this.#budget.affords(used, length)) this.#failed = 'sed would run too long'
    this.#last = used
    return this.#failed === null ? used : null
  }

  #substitute({ pattern, to, all, nth, print }: Substitution): boolean {
    const used = this.#regexp(pattern, this.#pattern.length)
    if (!used) return false
    const global = new RegExp(used.regexp.source, `${used.regexp.flags}g`)
    let count = 0
    let done = false
    const text = this.#pattern
    this.#pattern = text.replace(global, (...found: unknown[]) => {
      count += 1
      if (count < nth || (done && !all)) return String(found[0])
      done = true
      return to.map(part => (typeof part === 'string' ? part : String(found[part] ?? ''))).join('')
    })
    if (done && print) this.#print(this.#pattern, this.#newline)
    return done
  }
}
