/** The pages of docs/: their commands are run, their Dockerfiles linted, their links lead somewhere. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { commandsOf, type Part, readPage, writeConsole } from './support/page.ts'
import { imgtrustJson, root } from './support/run.ts'

/** The day on which the Dockerfiles of the pages are judged: what ends later changes no page. */
const JUDGED = '2026-11-01'
const folder = join(root, 'docs')
const pages = readdirSync(folder).filter(name => name.endsWith('.md'))
const updating = Boolean(process.env.UPDATE_README) && !process.env.CI

const scratch = mkdtempSync(join(tmpdir(), 'imgtrust-docs-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const programs = join(scratch, 'bin')
mkdirSync(programs)
writeFileSync(
  join(programs, 'imgtrust'),
  `#!/bin/sh\nexec "${process.execPath}" "${root}/bin/run.js" "$@"\n`,
  {
    mode: 0o755,
  },
)

/** What a shell prints for a command, both streams as they come. */
function shell(line: string, cwd: string): string {
  const { stdout, error } = spawnSync('bash', ['-c', `{ ${line}\n} 2>&1`], {
    cwd,
    encoding: 'utf8',
    env: {
      PATH: `${programs}:${process.env.PATH ?? ''}`,
      HOME: scratch,
      XDG_CACHE_HOME: join(scratch, 'cache'),
      XDG_CONFIG_HOME: join(scratch, 'config'),
      DOCKER_HOST: 'unix:///nonexistent/docker.sock',
      LC_ALL: 'C',
    },
  })
  if (error) throw error
  return stdout.replaceAll(`${cwd}/`, '').trim()
}

const isThere = (program: string) => spawnSync('which', [program]).status === 0

describe.each(pages)('docs/%s', name => {
  const markdown = readFileSync(join(folder, name), 'utf8')
  const page = readPage(markdown)
  const own = join(scratch, name.replace('.md', ''))
  mkdirSync(own)
  const cwd = page.inCheckout ? root : own
  const missing = page.needs.filter(program => !isThere(program))

  const put = (file: string, text: string) => {
    mkdirSync(dirname(join(own, file)), { recursive: true })
    writeFileSync(join(own, file), text)
  }

  it('says of each block how it is tried', () => expect(page.untested).toEqual([]))

  const titleOf = (part: Part, index: number) => {
    const first = part.text.split('\n')[0] ?? ''
    return `${index + 1} ${part.kind === 'not run' ? `not run (${part.why}): ${first}` : first}`
  }
  page.parts.forEach((part, index) => {
    const title = titleOf(part, index)
    if (part.kind === 'not run') it.skip(title, () => {})
    else if (missing.length) it.skip(`${title} (no ${missing.join(', ')} here)`, () => {})
    else it(title, () => tryPart(part))
  })

  async function tryPart(part: Part): Promise<void> {
    if (part.kind === 'file') put(part.name, part.text)
    if (part.kind === 'dockerfile') {
      put('Dockerfile', part.text)
      const { report } = await imgtrustJson(['lint', 'Dockerfile', '--at', JUDGED], { cwd: own })
      const loud = report.targets[0]?.findings.filter(({ severity }) => severity !== 'info') ?? []
      expect([...new Set(loud.map(({ rule }) => rule))].sort()).toEqual([...part.rules].sort())
    }
    if (part.kind === 'console') {
      const real = part.commands.map(({ line }) => ({ line, output: shell(line, cwd) }))
      if (updating) {
        const file = join(folder, name)
        const block = (text: string) => `\`\`\`console\n${text}\`\`\``
        const text = readFileSync(file, 'utf8')
        writeFileSync(
          file,
          text.replace(block(part.text), () => block(writeConsole(real))),
        )
      } else expect(writeConsole(part.commands)).toBe(writeConsole(real))
    }
  }

  it('links to files that are there', () => {
    const links = [...markdown.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(match => match[1] ?? '')
    expect(links.filter(link => !existsSync(join(folder, link)))).toEqual([])
  })
})

it('docs/README.md leads to every page', () => {
  const index = readFileSync(join(folder, 'README.md'), 'utf8')
  expect(pages.filter(name => name !== 'README.md' && !index.includes(`](${name})`))).toEqual([])
})

it('a console block is read as commands with what they print', () => {
  expect(commandsOf('$ one \\\n  more\nout\n\n  in\n$ two\n')).toEqual([
    { line: 'one \\\n  more', output: 'out\n\n  in' },
    { line: 'two', output: '' },
  ])
})
