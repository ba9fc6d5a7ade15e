/** `test`, `[[ … ]]` and the patterns of `case`: what can be told without looking at files. */
import type { TestExpression, Word } from 'unbash'
import { isUnknown, type Maybe } from '../model.ts'
import { globMatches } from './glob.ts'
import type { ShellWord, Status } from './shell-types.ts'
import { resolveText, type WordScope } from './shell-word.ts'

/** `[[ … ]]` */
export function testExpression(expression: TestExpression, scope: WordScope): Status {
  if (expression.type === 'TestBinary' && ['=', '==', '!='].includes(expression.operator)) {
    const left = resolveText(expression.left, scope)
    const right = resolveText(expression.right, scope)
    if (isUnknown(left) || isUnknown(right)) return 'unknown'
    return globMatches(right, left) === (expression.operator !== '!=') ? 'success' : 'failure'
  }
  if (expression.type === 'TestUnary' && ['-z', '-n'].includes(expression.operator)) {
    const value = resolveText(expression.operand, scope)
    if (isUnknown(value)) return 'unknown'
    return (value === '') === (expression.operator === '-z') ? 'success' : 'failure'
  }
  return 'unknown'
}

/** The words of `test` or `[ … ]`. */
export function testWords(words: readonly ShellWord[]): Status {
  const args = words.filter(word => word.value !== ']')
  if (args.some(word => word.value === null)) return 'unknown'
  const values = args.map(word => word.value ?? '')
  const negated = values[0] === '!'
  if (negated) values.shift()
  const yes = simpleTest(values)
  return yes === null ? 'unknown' : yes !== negated ? 'success' : 'failure'
}

/** Does a branch of `case` match? */
export function caseMatches(
  patterns: readonly Word[],
  subject: Maybe<string>,
  scope: WordScope,
): 'yes' | 'no' | 'perhaps' {
  let answer: 'no' | 'perhaps' = 'no'
  for (const word of patterns) {
    const pattern = resolveText(word, scope)
    if (pattern === '*') return 'yes'
    if (isUnknown(subject) || isUnknown(pattern)) answer = 'perhaps'
    else if (globMatches(pattern, subject)) return 'yes'
  }
  return answer
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
