import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { deepBytes, deepLayer } from '../inputs/deep.ts'
import { writeLayout } from '../inputs/image.ts'
import { layout, small } from '../inputs/usr.ts'
import type { Claim, Row, Subject } from '../row.ts'

const GB = 1e9
/** Files of 64 MiB in each of four layers. */
const FILES = 75

const beside = (id: string, subject: string): Claim => ({
  id,
  what: `peak memory beside \`node -e 0\`: ${subject}`,
  unit: 'MB',
  better: 'less',
  must: 120,
  goal: 80,
  of: [subject, 'node -e 0'],
  value: round => (round[subject]!.peak - round['node -e 0']!.peak) / 1e6,
})

const growth = (id: string, large: string, base: string): Claim => ({
  id,
  what: `what ${large} takes more than ${base}`,
  unit: 'MB',
  better: 'less',
  must: 16,
  goal: null,
  of: [large, base],
  value: round => (round[large]!.peak - round[base]!.peak) / 1e6,
})

const streamed = (subject: string, bytes: number, imgtrust: readonly string[]): Subject => ({
  name: subject,
  command: [...imgtrust, '-'],
  feed: [
    process.execPath,
    '--import',
    'tsx',
    fileURLToPath(new URL('../inputs/feed.ts', import.meta.url)),
    String(bytes),
  ],
  statuses: [0, 1],
})

export const memory: Row = {
  id: 'memory',
  title: 'peak memory of a scan',
  doc: `The most memory that the process has at once, less that of \`node -e 0\`: of an image of 100 MB in two gzip layers
of ordinary files; of 20 GB in four gzip layers, whose files compress well; of archives of 100 MB and 20 GB in one plain layer on standard
input, made while they are read. "Not growing" we read as at most 16 MB more for the 20 GB, as a garbage collector
varies by that much.`,
  rounds: [2, 1],
  warmUp: 0,
  claims: [
    beside('small', '100 MB, gzip'),
    beside('large', '20 GB, gzip'),
    beside('stream-small', '100 MB on stdin'),
    beside('stream-large', '20 GB on stdin'),
    growth('growth', '20 GB, gzip', '100 MB, gzip'),
    growth('stream-growth', '20 GB on stdin', '100 MB on stdin'),
  ],
  prepare: async bench => {
    const scan = bench.imgtrust('scan', '--no-cache', '--quiet')
    const ordinary = layout(bench, 'small', await small(bench), 'gzip')
    const layers = []
    for (let index = 0; index < 4; index++) {
      bench.say(`input: 20 GB in four layers, ${index + 1}`)
      layers.push(await deepLayer(bench.work, index, FILES))
    }
    const deep = writeLayout(join(bench.work, 'images/deep'), layers)
    const statuses = [0, 1]
    return {
      input: `100 MB; ${((4 * deepBytes(FILES)) / GB).toFixed(1)} GB`,
      subjects: [
        { name: 'node -e 0', command: bench.node },
        { name: '100 MB, gzip', command: [...scan, `oci-dir:${ordinary.folder}`], statuses },
        { name: '20 GB, gzip', command: [...scan, `oci-dir:${deep.folder}`], statuses },
        streamed('100 MB on stdin', 0.1 * GB, scan),
        streamed('20 GB on stdin', 20 * GB, scan),
      ],
    }
  },
}
