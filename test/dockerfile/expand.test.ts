import { describe, expect, it } from 'vitest'
import { expandBody, expandWord, type Lookup } from '../../src/dockerfile/expand.ts'
import { isUnknown, unknown } from '../../src/model.ts'

const values: Readonly<Record<string, string>> = { A: 'one', E: '', V: 'v1.2.3', P: '/a/b/c.tar.gz' }
const lookup: Lookup = name => (name === 'U' ? unknown('nobody knows') : values[name])

describe('ARG and ENV in words, as BuildKit expands them', () => {
  // From the table of the Dockerfile reference, "Environment replacement".
  const cases: readonly (readonly [string, string])[] = [
    ['$A', 'one'],
    ['${A}two', 'onetwo'],
    ['a$A.b', 'aone.b'],
    ['$X', ''],
    ['${X}', ''],
    ['${X:-d}', 'd'],
    ['${X-d}', 'd'],
    ['${E:-d}', 'd'],
    ['${E-d}', ''],
    ['${A:-d}', 'one'],
    ['${A:+d}', 'd'],
    ['${E:+d}', ''],
    ['${E+d}', 'd'],
    ['${X+d}', ''],
    ['${X:-${A}}', 'one'],
    ['${X:-a b}', 'a b'],
    ['${V#v}', '1.2.3'],
    ['${V%.*}', 'v1.2'],
    ['${V%%.*}', 'v1'],
    ['${P##*/}', 'c.tar.gz'],
    ['${P#*/}', 'a/b/c.tar.gz'],
    ['${V/./-}', 'v1-2.3'],
    ['${V//./-}', 'v1-2-3'],
    ['\\$A', '$A'],
    ["'$A'", '$A'],
    ['"$A"', 'one'],
    ['"a b"', 'a b'],
    ['a\\ b', 'a b'],
    ['$', '$'],
    ['a$', 'a$'],
  ]
  for (const [word, expected] of cases) it(word, () => expect(expandWord(word, lookup)).toBe(expected))

  for (const word of ['$U', 'a${U}b', '${U:-d}', '${A', '${A:-', '"a', "'a", '${A@Q}', '${X:?needed}']) {
    it(`${word} is not known`, () => expect(isUnknown(expandWord(word, lookup))).toBe(true))
  }

  it('keeps quotes in here-documents', () => {
    expect(expandBody('"$A" \'$A\' \\$A ${X:-d}\n', lookup)).toBe('"one" \'one\' $A d\n')
  })

  it('takes a value that is not known into account only where it is used', () => {
    expect(expandWord('${A:+$A}', lookup)).toBe('one')
    expect(expandWord('${A:-$U}', lookup)).toBe('one')
  })
})
