import { describe, expect, it } from 'vitest'
import { memoryContext } from '../../src/dockerfile/context.ts'
import { readIgnoreList, withoutIgnored } from '../../src/dockerfile/dockerignore.ts'

/** patterns (`|` for the line's end) | path | kept out? As https://docs.docker.com/build/concepts/context/#syntax tells. */
const table: readonly (readonly [string, string, boolean])[] = [
  ['# a comment', '# a comment', false],
  [' # no comment: a pattern', '# no comment: a pattern', true],
  ['*/temp*', 'somedir/temporary.txt', true],
  ['*/temp*', 'somedir/temp', true],
  ['*/temp*', 'temp', false],
  ['*/*/temp*', 'somedir/subdir/temporary.txt', true],
  ['*/*/temp*', 'somedir/temporary.txt', false],
  ['temp?', 'tempa', true],
  ['temp?', 'tempab', false],
  ['**/*.go', 'a.go', true],
  ['**/*.go', 'a/b/c.go', true],
  ['*.md|!README.md', 'README.md', false],
  ['*.md|!README*.md|README-secret.md', 'README-secret.md', true],
  ['*.md|README-secret.md|!README*.md', 'README-secret.md', false],
  ['/foo/bar', 'foo/bar', true],
  ['foo/bar', 'foo/bar', true],
  ['./foo/../bar/', 'bar', true],
  ['docs', 'docs/a/b.txt', true],
  ['docs/', 'docs/a/b.txt', true],
  ['docs', 'a/docs', false],
  ['docs', 'docs2', false],
  ['docs|!docs/keep', 'docs/keep/a', false],
  ['docs|!docs/keep', 'docs/other', true],
  ['*|!certs/ca.crt', 'certs/ca.crt', false],
  ['*|!certs/ca.crt', 'certs/other.crt', true],
  ['*|!certs', 'certs/other.crt', false],
  ['**', 'a/b', true],
  ['**/secret', 'secret', true],
  ['**/secret', 'a/b/secret', true],
  ['**/secret', 'a/b/xsecret', false],
  ['**secret', 'a/b/xsecret', true],
  ['**a/bc', 'a/bcd', false],
  ['a/**', 'a/b/c', true],
  ['a/**', 'a', false],
  ['a/**/z', 'a/z', true],
  ['a/**/z', 'a/b/c/z', true],
  ['a/**/z', 'a/bz', false],
  ['a.c', 'abc', false],
  ['a[bc]d', 'acd', true],
  ['a[^bc]d', 'acd', false],
  ['a[a-c]d', 'abd', true],
  ['a\\*', 'a*', true],
  ['a\\*', 'ab', false],
  ['a+(b)$', 'a+(b)$', true],
  ['!a|a', 'a', true],
  ['certs/*.crt\r', 'certs/a.crt', true],
  ['\ufeffcerts', 'certs', true],
]

describe('what a .dockerignore keeps out', () => {
  it.each(table)('%j: %s %s', (patterns, path, expected) => {
    expect(readIgnoreList(patterns.replaceAll('|', '\n'))!.excludes(path)).toBe(expected)
  })

  it.each(['!', 'a[', 'a[]', 'a\\', '[-]', 'x'.repeat(70_000)])('%.10s: no builder takes it', text =>
    expect(readIgnoreList(text)).toBeNull())

  it('no pattern makes it slow', () => {
    const list = readIgnoreList(`${'**/'.repeat(300)}x\n${'*a'.repeat(300)}\n`)!
    expect(list.excludes('a/'.repeat(2_000))).toBe(false)
  })
})

describe('a context without them', () => {
  const files = { 'a.crt': 'a', 'certs/ca.crt': 'ca', 'certs/key.pem': 'key', 'out/x': 'x' }
  const opened: string[] = []
  const inner = memoryContext(files)
  const watched = {
    ...inner,
    read: (path: string) => {
      const file = inner.read(path)
      if (file.kind === 'file') opened.push(path)
      return file
    },
  }
  const context = withoutIgnored(watched, readIgnoreList('*\n!certs/*.crt\n')!, '.dockerignore')
  it('gives what is left and opens nothing else', () => {
    expect(context.read('certs/ca.crt').kind).toBe('file')
    expect(context.read('certs').kind).toBe('folder')
    opened.length = 0
    expect(context.read('certs/key.pem')).toMatchObject({ kind: 'absent' })
    expect(context.read('a.crt')).toEqual({
      kind: 'absent',
      why: '.dockerignore keeps it out of the build context',
    })
    expect(context.list('certs')).toEqual(['ca.crt'])
  })
})
