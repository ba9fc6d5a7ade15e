import { archive, halves, told } from '../inputs/usr.ts'
import { type Row, ratio } from '../row.ts'

export const uncompressed: Row = {
  id: 'uncompressed',
  title: 'cold scan, uncompressed layers',
  doc: `A cold scan of what \`docker save\` writes with its layers as plain tars. The limit is SHA-256, told by
\`openssl dgst -sha256\` of the same layers; we read "bound by SHA-256" as at most 1.5 times its time.`,
  rounds: [7, 3],
  claims: [
    {
      id: 'speed',
      what: 'bytes a second',
      unit: 'MB/s',
      better: 'more',
      must: 500,
      goal: null,
      of: ['imgtrust'],
      value: ({ imgtrust }, { bytes }) => bytes! / 1e6 / imgtrust!.wall,
    },
    ratio('sha256', 'imgtrust', 'openssl dgst', { goal: 1.5 }),
  ],
  prepare: async bench => {
    const layers = await halves(bench)
    const file = await archive(bench, 'uncompressed', layers, 'tar')
    const openssl = bench.peer('openssl')
    return {
      input: told(layers),
      facts: { bytes: layers.reduce((sum, { tar }) => sum + tar.size, 0) },
      missing: openssl === null ? { 'openssl dgst': 'not here' } : {},
      subjects: [
        {
          name: 'imgtrust',
          command: bench.imgtrust('scan', '--no-cache', '--quiet', `docker-archive:${file}`),
          statuses: [0, 1],
        },
        {
          name: 'openssl dgst',
          command: [openssl ?? 'openssl', 'dgst', '-sha256', ...layers.map(({ tar }) => tar.path)],
        },
      ],
    }
  },
}
