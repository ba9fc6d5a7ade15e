/** The completion script of bash, asked as readline asks it. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { missing } from '../support/program.ts'
import { imgtrust, root } from '../support/run.ts'

const absent = missing('bash')
describe.skipIf(absent !== '')(`bash${absent && ` (skipped: no ${absent})`}`, () => {
  const script = imgtrust(['completion', 'bash'])
  const complete = async (...words: string[]) => {
    const { stdout } = await script
    const asked = `${stdout}\nCOMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _imgtrust; printf '%s\\n' "\${COMPREPLY[@]}"`
    const { stdout: said, stderr } = spawnSync('bash', ['--norc', '-c', asked, 'bash', ...words], {
      encoding: 'utf8',
    })
    expect(stderr).toBe('')
    return said.split('\n').filter(Boolean)
  }
  const { commands } = JSON.parse(readFileSync(join(root, 'oclif.manifest.json'), 'utf8'))

  it('completes every command', async () => {
    const first = [...new Set(Object.keys(commands).map(id => id.split(':')[0]))].sort()
    expect(await complete('imgtrust', '')).toEqual(first)
    expect(await complete('imgtrust', 'roots', '')).toEqual(['diff', 'list', 'show'])
  })

  it('completes every flag of a command, and its values', async () => {
    const flags = Object.keys(commands.lint.flags).map(name => `--${name}`)
    expect(await complete('imgtrust', 'lint', '--')).toEqual([...flags, '--help'].sort())
    expect(await complete('imgtrust', 'scan', 'x.tar', '--format', 'j')).toEqual(['json', 'junit'])
    expect(await complete('imgtrust', 'lint', '--fail-on', '')).toEqual(['error', 'warning', 'info', 'never'])
  })

  it('completes rules, and leaves files to the shell', async () => {
    expect(await complete('imgtrust', 'rules', 'expired-root')).toEqual(['expired-root', 'expired-root-kept'])
    expect(await complete('imgtrust', 'lint', 'Docker')).toEqual([])
    expect(await complete('imgtrust', 'lint', '--config', '')).toEqual([])
  })

  it('takes a target for no command', async () => {
    expect(await complete('imgtrust', 'scan', 'roots', '')).toEqual([])
  })
})
