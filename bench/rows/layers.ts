import type { Layer } from '../inputs/layer.ts'
import { halves, layout, told, whole } from '../inputs/usr.ts'
import type { Bench, Claim, Row } from '../row.ts'
import { processorRatio, ratio } from '../row.ts'

const doc = `A cold scan (\`--no-cache\`) of an OCI layout, against \`igzip -dc\` of the same layers one after another, on one
core, whose output nobody reads. The scan verifies the digest of every blob and of every unpacked layer, searches every
byte, and reports. Where a self-test at start allows it, packed bytes are inflated by what lies under \`node:zlib\`'s
streams; \`IMGTRUST_INFLATE=stream\` keeps to documented interfaces, and is told beside it.`

const DOCUMENTED = 'imgtrust, documented interfaces'

async function prepare(bench: Bench, name: string, layers: readonly Layer[]) {
  const { folder } = layout(bench, name, layers, 'gzip')
  const igzip = bench.peer('igzip')
  const command = bench.imgtrust('scan', '--no-cache', '--quiet', `oci-dir:${folder}`)
  const script = layers.map((_, index) => `igzip -dc "$${index + 1}" >/dev/null`).join(' && ')
  return {
    input: told(layers),
    facts: { bytes: layers.reduce((sum, { tar }) => sum + tar.size, 0) },
    missing: igzip === null ? { 'igzip -dc': 'not here' } : {},
    subjects: [
      {
        name: 'imgtrust',
        command,
        statuses: [0, 1],
      },
      { name: DOCUMENTED, command, statuses: [0, 1], env: { IMGTRUST_INFLATE: 'stream' } },
      {
        name: 'igzip -dc',
        command: ['sh', '-c', script, 'sh', ...layers.map(({ gzip }) => gzip.path)],
      },
    ],
  }
}

const speed: Claim = {
  id: 'speed',
  what: 'unpacked bytes a second',
  unit: 'MB/s',
  better: 'more',
  must: null,
  goal: null,
  of: ['imgtrust'],
  value: ({ imgtrust }, { bytes }) => bytes! / 1e6 / imgtrust!.wall,
}

const claims = (must: number, goal: number): Claim[] => [
  ratio('igzip', 'imgtrust', 'igzip -dc', { must, goal }),
  ratio('documented', DOCUMENTED, 'igzip -dc', { must, what: 'the same by documented interfaces alone' }),
  processorRatio('imgtrust', 'igzip -dc'),
  speed,
]

export const twoLayers: Row = {
  id: 'two-layers',
  title: 'cold scan, two large gzip layers',
  doc,
  rounds: [9, 3],
  claims: claims(1.5, 1),
  prepare: async bench => prepare(bench, 'two-layers', await halves(bench)),
}

export const oneLayer: Row = {
  id: 'one-layer',
  title: 'cold scan, the same in one layer',
  doc,
  rounds: [7, 3],
  claims: claims(2, 1.4),
  prepare: async bench => prepare(bench, 'one-layer', [await whole(bench)]),
}
