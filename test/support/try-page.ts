/** Tries a page of docs/: its commands are run, its Dockerfiles linted, its links lead somewhere. */
import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Part, readPage, writeConsole } from './page.ts'
import { imgtrustJson, root } from './run.ts'

/** The day on which the Dockerfiles of the pages are judged: what ends later changes no page. */
const JUDGED = '2026-11-01'
const folder = join(root, 'docs')
/** The names of all pages. */
export const pages = readdirSync(folder).filter(name => name.endsWith('.md'))
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

/** What a fresh clone with its packages has, and nothing that was built. */
function copyCheckout(into: string): void {
  const left = new Set(['.git', 'node_modules', 'dist', 'oclif.manifest.json'].map(name => join(root, name)))
  cpSync(root, into, { recursive: true, filter: path => !left.has(path) })
  symlinkSync(join(root, 'node_modules'), join(into, 'node_modules'))
}

const isThere = (program: string) => spawnSync('which', [program]).status === 0

/** Does the page work in a copy of the checkout? */
export function worksInCopy(name: string): boolean {
  return readPage(readFileSync(join(folder, name), 'utf8')).inCopy
}

/**
 * Defines the tests of a page.
 * @param copies also where the page wants a copy of the checkout, in which it builds and tests for a minute
 */
export function tryPage(name: string, { copies }: { readonly copies: boolean }): void {
  const markdown = readFileSync(join(folder, name), 'utf8')
  const page = readPage(markdown)
  const own = join(scratch, name.replace('.md', ''))
  mkdirSync(own)
  const cwd = page.inCheckout ? root : own
  const missing = page.needs.filter(program => !isThere(program))

  if (page.inCopy && copies) beforeAll(() => copyCheckout(own))

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
    else if (page.inCopy && !copies)
      it.skip(`${title} (by npm run test:real, in a copy of the checkout)`, () => {})
    else if (missing.length) it.skip(`${title} (no ${missing.join(', ')} here)`, () => {})
    // A copy of the checkout is built and tested in: that takes its seconds.
    else it(title, () => tryPart(part), page.inCopy ? 120_000 : undefined)
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
}
