/** Writes schema/*.v1.json from the types that each kind of JSON output is printed from. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { createGenerator } from 'ts-json-schema-generator'

const outputs = [
  { name: 'report', path: 'src/report/report.ts', type: 'Report' },
  { name: 'roots', path: 'src/roots/report.ts', type: 'RootsReport' },
  { name: 'forecast', path: 'src/forecast/report.ts', type: 'Forecast' },
]

mkdirSync('schema', { recursive: true })
for (const { name, path, type } of outputs) {
  const schema = createGenerator({
    path,
    tsconfig: 'tsconfig.json',
    type,
    topRef: false,
    additionalProperties: false,
    sortProps: false,
    encodeRefs: false,
  }).createSchema(type)
  writeFileSync(`schema/${name}.v1.json`, `${JSON.stringify(schema, null, 2)}\n`)
}
