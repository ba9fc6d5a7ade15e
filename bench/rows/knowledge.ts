import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { define } from '../../scripts/build/knowledge.ts'
import type { Claim, Row } from '../row.ts'

const references = ['python:3.12-slim', 'alpine:3.11', 'node:14-buster', 'eclipse-temurin:17-jre']

const lookup = (reference: string): Claim => ({
  id: reference,
  what: `\`${reference}\``,
  unit: 'ms',
  better: 'less',
  must: 2,
  goal: 1,
  of: [reference],
  value: round => round[reference]!.told.first!,
})

export const knowledge: Row = {
  id: 'knowledge',
  title: 'one tag in the knowledge',
  doc: `What is known of one official tag, asked in a fresh process: from the call to its answer, with the reading of the
file that it stands in, without the loading of the code, which \`lint\` is measured with.`,
  rounds: [15, 5],
  claims: references.map(lookup),
  prepare: async ({ root, work }) => {
    // Bundled as the program is, two levels deep beside the files that the build lays beside it.
    const outfile = join(work, 'probe/lib/knowledge.mjs')
    await build({
      entryPoints: [join(root, 'bench/probe/knowledge.ts')],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      define,
      minifySyntax: true,
      minifyWhitespace: true,
      logLevel: 'error',
    })
    cpSync(join(root, 'dist/knowledge/data'), join(work, 'probe/knowledge/data'), { recursive: true })
    return {
      input: '185,939 tags',
      subjects: references.map(reference => ({
        name: reference,
        command: [process.execPath, outfile, reference],
        tells: true,
      })),
    }
  },
}
