/**
 * Walks a shell script as far as that is possible without running it: words are resolved, branches whose way is
 * known are taken, all others are tried and joined. What the commands do is the host's affair.
 */
import {
  type Case,
  type Command,
  type CommandNode,
  type CompoundList,
  type For,
  type If,
  type ParsedScript,
  type Pipeline,
  parse,
  type Redirection,
  type Statement,
  type TestExpression,
  type While,
  type Word,
} from 'unbash'
import { isUnknown, type Maybe, unknown } from '../model.ts'
import { globMatches } from './glob.ts'
import { MappedText } from './mapped-text.ts'
import { PersistentMap } from './persistent-map.ts'
import {
  type CommandResult,
  isText,
  NOTHING,
  type ShellAssignment,
  type ShellCommand,
  type ShellHost,
  type ShellWord,
  type Status,
  type Stream,
} from './shell-types.ts'
import { resolveParts, resolveText, resolveValue, resolveWord, type WordScope } from './shell-word.ts'

export interface ShellOptions {
  /** What the shell inherits; undefined for a name that is not known to be set. */
  environment(name: string): Maybe<string> | undefined
  /** Absolute, or null. */
  readonly cwd: string | null
  readonly bash: boolean
  readonly parameters?: readonly string[] | null
}

/** What one script may cost. */
const MAX_COMMANDS = 20_000
const MAX_DEPTH = 60
const MAX_ROUNDS = 200
const MAX_SCRIPT_DEPTH = 8

interface ShellFunction {
  readonly body: CommandNode | CompoundList
  readonly source: MappedText
}

interface Variable {
  readonly value: Maybe<string>
  readonly exported: boolean
}

/** What a subshell gets a copy of. */
interface Frame {
  variables: PersistentMap<string, Variable>
  functions: PersistentMap<string, ShellFunction>
  cwd: string | null
  source: MappedText
  parameters: readonly string[] | null
  bash: boolean
}

interface Outcome {
  readonly status: Status
  readonly stdout: Stream
}

const DONE: Outcome = { status: 'success', stdout: NOTHING }

/** Runs `script` on the host's state. Never throws for what is in the script. */
export function walkShell<State>(script: MappedText, options: ShellOptions, host: ShellHost<State>): void {
  new Walker(host, options).top(script)
}

class Walker<State> {
  readonly #host: ShellHost<State>
  readonly #environment: ShellOptions['environment']
  #frame: Frame
  #commands = 0
  #depth = 0
  #scripts = 0
  /** The way on is closed: the shell or the function has ended. */
  #dead = false
  /** States in which the script ended early and well; those in which a function returned. */
  #exits: State[] = []
  #returns: State[] | null = null

