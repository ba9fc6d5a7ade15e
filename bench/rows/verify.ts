import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { verifySet } from '../inputs/verify-set.ts'
import { type Row, ratio } from '../row.ts'

const NODE = 'node -e 0'

export const verify: Row = {
  id: 'verify',
  title: '`verify` offline, 10 certificates, 8 clients',
  doc: `Ten certificates in a file, against an image with eight TLS programs of two libraries and 140 roots, its layer
known to the cache. Own time is that of the whole process less that of \`node -e 0\`. Beside it stands the library's
\`verify()\` in a fresh process, from the call to its report: there V8 compiles everything anew.`,
  rounds: [15, 5],
  warmUp: 2,
  claims: [
    {
      id: 'own',
      what: 'own time: the process, less `node -e 0`',
      unit: 'ms',
      better: 'less',
      must: 30,
      goal: null,
      of: ['imgtrust verify', NODE],
      value: round => (round['imgtrust verify']!.wall - round[NODE]!.wall) * 1e3,
    },
    {
      id: 'call',
      what: 'the library’s call, code not compiled yet',
      unit: 'ms',
      better: 'less',
      must: null,
      goal: null,
      of: ['library'],
      value: round => round.library!.told.first!,
    },
    {
      id: 'warm',
      what: 'the same call a second time',
      unit: 'ms',
      better: 'less',
      must: null,
      goal: null,
      of: ['library'],
      value: round => round.library!.told.second!,
    },
    ratio('process', 'imgtrust verify', NODE, { what: 'the whole process against `node -e 0`' }),
  ],
  prepare: async ({ work, node, imgtrust }) => {
    const { chain, host, image } = await verifySet(work)
    const cache = join(work, 'verify/cache')
    const words = [chain, '--host', host, '--image', `oci-dir:${image}`, '--offline', '--cache-dir', cache]
    const probe = fileURLToPath(new URL('../probe/verify.mjs', import.meta.url))
    return {
      input: '10 certificates, 8 clients, 140 roots',
      subjects: [
        { name: NODE, command: node },
        { name: 'imgtrust verify', command: imgtrust('verify', '--quiet', ...words), statuses: [0, 1] },
        { name: 'library', command: [process.execPath, probe, chain, host, image, cache], tells: true },
      ],
    }
  },
}
