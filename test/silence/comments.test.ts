import { describe, expect, it } from 'vitest'
import { dayStart } from '../../src/clock.ts'
import { judge } from '../../src/judge.ts'
import { readComments } from '../../src/silence/comments.ts'
import { traceDockerfile } from '../../src/trace/trace.ts'

const judged = async (text: string) =>
  (
    await judge(traceDockerfile(text, { file: 'Dockerfile' }), {
      at: dayStart('2026-08-16'),
      expiringWithin: 0,
    })
  )
    .filter(finding => finding.severity !== 'info' || finding.rule === 'unused-ignore')
    .map(({ rule, location }) => `${location.line} ${rule}`)

describe('what a comment silences', () => {
  it.each([
    [
      'no comment',
      'FROM alpine:3.11\nRUN curl -k https://a.example\n',
      ['1 end-of-life-base-image', '2 tls-verification-disabled'],
    ],
    ['the line before', '# imgtrust ignore=end-of-life-base-image reason="old"\nFROM alpine:3.11\n', []],
    [
      'other comments and empty lines between',
      '# imgtrust ignore=end-of-life-base-image\n# why\n\nFROM alpine:3.11\n',
      [],
    ],
    [
      'only its own rule',
      '# imgtrust ignore=stale-base-image\nFROM alpine:3.11\n',
      ['1 unused-ignore', '2 end-of-life-base-image'],
    ],
    [
      'several rules',
      '# imgtrust ignore=stale-base-image,end-of-life-base-image\nFROM alpine:3.11\n',
      ['1 unused-ignore'],
    ],
    [
      'not the instruction after the next',
      '# imgtrust ignore=tls-verification-disabled\nFROM alpine:3.24\nRUN curl -k https://a.example\n',
      ['1 unused-ignore', '3 tls-verification-disabled'],
    ],
    [
      'all lines of a continued instruction',
      'FROM alpine:3.24\n# imgtrust ignore=tls-verification-disabled\nRUN true \\\n && curl -k https://a.example\n',
      [],
    ],
    [
      'the next line inside a continued instruction',
      'FROM alpine:3.24\nRUN true \\\n # imgtrust ignore=tls-verification-disabled\n && curl -k https://a.example\n',
      [],
    ],
    [
      'the whole file',
      'FROM alpine:3.24\nRUN curl -k https://a.example\nRUN curl -k https://b.example\n# imgtrust ignore-file=tls-verification-disabled reason="tests"\n',
      [],
    ],
    ['windows line ends', '# imgtrust ignore=end-of-life-base-image\r\nFROM alpine:3.11\r\n', []],
    [
      'nothing where the words only look like it',
      '# please see imgtrust ignore=end-of-life-base-image\nFROM alpine:3.11\n',
      ['2 end-of-life-base-image'],
    ],
  ])('%s', async (_, text, expected) => expect(await judged(text)).toEqual(expected))
})

it('reads rules, reason and range', () => {
  expect(
    readComments('# imgtrust ignore = a-b , c reason="two words"\nFROM x\n', [{ line: 2, endLine: 4 }]),
  ).toEqual([{ rules: ['a-b', 'c'], reason: 'two words', line: 1, from: 1, to: 4 }])
})