  constructor(host: ShellHost<State>, options: ShellOptions) {
    this.#host = host
    this.#environment = options.environment
    this.#frame = {
      variables: PersistentMap.empty(),
      functions: PersistentMap.empty(),
      cwd: options.cwd,
      source: MappedText.of([]),
      parameters: options.parameters ?? [],
      bash: options.bash,
    }
  }

  top(script: MappedText): void {
    this.#script(script)
    this.#settle()
  }

  /** Joins what ended early with what came to the end. */
  #settle(): void {
    const states = this.#exits
    this.#exits = []
    if (states.length > 0) {
      const all = this.#dead ? states : [...states, this.#host.save()]
      this.#host.restore(all.reduce((a, b) => this.#host.join(a, b)))
    }
    this.#dead = false
  }

  #script(source: MappedText): Outcome {
    const outer = this.#frame.source
    this.#frame.source = source
    const outcome = this.#statements(parse(source.text).commands, true)
    this.#frame.source = outer
    return outcome
  }

  /** `must`: the script fails unless the last of these succeeds. */
  #statements(statements: readonly Statement[], must: boolean): Outcome {
    const printed: Stream[] = []
    let status: Status = 'success'
    for (const [index, statement] of statements.entries()) {
      if (this.#dead) break
      const outcome = this.#node(statement.command, must && index === statements.length - 1)
      if (outcome.stdout !== NOTHING) printed.push(outcome.stdout)
      status = outcome.status
    }
    return { status, stdout: this.#together(printed) }
  }

  #together(streams: readonly Stream[]): Stream {
    if (streams.length <= 1) return streams[0] ?? NOTHING
    return this.#host.concat(streams)
  }

  #list(list: CompoundList, must = false): Outcome {
    return this.#statements(list.commands, must)
  }

  #node(
    node: CommandNode | Pipeline | Statement['command'] | CompoundList,
    must: boolean,
    stdin?: Stream,
  ): Outcome {
    if (this.#dead) return DONE
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
        return this.#command(node, stdin)
      case 'AndOr':
        return this.#andOr(node.commands, node.operators, must)
      case 'Pipeline':
        return this.#pipeline(node)
      case 'Redirected':
        return this.#redirected(node.redirects, stdin, input =>
          this.#node(node.command, must, input ?? undefined),
        )
      case 'Subshell':
        return this.#subshell(() => this.#list(node.body, must))
      case 'BraceGroup':
        return this.#list(node.body, must)
      case 'CompoundList':
        return this.#list(node, must)
      case 'If':
        return this.#if(node, must)
      case 'For':
      case 'Select':
        return node.type === 'For' ? this.#for(node) : this.#perhaps(() => this.#list(node.body))
      case 'While':
        return this.#while(node)
      case 'ArithmeticFor':
        return this.#perhaps(() => this.#list(node.body))
      case 'Case':
        return this.#case(node)
      case 'Function': {
        const name = node.name.value
        this.#frame.functions = this.#frame.functions.with(name, {
          body: node.body,
          source: this.#frame.source,
        })
        return DONE
      }
      case 'Coproc':
        return this.#subshell(() => this.#node(node.body, false))
      case 'TestCommand':
        return { status: this.#test(node.expression), stdout: NOTHING }
      default:
        return { status: 'unknown', stdout: NOTHING }
    }
  }

  #andOr(
    nodes: readonly (CommandNode | Pipeline)[],
    operators: readonly ('&&' | '||')[],
    must: boolean,
  ): Outcome {
    const host = this.#host
    const surely = must && operators.every(operator => operator === '&&')
    /** States in which the list so far may have failed. */
    let failed: State[] = []
    let status: Status = 'success'
    let stdout: Stream[] = []
    for (const [index, node] of nodes.entries()) {
      const operator = index === 0 ? '&&' : operators[index - 1]!
      if (operator === '&&' ? status === 'failure' : status === 'success') continue
      if (operator === '&&') {
        const before = host.save()
        const perhaps = status === 'unknown' && !surely
        if (perhaps) failed.push(before)
        const outcome = this.#node(node, surely)
        if (outcome.stdout !== NOTHING) stdout.push(outcome.stdout)
        if (perhaps) {
          if (this.#dead) host.restore(before)
          else host.restore(host.join(before, host.save()))
          this.#dead = false
          status = 'unknown'
        } else {
          status = surely && outcome.status === 'unknown' ? 'likely' : outcome.status
          if (status === 'likely' && operators[index] !== undefined) failed.push(before)
          if (status === 'unknown') failed = [...failed, host.save()]
        }
        if (this.#dead) {
          if (operators.slice(index).includes('||') && failed.length > 0) {
            status = 'failure'
            this.#dead = false
            host.restore(failed.reduce((a, b) => host.join(a, b)))
            continue
          }
          break
        }
        continue
      }
      const succeeded = status === 'failure' ? null : host.save()
      if (status === 'likely' || (status === 'unknown' && failed.length > 0)) {
        host.restore(failed.reduce((a, b) => host.join(a, b), failed[0]!))
      }
      const outcome = this.#node(node, false)
      if (outcome.stdout !== NOTHING) stdout.push(outcome.stdout)
      if (this.#dead) {
        if (succeeded !== null) {
          host.restore(succeeded)
          this.#dead = false
          status = 'likely'
        }
      } else if (succeeded !== null) {
        host.restore(host.join(succeeded, host.save()))
        status = outcome.status === 'success' || outcome.status === 'likely' ? 'likely' : 'unknown'
        stdout = [unknown('one of two commands prints it')]
      } else status = outcome.status
      failed = [host.save()]
      if (this.#dead) break
    }
    return { status, stdout: this.#together(stdout) }
  }

  #pipeline(node: Pipeline): Outcome {
    let stdin: Stream | undefined
    let outcome: Outcome = DONE
    for (const command of node.commands) {
      const input = stdin
      outcome =
        node.commands.length > 1
          ? this.#subshell(() => this.#node(command, false, input))
          : this.#node(command, false)
      stdin = outcome.stdout
    }
    if (!node.prefixes.some(prefix => prefix.type === 'Negation')) return outcome
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
    const outer = this.#frame
    const exits = this.#exits
    this.#frame = { ...outer }
    this.#exits = []
    const outcome = run()
    const failed = this.#dead && this.#exits.length === 0
    this.#settle()
    this.#exits = exits
    this.#frame = outer
    this.#dead = failed
    return outcome
  }

  /** Runs what may also not run: the states after both are joined. */
  #perhaps(run: () => Outcome): Outcome {
    const before = this.#host.save()
    const variables = this.#frame.variables
    const outcome = run()
    if (this.#dead) this.#host.restore(before)
    else this.#host.restore(this.#host.join(before, this.#host.save()))
    this.#dead = false
    this.#frame.variables = joinVariables(variables, this.#frame.variables)
    return {
      status: 'likely',
      stdout: outcome.stdout === NOTHING ? NOTHING : unknown('it may not be printed'),
    }
  }

  #if(node: If, must: boolean): Outcome {
    const clauses = [node, ...node.elif]
    const ends: { state: State; variables: Frame['variables'] }[] = []
    const printed: Stream[] = []
    let alone = true
    const branch = (run: () => Outcome): void => {
      const outcome = run()
      printed.push(outcome.stdout)
      if (!this.#dead) ends.push({ state: this.#host.save(), variables: this.#frame.variables })
      this.#dead = false
    }
    let open = true
    for (const { clause, then } of clauses) {
      const before = this.#host.save()
      const { status } = this.#list(clause)
      if (this.#dead) return DONE
      if (status === 'failure') continue
      const after = this.#host.save()
      const variables = this.#frame.variables
      branch(() => this.#list(then, must && alone && status === 'success'))
      if (status === 'success') {
        open = false
        break
      }
      alone = false
      this.#host.restore(status === 'likely' ? this.#host.join(before, after) : after)
      this.#frame.variables = variables
    }
    if (open) {
      const rest = node.else
      branch(() => (rest ? this.#list(rest, must && alone) : DONE))
    }
    const first = ends[0]
    if (!first) {
      this.#dead = true
      return DONE
    }
    this.#host.restore(ends.map(end => end.state).reduce((a, b) => this.#host.join(a, b)))
    this.#frame.variables = ends.map(end => end.variables).reduce(joinVariables)
    const stdout =
      printed.length === 1
        ? printed[0]!
        : printed.every(one => one === NOTHING)
          ? NOTHING
          : unknown('it depends on a condition')
    return { status: 'likely', stdout }
  }

  #for(node: For): Outcome {
    const words = node.wordlist?.flatMap(word => resolveWord(word, this.#scope()))
    const values = words
      ? words.map(word => (word.glob ? null : word.value))
      : (this.#frame.parameters ?? [null])
    if (values.some(value => value === null) || values.length > MAX_ROUNDS) {
      const why = words?.find(word => word.value === null)?.why ?? 'files that match a pattern'
      return this.#perhaps(() => {
        this.#set(node.name.value, unknown(why), false)
        return this.#list(node.body)
      })
    }
    const printed: Stream[] = []
    for (const value of values) {
      if (this.#dead || this.#commands > MAX_COMMANDS) break
      this.#set(node.name.value, value ?? '', false)
      const { stdout } = this.#list(node.body)
      if (stdout !== NOTHING) printed.push(stdout)
    }
    return { status: 'likely', stdout: this.#together(printed) }
  }

  #while(node: While): Outcome {
    const { status } = this.#list(node.clause)
    if (this.#dead || status === (node.kind === 'while' ? 'failure' : 'success')) return DONE
    return this.#perhaps(() => this.#list(node.body))
  }

  #case(node: Case): Outcome {
    const subject = resolveText(node.word, this.#scope())
    const before = this.#host.save()
    const variables = this.#frame.variables
    const ends: { state: State; variables: Frame['variables'] }[] = []
    let sure = false
    for (const item of node.items) {
      const match = this.#matches(item.pattern, subject)
      if (match === 'no') continue
      this.#host.restore(before)
      this.#frame.variables = variables
      this.#list(item.body)
      if (!this.#dead) ends.push({ state: this.#host.save(), variables: this.#frame.variables })
      this.#dead = false
      if (match === 'yes') {
        sure = true
        break
      }
    }
    if (!sure) ends.push({ state: before, variables })
    if (ends.length === 0) {
      this.#dead = true
      return DONE
    }
    this.#host.restore(ends.map(end => end.state).reduce((a, b) => this.#host.join(a, b)))
    this.#frame.variables = ends.map(end => end.variables).reduce(joinVariables)
    return { status: 'likely', stdout: NOTHING }
  }

  #matches(patterns: readonly Word[], subject: Maybe<string>): 'yes' | 'no' | 'perhaps' {
    let answer: 'no' | 'perhaps' = 'no'
    for (const word of patterns) {
      const pattern = resolveText(word, this.#scope())
      if (pattern === '*') return 'yes'
      if (isUnknown(subject) || isUnknown(pattern)) answer = 'perhaps'
      else if (globMatches(pattern, subject)) return 'yes'
    }
    return answer
  }

  #test(expression: TestExpression): Status {
    if (expression.type === 'TestBinary' && ['=', '==', '!='].includes(expression.operator)) {
      const left = resolveText(expression.left, this.#scope())
      const right = resolveText(expression.right, this.#scope())
      if (isUnknown(left) || isUnknown(right)) return 'unknown'
      return globMatches(right, left) === (expression.operator !== '!=') ? 'success' : 'failure'
    }
    if (expression.type === 'TestUnary' && ['-z', '-n'].includes(expression.operator)) {
      const value = resolveText(expression.operand, this.#scope())
      if (isUnknown(value)) return 'unknown'
      return (value === '') === (expression.operator === '-z') ? 'success' : 'failure'
    }
    return 'unknown'
  }

  #command(node: Command, piped: Stream | null): Outcome {
    this.#commands += 1
    if (this.#commands > MAX_COMMANDS)
      return { status: 'likely', stdout: unknown('the script is too long to follow') }
    const scope = this.#scope()
    const assignments: ShellAssignment[] = []
    for (const prefix of node.prefix) {
      if (prefix.type !== 'Assignment') continue
      const value = prefix.append ? unknown('it is appended to') : resolveValue(prefix, scope)
      const range = this.#frame.source.range(prefix.pos, prefix.end)
      assignments.push({ name: prefix.name, value: isUnknown(value) ? null : value, ...range })
      if (!node.name) this.#assign(prefix.name, value, assignments[assignments.length - 1]!)
    }
    const words = node.name ? resolveWord(node.name, scope) : []
    for (const argument of node.args) {
      if (argument.type === 'Word') words.push(...resolveWord(argument, scope))
      else
        words.push(
          this.#assignmentWord(argument.pos, argument.end, argument.name, resolveValue(argument, scope)),
        )
    }
    return this.#redirected(node.redirects, piped, stdin => {
      const [name, ...args] = words
      if (!name) return DONE
      const range = this.#frame.source.range(node.pos, node.end)
      return this.#perform(
        {
          name,
          args,
          assignments,
          stdin,
          ...range,
          cwd: this.#frame.cwd,
          variable: key => this.#seen(key, assignments),
        },
        0,
      )
    })
  }

  #assignmentWord(pos: number, end: number, name: string, value: Maybe<string>): ShellWord {
    const range = this.#frame.source.range(pos, end)
    const raw = this.#frame.source.text.slice(pos, end)
    const known = isUnknown(value) ? null : `${name}=${value}`
    return {
      value: known,
      why: isUnknown(value) ? value.unknown : null,
      prefix: known ?? `${name}=`,
      suffix: known ?? '',
      ...range,
      raw,
      many: false,
      glob: false,
      mapped:
        known === null
          ? null
          : raw === known
            ? this.#frame.source.slice(pos, end)
            : fixedText(known, range.start),
    }
  }

  #seen(name: string, assignments: readonly ShellAssignment[]): Maybe<string> | undefined {
    const own = assignments.findLast(assignment => assignment.name === name)
    if (own) return own.value ?? unknown(`$${name} is not known`)
    return this.#lookup(name)
  }

  /** Opens what is read, runs, then writes what was printed. */
  #redirected(
    redirects: readonly Redirection[],
    piped: Stream | null,
    run: (stdin: Stream | null) => Outcome,
  ): Outcome {
    const scope = this.#scope()
    let stdin = piped
    let target: { path: ShellWord; append: boolean } | null = null
    let away = false
    for (const redirect of redirects) {
      if (redirect.type === 'HereDoc') {
        const { body, delimiter } = redirect
        const stripped = redirect.operator === '<<-' ? body.text.replace(/^\t+/gm, '') : body.text
        const text = delimiter?.quoted || !body.parts ? stripped : resolveParts(body.parts, scope)
        const mapped =
          !isUnknown(text) && text === body.text ? this.#frame.source.slice(body.pos, body.end) : null
        stdin = isUnknown(text) ? text : { text, mapped }
        continue
      }
      const word = redirect.target ? resolveWord(redirect.target, scope)[0] : undefined
      if (!word) continue
      if (redirect.type === 'HereString') {
        stdin = word.value === null ? unknown(word.why ?? '') : { text: `${word.value}\n`, mapped: null }
        continue
      }
      const descriptor = redirect.descriptor?.type === 'FileDescriptor' ? redirect.descriptor.value : null
      if (redirect.operator === '<') stdin = this.#host.read(word, this.#frame.cwd)
      else if (redirect.operator === '>&' || redirect.operator === '<&') {
        if (descriptor === null || descriptor === 1) away = away || word.value === '2'
      } else if (descriptor === null || descriptor === 1) {
        if (target) this.#host.write(target.path, NOTHING, target.append, this.#frame.cwd)
        target = { path: word, append: redirect.operator.endsWith('>>') }
        away = false
      } else if (word.value !== '/dev/null') {
        this.#host.write(
          word,
          unknown('messages of a program'),
          redirect.operator.endsWith('>>'),
          this.#frame.cwd,
        )
      }
    }
    const outcome = run(stdin)
    if (target && !this.#dead) this.#host.write(target.path, outcome.stdout, target.append, this.#frame.cwd)
    return target || away ? { status: outcome.status, stdout: NOTHING } : outcome
  }

  #perform(command: ShellCommand, rounds: number): Outcome {
    const name = command.name.value
    const builtin = name === null ? null : this.#builtin(name, command)
    if (builtin) return builtin
    const called = name === null ? undefined : this.#frame.functions.get(name)
    if (called) return this.#call(called, command)
    const result = this.#host.run(command)
    if (result.instead && rounds < 10) return this.#perform(result.instead, rounds + 1)
    if (result.script) return this.#child(result.script)
    return { status: result.status, stdout: result.stdout }
  }

  #child(script: NonNullable<CommandResult['script']>): Outcome {
    if (this.#scripts >= MAX_SCRIPT_DEPTH)
      return { status: 'likely', stdout: unknown('scripts call each other too deep') }
    this.#scripts += 1
    const run = (): Outcome => {
      const outer = this.#frame.parameters
      if (!script.here || script.parameters.length > 0) this.#frame.parameters = script.parameters
      for (const assignment of script.environment)
        this.#set(assignment.name, assignment.value ?? unknown(''), true)
      const outcome = this.#script(script.text)
      this.#frame.parameters = outer
      return outcome
    }
    const outcome = script.here
      ? run()
      : this.#subshell(() => {
          this.#frame.functions = PersistentMap.empty()
          return run()
        })
    this.#scripts -= 1
    return outcome
  }

  #call(called: ShellFunction, command: ShellCommand): Outcome {
    const { parameters, source } = this.#frame
    const returns = this.#returns
    const known = command.args.every(word => word.value !== null)
    this.#frame.parameters = known ? command.args.map(word => word.value ?? '') : null
    this.#frame.source = called.source
    this.#returns = []
    const outcome = this.#node(called.body, false)
    const returned = this.#returns
    if (returned.length > 0) {
      const states = this.#dead ? returned : [...returned, this.#host.save()]
      this.#host.restore(states.reduce((a, b) => this.#host.join(a, b)))
      this.#dead = false
    }
    this.#returns = returns
    this.#frame.parameters = parameters
    this.#frame.source = source
    return { status: outcome.status === 'failure' ? 'likely' : outcome.status, stdout: outcome.stdout }
  }

  /** What the shell does itself; null for all else. */
  #builtin(name: string, command: ShellCommand): Outcome | null {
    const first = command.args[0]?.value ?? null
    switch (name) {
      case 'cd': {
        const target = command.args.find(word => word.value !== '--' && word.value !== '-P')
        this.#frame.cwd = changeFolder(this.#frame.cwd, target ? target.value : '~')
        return DONE
      }
      case 'export':
      case 'declare':
      case 'typeset':
      case 'local':
      case 'readonly':
        for (const word of command.args) this.#declare(word, name === 'export')
        return DONE
      case 'unset':
        for (const word of command.args) {
          if (word.value)
            this.#frame.variables = this.#frame.variables.with(word.value, { value: '', exported: false })
        }
        return DONE
      case 'read':
        for (const word of command.args) {
          if (word.value && /^[A-Za-z_]\w*$/.test(word.value))
            this.#set(word.value, unknown('it is read from input'), false)
        }
        return { status: 'unknown', stdout: NOTHING }
      case 'shift':
        this.#frame.parameters = this.#frame.parameters?.slice(Number(first ?? 1)) ?? null
        return DONE
      case 'set': {
        const dashes = command.args.findIndex(word => word.value === '--')
        const rest = command.args.slice(dashes + 1)
        if (dashes >= 0) {
          this.#frame.parameters = rest.every(word => word.value !== null)
            ? rest.map(word => word.value ?? '')
            : null
        }
        return DONE
      }
      case 'exit':
      case 'return': {
        const bad = first !== null && first !== '0'
        if (name === 'return' && this.#returns) this.#returns.push(this.#host.save())
        else if (!bad) this.#exits.push(this.#host.save())
        this.#dead = true
        return { status: bad ? 'failure' : 'success', stdout: NOTHING }
      }
      case 'break':
      case 'continue':
      case ':':
      case 'true':
      case 'trap':
      case 'umask':
      case 'shopt':
      case 'wait':
      case 'alias':
      case 'hash':
      case 'ulimit':
        return DONE
      case 'false':
        return { status: 'failure', stdout: NOTHING }
      case 'test':
      case '[':
        return { status: this.#oldTest(command.args), stdout: NOTHING }
      default:
        return null
    }
  }

  #oldTest(words: readonly ShellWord[]): Status {
    const args = words.filter(word => word.value !== ']')
    if (args.some(word => word.value === null)) return 'unknown'
    const values = args.map(word => word.value ?? '')
    const negated = values[0] === '!'
    if (negated) values.shift()
    const yes = simpleTest(values)
    return yes === null ? 'unknown' : yes !== negated ? 'success' : 'failure'
  }

  #declare(word: ShellWord, exported: boolean): void {
    const match = /^([A-Za-z_]\w*)(?:=([\s\S]*))?$/.exec(word.value ?? word.prefix)
    if (!match) return
    const [, name = '', text] = match
    if (text === undefined && word.value !== null) {
      const value = this.#lookup(name)
      if (value !== undefined && exported) this.#set(name, value, true)
      if (!exported || value === undefined) return
      this.#host.assigned(
        { name, value: isUnknown(value) ? null : value, start: word.start, end: word.end },
        true,
      )
      return
    }
    const value = word.value === null ? unknown(word.why ?? 'it is not known') : (text ?? '')
    this.#set(name, value, exported)
    this.#host.assigned(
      { name, value: isUnknown(value) ? null : value, start: word.start, end: word.end },
      exported,
    )
  }

  #assign(name: string, value: Maybe<string>, assignment: ShellAssignment): void {
    const exported = this.#frame.variables.get(name)?.exported ?? this.#environment(name) !== undefined
    this.#set(name, value, exported)
    this.#host.assigned(assignment, exported)
  }

  #set(name: string, value: Maybe<string>, exported: boolean): void {
    const kept = !isUnknown(value) && value.length > 64 * 1024 ? unknown('the value grows too long') : value
    this.#frame.variables = this.#frame.variables.with(name, { value: kept, exported })
  }

  #lookup(name: string): Maybe<string> | undefined {
    const own = this.#frame.variables.get(name)
    if (own) return own.value
    if (name === 'PWD') return this.#frame.cwd ?? unknown('the working folder is not known')
    return this.#environment(name)
  }

  #scope(): WordScope {
    return {
      source: this.#frame.source,
      bash: this.#frame.bash,
      parameters: this.#frame.parameters,
      variable: name => this.#lookup(name),
      set: (name, value) => this.#set(name, value, false),
      substitute: (script: ParsedScript, source: MappedText): Stream => {
        if (this.#depth >= MAX_DEPTH) return unknown('the script is nested too deep')
        this.#depth += 1
        const outcome = this.#subshell(() => {
          this.#frame.source = source
          return this.#statements(script.commands, false)
        })
        this.#dead = false
        this.#depth -= 1
        return isText(outcome.stdout) && outcome.stdout.text.length > 256 * 1024
          ? unknown('it prints too much')
          : outcome.stdout
      },
    }
  }
}

