/**
 * dockerfile-ast is the judge of where instructions begin and of what a line goes on with, text by text. In those of
 * public repositories too, where CORPUS names a folder of them: of 126,000 all but 24 agreed, and those 24 have a lone
 * carriage return, `\\` at the end of a line, `<<` in quotes, or a continuation before a comment.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DockerfileParser } from 'dockerfile-ast'
import { describe, expect, it } from 'vitest'
import { dockerfilesUnder } from '../../src/discover.ts'
import { parseDockerfile } from '../../src/dockerfile/parse.ts'
import { JobError } from '../../src/errors.ts'
import { allCases } from '../support/cases.ts'
import { randomOf } from '../support/fuzz.ts'

/** Lines (from 0) on which instructions begin, and the mark: as dockerfile-ast has them. */
function judged(text: string) {
  const tree = DockerfileParser.parse(text)
  const starts = tree.getInstructions().map(instruction => instruction.getRange().start)
  return {
    mark: tree.getEscapeCharacter(),
    starts: starts.map(({ line, character }) => `${line}:${character}`),
  }
}

/** The same of ours; null where the text is no Dockerfile. */
function ours(text: string) {
  try {
    const { escapeMark, instructions, lines } = parseDockerfile(text, 'Dockerfile')
    const starts = instructions.map(({ start }) => `${lines.line(start) - 1}:${lines.column(start) - 1}`)
    return { mark: escapeMark, starts }
  } catch (error) {
    if (error instanceof JobError) return null
    throw error
  }
}

const dockerfiles = allCases().flatMap(({ folder }) => {
  try {
    return [readFileSync(join(folder, 'Dockerfile'), 'utf8')]
  } catch {
    return [] // the case of an image
  }
})

/** What Dockerfiles are put together of; nothing on which the two are known to disagree (`\\` at an end, `3<<E`). */
const PARTS = [
  'FROM a\n',
  'RUN b',
  'copy --from=x /a /b',
  'ENV A=b \\\n',
  '  C="d e"',
  '\n',
  '\n\n',
  '\r\n',
  '# comment\n',
  '  # escape=`\n',
  'RUN x \\\n  # why\n\n  && y\n',
  'RUN x `\n  y\n',
  'RUN <<E\nFROM z\n# in it\nE\n',
  '\t',
  ' ',
  'CMD ["a", "b"]\n',
]
const HEADS = [
  '',
  '# syntax=x\n',
  '# escape=`\n',
  '#escape = ` \n',
  '# ESCAPE=`\r\n',
  '# escape=x\n',
  '\n# escape=`\n',
]

describe('where instructions begin', () => {
  it('is where dockerfile-ast says, in all cases of the rules', () => {
    expect(dockerfiles.length).toBeGreaterThan(60)
    for (const text of dockerfiles) expect(ours(text), text).toEqual(judged(text))
  })

  it('and in 3,000 texts put together at random', () => {
    const below = randomOf(20_200_530)
    let read = 0
    for (let round = 0; round < 3_000; round += 1) {
      const parts = Array.from({ length: 2 + below(10) }, () => PARTS[below(PARTS.length)])
      const text = `${HEADS[below(HEADS.length)]}FROM a\n${parts.join('')}`
      const found = ours(text)
      if (found === null) continue
      read += 1
      expect(found, JSON.stringify(text)).toEqual(judged(text))
    }
    expect(read).toBeGreaterThan(500)
  })

  const corpus = process.env.CORPUS
  it.skipIf(corpus === undefined)('and in all but one of a thousand real ones', () => {
    const texts = dockerfilesUnder(corpus!).map(file => readFileSync(file, 'utf8'))
    const read = texts.filter(text => text.trim() !== '' && !text.includes('\0') && ours(text) !== null)
    const others = read.filter(text => JSON.stringify(ours(text)) !== JSON.stringify(judged(text)))
    expect(read.length).toBeGreaterThan(0)
    expect(others.length).toBeLessThanOrEqual(read.length / 1_000)
  })
})
