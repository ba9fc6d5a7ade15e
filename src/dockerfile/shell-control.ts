/** Lists, conditions and loops: ways that are known are taken, all others tried and their states joined. */
import type { Case, CommandNode, For, If, Pipeline, While } from 'unbash'
import { unknown } from '../model.ts'
import { type Frame, joinVariables } from './shell-frame.ts'
import { caseMatches } from './shell-test.ts'
import { NOTHING, type Status, type Stream } from './shell-types.ts'
import { DONE, MAX_COMMANDS, type Outcome, type Walk } from './shell-walk.ts'
import { resolveText, resolveWord } from './shell-word.ts'

/** Rounds of one loop. */
const MAX_ROUNDS = 200

/** Runs what happens only perhaps, or whose failure is caught; the host is told. */
function inDoubt<State, Result>(walk: Walk<State>, doubtful: boolean, run: () => Result): Result {
  const { host } = walk
  const before = host.doubt ?? 0
  host.doubt = before + (doubtful ? 1 : 0)
  try {
    return run()
  } finally {
    host.doubt = before
  }
}

/** Runs what is only asked whether it succeeds: `set -e` does not heed it. */
function asking<State, Result>(walk: Walk<State>, asked: boolean, run: () => Result): Result {
  walk.asked += asked ? 1 : 0
  try {
    return run()
  } finally {
    walk.asked -= asked ? 1 : 0
  }
}

