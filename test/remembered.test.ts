import { expect, it } from 'vitest'
import type { Root } from '../src/model.ts'
import { remembered } from '../src/remembered.ts'

const root = (name: string): Root => ({ sha256: name, name, notBefore: 0, notAfter: 100 })

it('is asked once for an object and a key, and anew for every other', () => {
  const asked: string[] = []
  const ask = remembered((roots: readonly Root[], at: number) => {
    asked.push(`${roots.map(({ name }) => name).join()} at ${at}`)
    return `answer ${asked.length}`
  })
  const first = [root('a'), root('b')]
  expect([ask(first, 1), ask(first, 2), ask(first, 1), ask(first, 2)]).toEqual([
    'answer 1',
    'answer 2',
    'answer 1',
    'answer 2',
  ])
  // Equal roots in another list are another question.
  expect(ask([...first], 1)).toBe('answer 3')
  expect(asked).toEqual(['a,b at 1', 'a,b at 2', 'a,b at 1'])
})
