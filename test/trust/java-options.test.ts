import { describe, expect, test } from 'vitest'
import { javaTrustStores, passwordsOf } from '../../src/trust/java-options.ts'

const store = '-Djavax.net.ssl.trustStore='
const password = '-Djavax.net.ssl.trustStorePassword='

describe('the trust stores that options name', () => {
  test.each([
    ['', []],
    [`${store}/a`, ['/a']],
    [`-Xmx1g ${store}/a -Dx=y`, ['/a']],
    [`${store}/a ${store}/b`, ['/b']],
    [`"${store}/with space/a"`, ['/with space/a']],
    [`${store}'/with space/a'`, ['/with space/a']],
    [`-Dother=${store}/a`, []],
    [`${store}NONE`, []],
    [`${store}`, []],
    [`-Djavax.net.ssl.trustStoreType=JKS`, []],
    [`${store}/${'a'.repeat(5_000)}`, []],
  ])('%s', (options, paths) => {
    expect(javaTrustStores({ JAVA_TOOL_OPTIONS: options }).map(({ path }) => path)).toEqual(paths)
  })

  test("a start script's variable does not take the virtual machine's own store away", () => {
    expect(javaTrustStores({ JAVA_OPTS: `${store}/a`, JDK_JAVA_OPTIONS: `${store}/b` })).toEqual([
      { variable: 'JDK_JAVA_OPTIONS', path: '/b', replaces: true },
      { variable: 'JAVA_OPTS', path: '/a', replaces: false },
    ])
  })

  test('quotes without an end take no time', () => {
    const started = performance.now()
    for (const piece of ['"', "'", '"\'', ' "', 'a"b\''])
      javaTrustStores({ JAVA_OPTS: piece.repeat(1 << 20) })
    expect(performance.now() - started).toBeLessThan(2_000)
  })
})

test('passwords: those that are named, then the usual ones', () => {
  expect(passwordsOf({})).toEqual(['changeit', ''])
  expect(passwordsOf({ JAVA_OPTS: `${password}one`, JAVA_TOOL_OPTIONS: `${password}"two words"` })).toEqual([
    'two words',
    'one',
    'changeit',
    '',
  ])
})
