import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { readYaml, type Yaml, yamlLines } from '../../src/remedy/dialects/yaml.ts'
import { nastyNames } from '../support/nasty-names.ts'

/** Written, then read by a parser of its own in the old and the new version of YAML. */
function throughBoth(value: Yaml): unknown[] {
  const text = `${yamlLines(value).join('\n')}\n`
  return [parse(text, { version: '1.1' }), parse(text, { version: '1.2' })]
}

describe('what is written', () => {
  it.each<[string, Yaml]>([
    ['a map', { a: 'b', c: { d: 'e' } }],
    ['a list of maps', [{ a: 'b', c: ['d', 'e'] }, { f: [] }]],
    ['a list in a list', [[['a'], 'b'], 'c']],
    ['several lines', { content: 'a b\nc: d\n- e\n# f\n', next: 'g' }],
    ['numbers and truth', { a: 1, b: true, c: false, d: '1', e: 'true', f: '0644' }],
  ])('%s is read as it was meant', (_, value) => expect(throughBoth(value)).toEqual([value, value]))

  it.each([
    'yes',
    'No',
    'ON',
    'null',
    '~',
    'NaN',
    '1e3',
    '0x10',
    '1_000',
    '12:30:45',
    '2020-05-30',
    '=',
    '<<',
    '.inf',
    '- a',
    'a: b',
    'a #b',
    '#a',
    '&a',
    '*a',
    '!a',
    '|',
    '>',
    '@a',
    '`a`',
    '%a',
    '{a}',
    '[a]',
    "it's",
    '"a"',
    'a\\nb',
    ' a',
    'a ',
    '',
    'a, b',
    '?',
    ':',
    'a:',
  ])('the text %j stays a text, as value, as key and in a list', text => {
    const value = { key: text, list: [text, text], ...(text === '' ? {} : { [text]: 'x' }) }
    expect(throughBoth(value)).toEqual([value, value])
  })

  it('is so for every text of printable signs', () => {
    const signs = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index))
    let seed = 20200530
    const next = (max: number) => {
      seed = (seed * 1103515245 + 12345) % 2 ** 31
      return seed % max
    }
    for (let round = 0; round < 3000; round++) {
      const text = Array.from({ length: 1 + next(8) }, () => signs[next(signs.length)]!).join('')
      if (/\{[{%#]|[}%#]\}/.test(text)) expect(() => yamlLines([text])).toThrow()
      else expect(throughBoth({ a: [text] }), text).toEqual([{ a: [text] }, { a: [text] }])
    }
  })
})

describe('what is refused', () => {
  it.each(['a\nb', 'a\r', 'a\0', 'a\u2028b', 'ü', '\u001b[0m', '{{ a }}', '{% a %}', 'a #}'])('%j', text => {
    expect(() => yamlLines([text])).toThrow()
  })

  it.each(Object.entries(nastyNames))('%s, or it is read as it was meant', (_, text) => {
    let lines: readonly string[]
    try {
      lines = yamlLines({ [text]: text })
    } catch {
      return
    }
    expect(parse(lines.join('\n'), { version: '1.1' })).toEqual({ [text]: text })
  })

  it.each([
    ['an anchor', ['a: &x b']],
    ['a tag', ['a: !!str b']],
    ['flow', ['a: {b: c}']],
    ['a key twice', ['a: b', 'a: c']],
    ['a wrong indent', ['a:', '   b: c']],
    ['a comment', ['a: b # c']],
  ])('%s by the reader', (_, lines) => expect(readYaml(lines)).toBeUndefined())
})
