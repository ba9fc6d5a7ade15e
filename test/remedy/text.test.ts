import { describe, expect, it } from 'vitest'
import { applyEdits, lineAfter, newline } from '../../src/remedy/dialects/text.ts'

describe('applyEdits', () => {
  it('applies edits in any order', () => {
    const edits = [
      { start: 4, end: 5, text: 'E' },
      { start: 0, end: 0, text: '>' },
    ]
    expect(applyEdits('abcdef', edits)).toBe('>abcdEf')
  })

  it('refuses edits that overlap or lie outside', () => {
    const at = (start: number, end: number) => ({ start, end, text: '' })
    expect(() => applyEdits('abc', [at(0, 2), at(1, 3)])).toThrow(RangeError)
    expect(() => applyEdits('abc', [at(2, 4)])).toThrow(RangeError)
    expect(() => applyEdits('abc', [at(2, 1)])).toThrow(RangeError)
  })
})

describe('lineAfter', () => {
  const text = 'a\nb\nc\n'
  it('moves lines at and after an insertion', () => {
    const edits = [{ start: 2, end: 2, text: 'x\ny\n' }]
    expect([1, 2, 3].map(line => lineAfter(text, edits, line))).toEqual([1, 4, 5])
  })

  it('leaves a line whose own words change', () => {
    expect(lineAfter(text, [{ start: 2, end: 3, text: 'B' }], 2)).toBe(2)
  })
})

describe('newline', () => {
  it.each([
    ['a\nb', '\n'],
    ['a\r\nb\n', '\r\n'],
    ['a', '\n'],
    ['\na\r\n', '\n'],
  ])('of %j is %j', (text, expected) => expect(newline(text)).toBe(expected))
})