export function runAndOr<State>(
  walk: Walk<State>,
  nodes: readonly (CommandNode | Pipeline)[],
  operators: readonly ('&&' | '||')[],
  must: boolean,
): Outcome {
  const host = walk.host
  const surely = must && operators.every(operator => operator === '&&')
  const lastOr = operators.lastIndexOf('||')
  /** States in which the list so far may have failed. */
  let failed: State[] = []
  let status: Status = 'success'
  let stdout: Stream[] = []
  for (const [index, node] of nodes.entries()) {
    const operator = index === 0 ? '&&' : operators[index - 1]!
    if (operator === '&&' ? status === 'failure' : status === 'success') continue
    if (operator === '&&') {
      const before = host.save()
      const perhaps: boolean = status === 'unknown' && !surely
      if (perhaps) failed.push(before)
      const caught = lastOr >= index
      const outcome: Outcome = inDoubt(walk, perhaps || caught, () =>
        asking(walk, index < nodes.length - 1, () => walk.node(node, surely)),
      )
      if (outcome.stdout !== NOTHING) stdout.push(outcome.stdout)
      if (perhaps) {
        if (walk.dead) host.restore(before)
        else host.restore(host.join(before, host.save()))
        walk.dead = false
        status = 'unknown'
      } else {
        status = surely && outcome.status === 'unknown' ? 'likely' : outcome.status
        if (status === 'likely' && operators[index] !== undefined) failed.push(before)
        if (status === 'unknown') failed.push(host.save())
      }
      if (walk.dead) {
        if (lastOr >= index && failed.length > 0) {
          status = 'failure'
          walk.dead = false
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
    const outcome = inDoubt(walk, true, () =>
      asking(walk, index < nodes.length - 1, () => walk.node(node, false)),
    )
    if (outcome.stdout !== NOTHING) stdout.push(outcome.stdout)
    if (walk.dead) {
      if (succeeded !== null) {
        host.restore(succeeded)
        walk.dead = false
        status = 'likely'
      }
    } else if (succeeded !== null) {
      host.restore(host.join(succeeded, host.save()))
      status = outcome.status === 'success' || outcome.status === 'likely' ? 'likely' : 'unknown'
      stdout = [unknown('one of two commands prints it')]
    } else status = outcome.status
    failed = [host.save()]
    if (walk.dead) break
  }
  return { status, stdout: walk.together(stdout) }
}

/** Runs what may also not run: the states after both are joined. */
export function runPerhaps<State>(walk: Walk<State>, run: () => Outcome): Outcome {
  const before = walk.host.save()
  const variables = walk.frame.variables
  const outcome = inDoubt(walk, true, run)
  if (walk.dead) walk.host.restore(before)
  else walk.host.restore(walk.host.join(before, walk.host.save()))
  walk.dead = false
  walk.frame.variables = joinVariables(variables, walk.frame.variables)
  return {
    status: 'likely',
    stdout: outcome.stdout === NOTHING ? NOTHING : unknown('it may not be printed'),
  }
}

export function runIf<State>(walk: Walk<State>, node: If, must: boolean): Outcome {
  const clauses = [node, ...node.elif]
  const ends: { state: State; variables: Frame['variables'] }[] = []
  const printed: Stream[] = []
  let alone = true
  const branch = (run: () => Outcome): void => {
    const outcome = run()
    printed.push(outcome.stdout)
    if (!walk.dead) ends.push({ state: walk.host.save(), variables: walk.frame.variables })
    walk.dead = false
  }
  let open = true
  for (const { clause, then } of clauses) {
    const before = walk.host.save()
    const { status } = inDoubt(walk, true, () => asking(walk, true, () => walk.list(clause)))
    if (walk.dead) return DONE
    if (status === 'failure') continue
    const after = walk.host.save()
    const variables = walk.frame.variables
    branch(() =>
      inDoubt(walk, status !== 'success' || !alone, () =>
        walk.list(then, must && alone && status === 'success'),
      ),
    )
    if (status === 'success') {
      open = false
      break
    }
    alone = false
    walk.host.restore(status === 'likely' ? walk.host.join(before, after) : after)
    walk.frame.variables = variables
  }
  if (open) {
    const rest = node.else
    branch(() => (rest ? inDoubt(walk, !alone, () => walk.list(rest, must && alone)) : DONE))
  }
  const first = ends[0]
  if (!first) {
    walk.dead = true
    return DONE
  }
  walk.host.restore(ends.map(end => end.state).reduce((a, b) => walk.host.join(a, b)))
  walk.frame.variables = ends.map(end => end.variables).reduce(joinVariables)
  const stdout =
    printed.length === 1
      ? printed[0]!
      : printed.every(one => one === NOTHING)
        ? NOTHING
        : unknown('it depends on a condition')
  return { status: 'likely', stdout }
}

export function runFor<State>(walk: Walk<State>, node: For): Outcome {
  const words = node.wordlist?.flatMap(word => resolveWord(word, walk.scope()))
  const values = words
    ? words.map(word => (word.glob ? null : word.value))
    : (walk.frame.parameters ?? [null])
  if (values.some(value => value === null) || values.length > MAX_ROUNDS) {
    const why = words?.find(word => word.value === null)?.why ?? 'files that match a pattern'
    return runPerhaps(walk, () => {
      walk.set(node.name.value, unknown(why), false)
      return walk.list(node.body)
    })
  }
  const printed: Stream[] = []
  for (const value of values) {
    if (walk.dead || walk.commands > MAX_COMMANDS) break
    walk.set(node.name.value, value ?? '', false)
    const { stdout } = walk.list(node.body)
    if (stdout !== NOTHING) printed.push(stdout)
  }
  return { status: 'likely', stdout: walk.together(printed) }
}

export function runWhile<State>(walk: Walk<State>, node: While): Outcome {
  const { status } = asking(walk, true, () => walk.list(node.clause))
  if (walk.dead || status === (node.kind === 'while' ? 'failure' : 'success')) return DONE
  return runPerhaps(walk, () => walk.list(node.body))
}

export function runCase<State>(walk: Walk<State>, node: Case): Outcome {
  const subject = resolveText(node.word, walk.scope())
  const before = walk.host.save()
  const variables = walk.frame.variables
  const ends: { state: State; variables: Frame['variables'] }[] = []
  let sure = false
  for (const item of node.items) {
    const match = caseMatches(item.pattern, subject, walk.scope())
    if (match === 'no') continue
    walk.host.restore(before)
    walk.frame.variables = variables
    inDoubt(walk, match !== 'yes' || ends.length > 0, () => walk.list(item.body))
    if (!walk.dead) ends.push({ state: walk.host.save(), variables: walk.frame.variables })
    walk.dead = false
    if (match === 'yes') {
      sure = true
      break
    }
  }
  if (!sure) ends.push({ state: before, variables })
  if (ends.length === 0) {
    walk.dead = true
    return DONE
  }
  walk.host.restore(ends.map(end => end.state).reduce((a, b) => walk.host.join(a, b)))
  walk.frame.variables = ends.map(end => end.variables).reduce(joinVariables)
  return { status: 'likely', stdout: NOTHING }
}
