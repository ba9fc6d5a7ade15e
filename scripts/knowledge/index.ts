/**
 * Makes src/knowledge/data/ from folders of public facts and the curated files beside this script.
 *
 *   npx tsx scripts/knowledge/index.ts --facts DIR [--mirrors DIR [--only REPO,…]] [--curated DIR] [--out DIR] [--made YYYY-MM-DD] [--quality 0..11]
 *
 * `--mirrors` is a folder of git repositories, OWNER+NAME each: docker-library+official-images and the sources of the
 * official images that it names. Their Dockerfiles are traced anew (minutes); without it, what an earlier run traced is
 * kept. `--only` traces these repositories anew and keeps the others.
 *
 * Same folders and same `--made` (the day of making; without it, that of the data at hand), same bytes.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Inputs } from './inputs.ts'
import { type Part, packed, write } from './output.ts'
import { curatedParts } from './parts/curated.ts'
import { lifecyclesPart } from './parts/lifecycles.ts'
import { releasesPart } from './parts/releases.ts'
import { rootsParts } from './parts/roots.ts'
import { tagsPart } from './parts/tags.ts'
import { tlsLibrariesPart } from './parts/tls-libraries.ts'

const here = fileURLToPath(new URL('.', import.meta.url))
const { values } = parseArgs({
  options: {
    facts: { type: 'string' },
    mirrors: { type: 'string' },
    only: { type: 'string' },
    curated: { type: 'string', default: join(here, 'curated') },
    out: { type: 'string', default: join(here, '../../src/knowledge/data') },
    made: { type: 'string' },
    quality: { type: 'string', default: '11' },
  },
})
if (values.facts === undefined) {
  console.error('knowledge: --facts DIR is missing: the folder that holds roots.json, releases.json, …')
  process.exit(2)
}

const out = values.out.replace(/\/+$/, '')
const made = values.made ?? madeBefore(out)
if (made === null) {
  console.error('knowledge: --made YYYY-MM-DD is missing, and no earlier data at hand says it')
  process.exit(2)
}

const inputs = new Inputs(values.facts, values.curated, made)
const parts: Part[] = [
  ...rootsParts(inputs),
  releasesPart(inputs),
  tagsPart(
    inputs,
    values.mirrors,
    values.only === undefined ? null : new Set(values.only.split(',')),
    join(here, '../../src/knowledge/data'),
  ),
  lifecyclesPart(inputs),
  tlsLibrariesPart(inputs),
  ...curatedParts(inputs),
]

const files = new Map<string, Uint8Array>()
const listed = parts.map(part => {
  let bytes = 0
  for (const [name, content] of part.files) {
    const written = name.endsWith('.br') ? packed(content, Number(values.quality)) : Buffer.from(content)
    files.set(name, written)
    bytes += written.length
  }
  const { name, asOf, entries, source, counts } = part
  return { name, asOf, made, entries, source, bytes, ...(counts && { counts }) }
})

// Root sets and the events of roots are what verdicts rest on; what only was *looked at* later moves no verdict.
const date = parts
  .filter(part => ['roots', 'releases', 'base-images', 'lifecycles'].includes(part.name))
  .map(part => part.asOf)
  .sort()
  .at(-1)
files.set(
  'manifest.json',
  Buffer.from(`${JSON.stringify({ date, made, parts: listed, inputs: inputs.read }, null, 1)}\n`),
)
write(out, files)
const total = [...files.values()].reduce((sum, bytes) => sum + bytes.length, 0)
console.log(`${files.size} files, ${total} bytes, knowledge of ${date}`)

function madeBefore(folder: string): string | null {
  const path = join(folder, 'manifest.json')
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as { made: string }).made : null
}
