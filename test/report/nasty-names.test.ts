/** The same hostile names through every format for machines: each text must be read back by its own kind of reader. */
import { describe, expect, it } from 'vitest'
import { escapeCommand } from '../../src/report/formats/github.ts'
import { formats } from '../../src/report/formats/index.ts'
import { nastyNames } from '../support/nasty-names.ts'
import { hostileReport, options, report } from './sample-report.ts'

const render = async (format: string, name: string) => {
  const load = formats[format]
  if (!load) throw new Error(`there is no format ${format}`)
  return (await load()).render(hostileReport(name), options)
}

/** What no report may hold but as an escape: invisible characters other than our own line ends. */
const INVISIBLE = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u

const machine = Object.keys(formats).filter(format => format !== 'text')

describe('every format', () => {
  it('is tried', () => {
    expect(machine).toEqual(
      expect.arrayContaining([
        'cyclonedx',
        'github',
        'gitlab',
        'json',
        'junit',
        'markdown',
        'ndjson',
        'sarif',
      ]),
    )
  })

  // json is the report as it is: JSON's own escaping, which leaves C1 and separators to the reader.
  for (const format of machine.filter(one => one !== 'json')) {
    for (const [what, name] of Object.entries(nastyNames)) {
      it(`${format}: ${what}`, async () => {
        expect(INVISIBLE.exec(await render(format, name))).toBeNull()
      })
    }
    it(`${format}: same report, same bytes`, async () => {
      expect(await render(format, 'a')).toBe(await render(format, 'a'))
    })
    it(`${format}: nothing at all`, async () => {
      const load = formats[format]
      expect((await load?.())?.render(report(), options)).toBeTypeOf('string')
    })
  }
})

describe('each keeps its own structure', () => {
  for (const [what, name] of Object.entries(nastyNames)) {
    it(`github: ${what} is no command of its own`, async () => {
      const lines = (await render('github', name)).trimEnd().split('\n')
      expect(lines).toHaveLength(8)
      for (const line of lines) {
        const parts = /^::(error|warning|notice) ([^:]*)::(.*)$/.exec(line)
        expect(parts).not.toBeNull()
        for (const property of parts![2]!.split(','))
          expect(property).toMatch(/^(file|line|endLine|col|endColumn|title)=/)
        // The runner's own unescaping: what is left of `%` must be one of these.
        expect(`${parts![2]}${parts![3]}`.replace(/%(25|0A|3A|2C)/g, '')).not.toContain('%')
      }
    })

    it(`ndjson: ${what} stays one line`, async () => {
      const text = await render('ndjson', name)
      const lines = text.trimEnd().split(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/u)
      const types = lines.map(line => JSON.parse(line).type)
      expect(types).toEqual([
        'report',
        'target',
        ...Array(3).fill('finding'),
        'unknown',
        'target',
        ...Array(3).fill('finding'),
        'unknown',
        'summary',
      ])
      // Lossless, but for what is no text.
      expect(JSON.parse(lines[2]!).message).toBe(name.replace(/\p{Cs}/gu, '\ufffd'))
    })

    it(`junit: ${what} opens no element`, async () => {
      const text = await render('junit', name)
      const elements = new Set([...text.matchAll(/<\/?([^\s/>?]+)/g)].map(match => match[1]))
      expect([...elements].sort()).toEqual(
        [
          'error',
          'failure',
          'properties',
          'property',
          'system-out',
          'testcase',
          'testsuite',
          'testsuites',
        ].sort(),
      )
      expect(text.replace(/&(amp|lt|gt|quot|apos);/g, '')).not.toMatch(/&/)
    })

    it(`sarif: ${what} is neither link, placeholder nor path out`, async () => {
      const log = JSON.parse(await render('sarif', `${name}[a](http://x){0}`))
      for (const result of log.runs[0].results) {
        expect(result.message.text.replaceAll('\\[', '')).not.toMatch(/\[[^\]]*\]\(/)
        expect(result.message.text.replaceAll(/\{\{\d+\}\}/g, '')).not.toMatch(/\{\d+\}/)
        const { uri } = result.locations[0].physicalLocation.artifactLocation
        expect(uri).toMatch(/^(?:[A-Za-z0-9._~!'()*/-]|%[0-9A-F]{2})+$/)
      }
    })

    it(`gitlab: ${what} has a fingerprint of its own each time`, async () => {
      const issues = JSON.parse(await render('gitlab', name)) as { fingerprint: string }[]
      expect(new Set(issues.map(({ fingerprint }) => fingerprint)).size).toBe(issues.length - 1) // one target, failed twice
    })
  }

  it('github escapes as the documentation says', () => {
    expect(escapeCommand('50%: a,b\nc', 'data')).toBe('50%25: a,b%0Ac')
    expect(escapeCommand('50%: a,b\nc', 'property')).toBe('50%25%3A a%2Cb%0Ac')
  })
})
