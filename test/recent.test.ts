import { expect, it } from 'vitest'
import { Recent } from '../src/recent.ts'

/** Which of the keys are made anew when all are asked for in turn. */
function made(recent: Recent<string, string>, keys: string): string {
  let calls = ''
  for (const key of keys)
    recent.get(key, () => {
      calls += key
      return key.toUpperCase()
    })
  return calls
}

it('makes what is asked for again once', () => {
  const recent = new Recent<string, string>(3)
  expect(made(recent, 'abab')).toBe('ab')
  expect(recent.get('a', () => 'not this')).toBe('A')
})

it('lets go of what nobody asked for since, and never holds more than twice its measure', () => {
  const recent = new Recent<string, string>(2)
  // a and b are full; c begins anew, a is asked for again and goes along, d ends what b was kept in.
  expect(made(recent, 'abcad')).toBe('abcd')
  expect(made(recent, 'a')).toBe('')
  expect(made(recent, 'b')).toBe('b')
})

it('keeps nothing of what weighs too much alone', () => {
  const recent = new Recent<string, string>(10, text => text.length)
  let calls = 0
  for (let round = 0; round < 2; round += 1) recent.get('x'.repeat(11), () => String(calls++))
  expect(calls).toBe(2)
})
