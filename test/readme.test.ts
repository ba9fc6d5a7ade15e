/** The README tells what the program does: its transcripts are run, its links lead somewhere. */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { imgtrust, root } from './support/run.ts'

const FILE = join(root, 'README.md')
const TRANSCRIPT = /<!-- transcript: (.+) -->\n```\n([\s\S]*?)```/g
const readme = readFileSync(FILE, 'utf8')

const head = (command: string) => `<!-- transcript: ${command} -->\n\`\`\`\n`

const transcripts = [...readme.matchAll(TRANSCRIPT)].map(([, command = '', text = '']) => ({ command, text }))

describe('transcripts (UPDATE_README=1 writes them)', () => {
  it.each(transcripts)('$command', async ({ command, text }) => {
    const { stdout } = await imgtrust(command.split(' '))
    const actual = `$ imgtrust ${command}\n\n${stdout}`
    if (process.env.UPDATE_README && !process.env.CI) {
      writeFileSync(
        FILE,
        readFileSync(FILE, 'utf8').replace(head(command) + text, () => head(command) + actual),
      )
    } else {
      expect(text).toBe(actual)
    }
  })

  it('are there', () => expect(transcripts.length).toBeGreaterThan(0))
})

it('the picture of the page is there, small, as wide as a page, and told to those who can’t see it', () => {
  const [, words, file] = /!\[([^\]]+)\]\(([^)]+\.png)\)/.exec(readme) ?? []
  expect(words?.split(/\s+/).length).toBeGreaterThan(20)
  const picture = readFileSync(join(root, file ?? ''))
  expect(picture.subarray(1, 4).toString()).toBe('PNG')
  expect(picture.length).toBeLessThan(150_000)
  expect(picture.readUInt32BE(16)).toBe(1100)
  expect(picture.readUInt32BE(20)).toBeGreaterThan(800)
})

it('every link into the repository leads to a file', () => {
  const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(match => match[1] ?? '')
  expect(links.length).toBeGreaterThan(0)
  expect(links.filter(link => !existsSync(join(root, link)))).toEqual([])
})

it('the demo runs to its end and prints the remedy of the outage', () => {
  const { status, stdout } = spawnSync(process.execPath, ['--import', 'tsx', 'examples/demo.ts'], {
    cwd: root,
    encoding: 'utf8',
  })
  expect(status).toBe(0)
  expect(stdout).toContain(
    'RUN sed -i "/AddTrust_External_Root.crt/d" /etc/ca-certificates.conf && update-ca-certificates -f -v',
  )
})
