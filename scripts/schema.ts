/** Writes schema/report.v1.json from the types in src/report/report.ts. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { createGenerator } from 'ts-json-schema-generator'

const schema = createGenerator({
  path: 'src/report/report.ts',
  tsconfig: 'tsconfig.json',
  type: 'Report',
  topRef: false,
  additionalProperties: false,
  sortProps: false,
  encodeRefs: false,
}).createSchema('Report')

mkdirSync('schema', { recursive: true })
writeFileSync('schema/report.v1.json', `${JSON.stringify(schema, null, 2)}\n`)
