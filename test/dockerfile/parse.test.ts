import { describe, expect, it } from 'vitest'
import { parseDockerfile } from '../../src/dockerfile/parse.ts'
import { splitStages, targetStage } from '../../src/dockerfile/stages.ts'
import { JobError } from '../../src/errors.ts'

const read = (text: string) => parseDockerfile(text, 'Dockerfile')
const bodies = (text: string): string[] =>
  read(text).instructions.map(one => `${one.keyword} ${one.body.text}`)

describe('instructions, as BuildKit takes them', () => {
  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    ['lower case and blanks', '  \n\tfrom a\n  run  b  ', ['FROM a', 'RUN b']],
    [
      'comments and blanks between lines',
      'FROM a\nRUN b \\\n  # why\n\n   c \\\n\\\n d\n',
      ['FROM a', 'RUN b    c  d'],
    ],
    ['a continuation with blanks behind it', 'FROM a\nRUN b \\  \n c\n', ['FROM a', 'RUN b  c']],
    ['CRLF', 'FROM a\r\nRUN b \\\r\n # c\r\n d\r\n', ['FROM a', 'RUN b  d']],
    [
      'a carriage return alone ends no line',
      'FROM a\nRUN b\r && \\\n c\nUSER d\n',
      ['FROM a', 'RUN b\r &&  c', 'USER d'],
    ],
    ['another escape character', '# escape=`\nFROM a\nRUN b \\ `\n c\n', ['FROM a', 'RUN b \\  c']],
    [
      'an escaped escape is no continuation',
      'FROM a\nRUN b \\\\\nRUN c\n',
      ['FROM a', 'RUN b \\\\', 'RUN c'],
    ],
    ['a continuation at the end of the file', 'FROM a\nRUN b \\', ['FROM a', 'RUN b']],
    ['a byte order mark', '\uFEFFFROM a\n', ['FROM a']],
    ['a here-document', 'FROM a\nRUN <<EOF\nFROM x\n# y\nEOF\nCMD c\n', ['FROM a', 'RUN <<EOF', 'CMD c']],
    [
      'two of them',
      'FROM a\nRUN cat <<A <<-"B"\n1\nA\n2\n\tB\nUSER c\n',
      ['FROM a', 'RUN cat <<A <<-"B"', 'USER c'],
    ],
    [
      'one with a number',
      'FROM a\nRUN cat 3<<EOF\nx y\nEOF\nUSER c\n',
      ['FROM a', 'RUN cat 3<<EOF', 'USER c'],
    ],
    ['of COPY', 'FROM a\nCOPY <<X <<Y /d/\na\nX\nb\nY\n', ['FROM a', 'COPY <<X <<Y /d/']],
    ['of ONBUILD RUN', 'FROM a\nONBUILD RUN <<E\nx\nE\nUSER b\n', ['FROM a', 'ONBUILD RUN <<E', 'USER b']],
    ['none in ENV', 'FROM a\nENV A <<EOF\nUSER b\n', ['FROM a', 'ENV A <<EOF', 'USER b']],
    ['none in quotes', 'FROM a\nRUN echo "<<EOF"\nUSER b\n', ['FROM a', 'RUN echo "<<EOF"', 'USER b']],
    ['a here-string', 'FROM a\nRUN cat <<<foo\nUSER b\n', ['FROM a', 'RUN cat <<<foo', 'USER b']],
  ]
  for (const [name, text, expected] of cases) it(name, () => expect(bodies(text)).toEqual(expected))

  it('maps each character of a body back to the file', () => {
    const text = 'FROM a\r\nRUN one \\\r\n  # no\r\n  two && \\\r\n three\r\n'
    const body = read(text).instructions[1]!.body
    for (const word of ['one', 'two', '&&', 'three']) {
      expect(body.offset(body.text.indexOf(word))).toBe(text.indexOf(word))
      const range = body.range(body.text.indexOf(word), body.text.indexOf(word) + word.length)
      expect(text.slice(range.start, range.end)).toBe(word)
    }
  })

  it('keeps the content of here-documents and whether they expand', () => {
    const [, run] = read('FROM a\nCOPY <<"A" <<-B /x/\n$a\nA\n\t$b\n\tB\n').instructions
    expect(run!.heredocs.map(one => [one.name, one.expands, one.content.text])).toEqual([
      ['A', false, '$a\n'],
      ['B', true, '$b\n'],
    ])
  })
})

describe('what BuildKit refuses', () => {
  const cases: readonly (readonly [string, string, RegExp])[] = [
    ['an empty file', '', /no instruction/],
    ['comments alone', '# a\n\n# b\n', /no instruction/],
    ['a binary file', 'FROM a\n\0\u0001', /binary/],
    ['an unknown instruction', 'FROM a\nRUNN b\n', /Dockerfile:2: unknown instruction RUNN/],
    ['an unknown trigger', 'FROM a\nONBUILD RUNN b\n', /Dockerfile:2: unknown instruction RUNN/],
    ['a trigger of a trigger', 'FROM a\nONBUILD ONBUILD RUN b\n', /:2: ONBUILD isn't allowed/],
    ['FROM as a trigger', 'FROM a\nONBUILD FROM b\n', /:2: FROM isn't allowed/],
    ['a here-document without its end', 'FROM a\nRUN <<EOF\nb\n', /:2: here-document EOF has no end/],
    ['no FROM', 'ARG A=b\n', /no FROM/],
    ['an instruction before FROM', 'RUN a\nFROM b\n', /:1: RUN stands before the first FROM/],
    ['FROM with too many words', 'FROM a b\n', /:1: FROM takes/],
    ['FROM without a word', 'FROM\n', /:1: FROM takes/],
  ]
  for (const [name, text, message] of cases) {
    it(name, () => {
      const run = () => splitStages(read(text), { buildArgs: {}, platform: undefined })
      expect(run).toThrow(JobError)
      expect(run).toThrow(message)
    })
  }

  it('a target that is not there', () => {
    const staged = splitStages(read('FROM a AS one\n'), { buildArgs: {}, platform: undefined })
    expect(() => targetStage(staged, 'two')).toThrow(/no stage two; its stages: one/)
    expect(targetStage(staged, 'ONE').index).toBe(0)
    expect(targetStage(staged, '0').index).toBe(0)
  })
})

describe('stages', () => {
  const staged = (text: string, buildArgs = {}, platform?: string) =>
    splitStages(read(text), { buildArgs, platform })

  it('expand arguments before FROM', () => {
    const text =
      'ARG V=3.11\nARG I=alpine:${V}\nFROM --platform=$BUILDPLATFORM ${I} AS a\nFROM ${I%:*}:${V:-x}\n'
    expect(staged(text).stages.map(stage => stage.image)).toEqual(['alpine:3.11', 'alpine:3.11'])
    expect(staged(text, { V: '3.8' }).stages[0]!.image).toBe('alpine:3.8')
  })

  it('know the platform that is asked for', () => {
    expect(staged('FROM a:$TARGETARCH\n', {}, 'linux/arm64').stages[0]!.image).toBe('a:arm64')
    expect(staged('FROM a:$TARGETARCH\n').stages[0]!.image).toHaveProperty('unknown')
  })

  it('keep the place of the reference', () => {
    const text = 'FROM --platform=x \\\n  alpine:3.11 as B\n'
    const { reference, name } = staged(text).stages[0]!
    expect(text.slice(reference.start, reference.end)).toBe('alpine:3.11')
    expect(name).toBe('B')
  })
})
