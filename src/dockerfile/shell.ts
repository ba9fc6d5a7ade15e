/**
 * Walks a shell script as far as that is possible without running it: words are resolved, branches whose way is
 * known are taken, all others are tried and joined. What the commands do is the host's affair.
 */
import {
  type Command,
  type CommandNode,
  type CompoundList,
  type ParsedScript,
  type Pipeline,
  parse,
  type Statement,
} from 'unbash'
import { isUnknown, type Maybe, unknown } from '../model.ts'
import { Recent } from '../recent.ts'
import { MappedText } from './mapped-text.ts'
import { PersistentMap } from './persistent-map.ts'
import { assignmentWord } from './shell-assignment.ts'
import { runBuiltin } from './shell-builtins.ts'
import { runAndOr, runCase, runFor, runIf, runPerhaps, runWhile } from './shell-control.ts'
import type { Frame, ShellFunction } from './shell-frame.ts'
import { redirected } from './shell-redirect.ts'
import { testExpression } from './shell-test.ts'
import {
  type CommandResult,
  isText,
  NOTHING,
  type ShellAssignment,
  type ShellCommand,
  type ShellHost,
  type Status,
  type Stream,
} from './shell-types.ts'
import { DONE, MAX_COMMANDS, type Outcome, type Walk } from './shell-walk.ts'
import { resolveValue, resolveWord, type WordScope } from './shell-word.ts'

export interface ShellOptions {
  /** What the shell inherits; undefined for a name that is not known to be set. */
  environment(name: string): Maybe<string> | undefined
  /** Absolute, or null. */
  readonly cwd: string | null
  readonly bash: boolean
  readonly parameters?: readonly string[] | null
  /** The shell is started with `-e`. */
  readonly errexit?: boolean
}

/** What one script may cost. */
const MAX_DEPTH = 60
const MAX_SCRIPT_DEPTH = 8

/** Syntax trees by their text: one Dockerfile is traced several times, and many have equal lines. In characters. */
const trees = new Recent<string, ParsedScript>(64 * 1024, text => text.length)

/**
 * Runs `script` on the host's state. Never throws for what is in the script.
 * @returns false where it surely fails
 */
export function walkShell<State>(script: MappedText, options: ShellOptions, host: ShellHost<State>): boolean {
  return new Walker(host, options).top(script)
}

class Walker<State> implements Walk<State> {
  readonly host: ShellHost<State>
  readonly #environment: ShellOptions['environment']
  frame: Frame
  commands = 0
  asked = 0
  #depth = 0
  #scripts = 0
  /** The way on is closed: the shell or the function has ended. */
  dead = false
  /** States in which the script ended early and well; those in which a function returned. */
  exits: State[] = []
  returns: State[] | null = null

  constructor(host: ShellHost<State>, options: ShellOptions) {
    this.host = host
    this.#environment = options.environment
    this.frame = {
      variables: PersistentMap.empty(),
      functions: PersistentMap.empty(),
      cwd: options.cwd,
      source: MappedText.of([]),
      parameters: options.parameters ?? [],
      bash: options.bash,
      errexit: options.errexit ?? false,
    }
  }

  top(script: MappedText): boolean {
    const { status } = this.#script(script)
    const failed = this.exits.length === 0 && (this.dead || status === 'failure')
    this.#settle()
    return !failed
  }

