/** CycloneDX, before the official schema with all that it refers to, by the project's own library. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fromNpm } from './fetched.ts'
import { type Samples, samples } from './samples.ts'

const library = fromNpm(
  '@cyclonedx/cyclonedx-library@10.3.0',
  'ajv@8.20.0',
  'ajv-formats@3.0.1',
  'ajv-formats-draft2019@1.6.1',
  'packageurl-js@2.0.1',
  'spdx-expression-parse@4.0.0',
)
afterAll(() => library.remove())

describe.skipIf(library.why !== '')(`cyclonedx-library${library.why && ` (skipped: ${library.why})`}`, () => {
  let sample: Samples
  beforeAll(async () => {
    sample = await samples('cyclonedx', 'cdx.json')
  })
  afterAll(() => sample?.remove())

  it('takes every report for CycloneDX 1.6, strictly', async () => {
    const require = createRequire(join(library.folder, 'package.json'))
    const { Validation, Spec } = require('@cyclonedx/cyclonedx-library')
    const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6)
    for (const [what, file] of Object.entries(sample.files))
      expect([what, await validator.validate(readFileSync(file, 'utf8'))]).toEqual([what, null])
    const broken = { bomFormat: 'CycloneDX', specVersion: '1.6', components: [{ type: 'certificate' }] }
    expect(await validator.validate(JSON.stringify(broken))).not.toBeNull()
  })

  it('lists the roots that node:crypto reads, with the names that it reads', async () => {
    const { rootByFingerprint, rootDer } = await import('../../../src/knowledge/roots.ts')
    const { X509Certificate } = await import('node:crypto')
    const bom = JSON.parse(readFileSync(sample.files.scan!, 'utf8'))
    const assets = bom.components.filter((one: { type: string }) => one.type === 'cryptographic-asset')
    expect(assets.length).toBe(151)
    for (const { hashes, cryptoProperties } of assets) {
      const known = rootByFingerprint(hashes[0].content)
      const { subjectName, notValidAfter } = cryptoProperties.certificateProperties
      const truth = new X509Certificate(rootDer(known!.index))
      expect(new Date(notValidAfter).getTime()).toBe(Date.parse(truth.validTo))
      const plain = (text: string) => text.replace(/[\\\s",+]/g, '').length
      expect(Math.abs(plain(subjectName) - plain(truth.subject))).toBeLessThan(60)
    }
  })
})