function fixedText(text: string, file: number): MappedText {
  return MappedText.of([{ text, file, fixed: true }])
}

/** Names whose value differs, or is set on one way only, become unknown. */
function joinVariables(
  a: PersistentMap<string, Variable>,
  b: PersistentMap<string, Variable>,
): PersistentMap<string, Variable> {
  if (a === b) return a
  let joined = a
  for (const [name, variable] of b) {
    const other = a.get(name)
    if (other && (other === variable || other.value === variable.value)) continue
    joined = joined.with(name, {
      value: unknown(`$${name} depends on a condition`),
      exported: variable.exported,
    })
  }
  return joined
}

function changeFolder(cwd: string | null, target: string | null): string | null {
  if (target === null || target === '-') return null
  if (target.startsWith('/') || target.startsWith('~')) return target
  return cwd === null ? null : `${cwd.replace(/\/$/, '')}/${target}`
}

/** `test` on values that are all known; null where it asks about files. */
function simpleTest(values: readonly string[]): boolean | null {
  const [a = '', b = '', c = ''] = values
  if (values.length === 0) return false
  if (values.length === 1) return a !== ''
  if (values.length === 2 && a === '-z') return b === ''
  if (values.length === 2 && a === '-n') return b !== ''
  if (values.length !== 3) return null
  if (b === '=' || b === '==') return a === c
  if (b === '!=') return a !== c
  return null
}