  /** After a command that ran: where it surely failed and nobody asked, `set -e` ends the script. */
  #heeded(outcome: Outcome): Outcome {
    if (outcome.status === 'failure' && this.frame.errexit && this.asked === 0) this.dead = true
    return outcome
  }

  /** Joins what ended early with what came to the end. */
  #settle(): void {
    const states = this.exits
    this.exits = []
    if (states.length > 0) {
      const all = this.dead ? states : [...states, this.host.save()]
      this.host.restore(all.reduce((a, b) => this.host.join(a, b)))
    }
    this.dead = false
  }

  #script(source: MappedText): Outcome {
    const outer = this.frame.source
    this.frame.source = source
    const outcome = this.#statements(trees.get(source.text, text => parse(text)).commands, true)
    this.frame.source = outer
    return outcome
  }

  /** `must`: the script fails unless the last of these succeeds. */
  #statements(statements: readonly Statement[], must: boolean): Outcome {
    const printed: Stream[] = []
    let status: Status = 'success'
    for (const [index, statement] of statements.entries()) {
      if (this.dead) break
      const outcome = this.node(statement.command, must && index === statements.length - 1)
      if (outcome.stdout !== NOTHING) printed.push(outcome.stdout)
      status = outcome.status
    }
    return { status, stdout: this.together(printed) }
  }

  together(streams: readonly Stream[]): Stream {
    if (streams.length <= 1) return streams[0] ?? NOTHING
    return this.host.concat(streams)
  }

  list(list: CompoundList, must = false): Outcome {
    return this.#statements(list.commands, must)
  }

  node(
    node: CommandNode | Pipeline | Statement['command'] | CompoundList,
    must: boolean,
    stdin?: Stream,
  ): Outcome {
    if (this.dead) return DONE
    if (this.#depth >= MAX_DEPTH)
      return { status: 'likely', stdout: unknown('the script is nested too deep') }
    this.#depth += 1
    try {
      return this.#dispatch(node, must, stdin ?? null)
    } finally {
      this.#depth -= 1
    }
  }

  #dispatch(
    node: CommandNode | Pipeline | Statement['command'] | CompoundList,
    must: boolean,
    stdin: Stream | null,
  ): Outcome {
    switch (node.type) {
      case 'Command':
        return this.#heeded(this.#command(node, stdin))
      case 'AndOr':
        return runAndOr(this, node.commands, node.operators, must)
      case 'Pipeline':
        return this.#pipeline(node)
      case 'Redirected':
        return redirected(this, node.redirects, stdin, input =>
          this.node(node.command, must, input ?? undefined),
        )
      case 'Subshell':
        return this.#heeded(this.#subshell(() => this.list(node.body, must)))
      case 'BraceGroup':
        return this.list(node.body, must)
      case 'CompoundList':
        return this.list(node, must)
      case 'If':
        return runIf(this, node, must)
      case 'For':
      case 'Select':
        return node.type === 'For' ? runFor(this, node) : runPerhaps(this, () => this.list(node.body))
      case 'While':
        return runWhile(this, node)
      case 'ArithmeticFor':
        return runPerhaps(this, () => this.list(node.body))
      case 'Case':
        return runCase(this, node)
      case 'Function': {
        const name = node.name.value
        this.frame.functions = this.frame.functions.with(name, {
          body: node.body,
          source: this.frame.source,
        })
        return DONE
      }
      case 'Coproc':
        return this.#subshell(() => this.node(node.body, false))
      case 'TestCommand':
        return this.#heeded({ status: testExpression(node.expression, this.scope()), stdout: NOTHING })
      default:
        return { status: 'unknown', stdout: NOTHING }
    }
  }

  #pipeline(node: Pipeline): Outcome {
    let stdin: Stream | undefined
    let outcome: Outcome = DONE
    const negated = node.prefixes.some(prefix => prefix.type === 'Negation')
    if (negated) this.asked += 1
    for (const command of node.commands) {
      const input = stdin
      outcome =
        node.commands.length > 1
          ? this.#subshell(() => this.node(command, false, input))
          : this.node(command, false)
      stdin = outcome.stdout
    }
    if (!negated) return this.#heeded(outcome)
    this.asked -= 1
    const flipped: Record<Status, Status> = {
      success: 'failure',
      failure: 'success',
      likely: 'unknown',
      unknown: 'unknown',
    }
    return { status: flipped[outcome.status], stdout: outcome.stdout }
  }

  /** Variables, folder and functions of a subshell are its own; what it does to files stays. */
  #subshell(run: () => Outcome): Outcome {
    const outer = this.frame
    const exits = this.exits
    this.frame = { ...outer }
    this.exits = []
    const outcome = run()
    const failed = this.dead && this.exits.length === 0
    this.#settle()
    this.exits = exits
    this.frame = outer
    // That it ended is its status: whether the shell around it goes on is for this to say.
    this.dead = false
    return failed ? { status: 'failure', stdout: outcome.stdout } : outcome
  }

  #command(node: Command, piped: Stream | null): Outcome {
    this.commands += 1
    if (this.commands > MAX_COMMANDS)
      return { status: 'likely', stdout: unknown('the script is too long to follow') }
    const scope = this.scope()
    const assignments: ShellAssignment[] = []
    for (const prefix of node.prefix) {
      if (prefix.type !== 'Assignment') continue
      const value = prefix.append ? unknown('it is appended to') : resolveValue(prefix, scope)
      const range = this.frame.source.range(prefix.pos, prefix.end)
      assignments.push({ name: prefix.name, value: isUnknown(value) ? null : value, ...range })
      if (!node.name) this.#assign(prefix.name, value, assignments[assignments.length - 1]!)
    }
    const words = node.name ? resolveWord(node.name, scope) : []
    for (const argument of node.args) {
      if (argument.type === 'Word') words.push(...resolveWord(argument, scope))
      else words.push(assignmentWord(argument, scope))
    }
    return redirected(this, node.redirects, piped, stdin => {
      const [name, ...args] = words
      if (!name) return DONE
      const range = this.frame.source.range(node.pos, node.end)
      return this.#perform(
        {
          name,
          args,
          assignments,
          stdin,
          ...range,
          cwd: this.frame.cwd,
          variable: key => this.#seen(key, assignments),
        },
        0,
      )
    })
  }

  #seen(name: string, assignments: readonly ShellAssignment[]): Maybe<string> | undefined {
    const own = assignments.findLast(assignment => assignment.name === name)
    if (own) return own.value ?? unknown(`$${name} is not known`)
    return this.lookup(name)
  }

  #perform(command: ShellCommand, rounds: number): Outcome {
    const name = command.name.value
    const builtin = name === null ? null : runBuiltin(this, name, command)
    if (builtin) return builtin
    const called = name === null ? undefined : this.frame.functions.get(name)
    if (called) return this.#call(called, command)
    const result = this.host.run(command)
    if (result.instead && rounds < 10) return this.#perform(result.instead, rounds + 1)
    if (result.script) return this.#child(result.script)
    return { status: result.status, stdout: result.stdout }
  }

  #child(script: NonNullable<CommandResult['script']>): Outcome {
    if (this.#scripts >= MAX_SCRIPT_DEPTH)
      return { status: 'likely', stdout: unknown('scripts call each other too deep') }
    this.#scripts += 1
    const run = (): Outcome => {
      const outer = this.frame.parameters
      if (!script.here || script.parameters.length > 0) this.frame.parameters = script.parameters
      for (const assignment of script.environment)
        this.set(assignment.name, assignment.value ?? unknown(''), true)
      const outcome = this.#script(script.text)
      this.frame.parameters = outer
      return outcome
    }
    const outcome = script.here
      ? run()
      : this.#subshell(() => {
          this.frame.functions = PersistentMap.empty()
          this.frame.errexit = script.errexit ?? false
          const { asked } = this
          this.asked = 0
          const outcome = run()
          this.asked = asked
          return outcome
        })
    this.#scripts -= 1
    return outcome
  }

  #call(called: ShellFunction, command: ShellCommand): Outcome {
    const { parameters, source } = this.frame
    const returns = this.returns
    const known = command.args.every(word => word.value !== null)
    this.frame.parameters = known ? command.args.map(word => word.value ?? '') : null
    this.frame.source = called.source
    this.returns = []
    const outcome = this.node(called.body, false)
    const returned = this.returns
    if (returned.length > 0) {
      const states = this.dead ? returned : [...returned, this.host.save()]
      this.host.restore(states.reduce((a, b) => this.host.join(a, b)))
      this.dead = false
    }
    this.returns = returns
    this.frame.parameters = parameters
    this.frame.source = source
    return { status: outcome.status === 'failure' ? 'likely' : outcome.status, stdout: outcome.stdout }
  }

  #assign(name: string, value: Maybe<string>, assignment: ShellAssignment): void {
    const exported = this.frame.variables.get(name)?.exported ?? this.#environment(name) !== undefined
    this.set(name, value, exported)
    this.host.assigned(assignment, exported)
  }

  set(name: string, value: Maybe<string>, exported: boolean): void {
    const kept = !isUnknown(value) && value.length > 64 * 1024 ? unknown('the value grows too long') : value
    this.frame.variables = this.frame.variables.with(name, { value: kept, exported })
  }

  lookup(name: string): Maybe<string> | undefined {
    const own = this.frame.variables.get(name)
    if (own) return own.value
    if (name === 'PWD') return this.frame.cwd ?? unknown('the working folder is not known')
    return this.#environment(name)
  }

  scope(): WordScope {
    return {
      source: this.frame.source,
      bash: this.frame.bash,
      parameters: this.frame.parameters,
      variable: name => this.lookup(name),
      set: (name, value) => this.set(name, value, false),
      substitute: (script: ParsedScript, source: MappedText): Stream => {
        if (this.#depth >= MAX_DEPTH) return unknown('the script is nested too deep')
        this.#depth += 1
        const outcome = this.#subshell(() => {
          this.frame.source = source
          return this.#statements(script.commands, false)
        })
        this.#depth -= 1
        return isText(outcome.stdout) && outcome.stdout.text.length > 256 * 1024
          ? unknown('it prints too much')
          : outcome.stdout
      },
    }
  }
}
