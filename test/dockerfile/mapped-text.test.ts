import { describe, expect, it } from 'vitest'
import { MappedText } from '../../src/dockerfile/mapped-text.ts'

describe('mapped text', () => {
  const file = 'one \\\n two \\\n three'
  const text = MappedText.of([
    { text: 'one ', file: 0 },
    { text: ' two ', file: 6 },
    { text: ' three', file: 13 },
  ])

  it('knows where each character comes from, in every slice of it', () => {
    for (let start = 0; start <= text.text.length; start += 1) {
      for (let end = start; end <= text.text.length; end += 1) {
        const slice = text.slice(start, end)
        expect(slice.text).toBe(text.text.slice(start, end))
        for (let at = 0; at < slice.text.length; at += 1) {
          expect(slice.offset(at)).toBe(text.offset(start + at))
          expect(file[slice.offset(at)]).toBe(slice.text[at])
        }
      }
    }
  })

  it('ends a range behind its last character, not behind a continuation', () => {
    expect(text.range(0, 4)).toEqual({ start: 0, end: 4 })
    expect(text.range(0, 8)).toEqual({ start: 0, end: 10 })
    expect(text.range(2, 2)).toEqual({ start: 2, end: 2 })
  })

  it('keeps characters that stand for one place', () => {
    const joined = MappedText.join([text.slice(0, 3), MappedText.of([{ text: 'xyz', file: 5, fixed: true }])])
    expect(joined.text).toBe('onexyz')
    expect([0, 2, 3, 5].map(at => joined.offset(at))).toEqual([0, 2, 5, 5])
    expect(joined.range(3, 6)).toEqual({ start: 5, end: 6 })
  })

  it('takes numbers out of its range', () => {
    expect(text.offset(-5)).toBe(0)
    expect(text.offset(999)).toBe(19)
    expect(MappedText.of([]).offset(3)).toBe(0)
  })
})
