import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { commands } from '../../src/commands/index.ts'
import { root } from '../support/run.ts'

it('every command file is in the list of commands', () => {
  const ids = readdirSync(join(root, 'src/commands'), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts') && name !== 'index.ts')
    .map(name => name.replace(/\.ts$/, '').replaceAll('/', ':'))
  expect(Object.keys(commands).sort()).toEqual(ids.sort())
})
