import { describe, expect, it } from 'vitest'
import { exampleFiles } from '../../src/report/example-files.ts'
import { certificates } from '../support/trace-certificates.ts'

const { pem } = certificates[6]!
const words = (text: string) => exampleFiles({ dockerfile: '', at: '', context: { 'b.crt': text } })[0]!.words
const one = 'Corporate CA, 2026-11-23 to 2126-10-30'

describe('files of an example in words', () => {
  it.each([
    [pem, `a certificate in PEM (${one})`],
    [pem.trimEnd(), `a certificate in PEM (${one}), without a newline at its end`],
    [pem + pem, `2 certificates in PEM (${one}; ${one})`],
    ['<p>\n', 'the text "<p>\\n"'],
  ])('%.12j', (text, expected) => expect(words(text)).toBe(expected))

  it('are sorted, and none is none', () => {
    const context = { b: pem, a: pem }
    expect(exampleFiles({ dockerfile: '', at: '', context }).map(({ path }) => path)).toEqual(['a', 'b'])
    expect(exampleFiles({ dockerfile: '', at: '' })).toEqual([])
  })
})
