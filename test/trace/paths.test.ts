import { expect, it } from 'vitest'
import { covers, mayReach } from '../../src/trace/paths.ts'
import { randomOf } from '../support/fuzz.ts'

it('tells patterns that name nothing in a folder', () => {
  const folder = '/usr/share/ca-certificates'
  const no = [
    '/var/lib/apt/lists/*',
    '/usr/share/doc',
    '/usr/share/ca-certificates-java/*',
    '/usr/share/doc/*/a',
  ]
  const yes = [
    '/usr/*',
    '/*',
    '/usr/share/ca-*/x',
    `${folder}/mozilla/A.crt`,
    `${folder}/*`,
    '/usr/share/[a-d]*',
  ]
  expect(no.filter(pattern => mayReach(pattern, folder))).toEqual([])
  expect(yes.filter(pattern => mayReach(pattern, folder))).toEqual(yes)
})

it('says so of none that covers a file there', () => {
  const below = randomOf(1_912)
  const parts = ['/', '/', 'a', 'b', 'ab', '*', '?', '[ab]', '\\']
  const word = (most: number) =>
    Array.from({ length: 1 + below(most) }, () => parts[below(parts.length)]).join('')
  let covered = 0
  for (let round = 0; round < 100_000; round += 1) {
    const pattern = `/${word(6)}`
    const [folder, name] = [['/a', '/a/b', '/ab/a'][below(3)]!, ['a', 'b', 'ab/b'][below(3)]!]
    if (!covers(pattern, `${folder}/${name}`) || covers(pattern, folder)) continue
    covered += 1
    expect(mayReach(pattern, folder), `${pattern} in ${folder}`).toBe(true)
  }
  expect(covered).toBeGreaterThan(100)
})
