/** Redirections: what a command reads from and writes to instead of what it was given. */
import type { Redirection } from 'unbash'
import { isUnknown, type Maybe, unknown } from '../model.ts'
import { NOTHING, type ShellWord, type Stream } from './shell-types.ts'
import type { Outcome, Walk } from './shell-walk.ts'
import { resolveParts, resolveWord, type WordScope } from './shell-word.ts'

/** Opens what is read, runs, then writes what was printed. */
export function redirected<State>(
  walk: Walk<State>,
  redirects: readonly Redirection[],
  piped: Stream | null,
  run: (stdin: Stream | null) => Outcome,
): Outcome {
  const { host } = walk
  const { cwd } = walk.frame
  const scope = walk.scope()
  let stdin = piped
  let target: { path: ShellWord; append: boolean } | null = null
  /** Standard output goes where nobody reads it. */
  let away = false
  for (const redirect of redirects) {
    if (redirect.type === 'HereDoc') {
      stdin = hereDocument(redirect, scope)
      continue
    }
    const word = redirect.target ? resolveWord(redirect.target, scope)[0] : undefined
    if (!word) continue
    if (redirect.type === 'HereString') {
      stdin = word.value === null ? unknown(word.why ?? '') : { text: `${word.value}\n`, mapped: null }
      continue
    }
    const { operator, descriptor } = redirect
    const number = descriptor?.type === 'FileDescriptor' ? descriptor.value : null
    const ofOutput = number === null || number === 1
    const append = operator.endsWith('>>')
    if (operator === '<') stdin = host.read(word, cwd)
    else if (operator === '>&' || operator === '<&') {
      if (ofOutput) away = away || word.value === '2'
    } else if (ofOutput) {
      if (target) host.write(target.path, NOTHING, target.append, cwd)
      target = { path: word, append }
      away = false
    } else if (word.value !== '/dev/null') {
      host.write(word, unknown('messages of a program'), append, cwd)
    }
  }
  const outcome = run(stdin)
  if (target && !walk.dead) host.write(target.path, outcome.stdout, target.append, walk.frame.cwd)
  return target || away ? { status: outcome.status, stdout: NOTHING } : outcome
}

function hereDocument(
  { operator, body, delimiter }: Extract<Redirection, { readonly type: 'HereDoc' }>,
  scope: WordScope,
): Stream {
  const stripped = operator === '<<-' ? body.text.replace(/^\t+/gm, '') : body.text
  const text: Maybe<string> = delimiter?.quoted || !body.parts ? stripped : resolveParts(body.parts, scope)
  if (isUnknown(text)) return text
  return { text, mapped: text === body.text ? scope.source.slice(body.pos, body.end) : null }
}
