import { startRegistry } from '../inputs/registry.ts'
import { layout, small } from '../inputs/usr.ts'
import { type Claim, type Row, ratio } from '../row.ts'

const NODE = 'node -e 0'
const limits = { must: 2.5 }

const requests = (id: string, subject: string, must: number): Claim => ({
  id,
  what: `requests, token aside: ${subject}`,
  unit: 'requests',
  better: 'less',
  must,
  goal: null,
  of: [subject],
  value: round => round[subject]!.told.requests!,
})

export const again: Row = {
  id: 'again',
  title: 'scan again, layers known',
  doc: `The whole process where the cache knows every layer (100 MB in two), against \`node -e 0\`: of an OCI layout, and
of a registry on loopback that asks for a token, by digest and by tag. The registry counts what is asked of it with the
token.`,
  rounds: [15, 5],
  warmUp: 2,
  claims: [
    ratio('layout', 'OCI layout', NODE, { ...limits, what: 'OCI layout, against `node -e 0`' }),
    ratio('digest', 'by digest', NODE, { ...limits, what: 'registry, by digest' }),
    ratio('tag', 'by tag', NODE, { ...limits, what: 'registry, by tag' }),
    requests('digest-requests', 'by digest', 0),
    requests('tag-requests', 'by tag', 1),
  ],
  prepare: async bench => {
    const image = layout(bench, 'small', await small(bench), 'gzip')
    const registry = await startRegistry({ small: image })
    const scan = (target: string) => bench.imgtrust('scan', '--quiet', '--plain-http', registry.host, target)
    const statuses = [0, 1]
    const after = registry.counted
    return {
      input: '100 MB, 2 layers',
      subjects: [
        { name: NODE, command: bench.node },
        { name: 'OCI layout', command: scan(`oci-dir:${image.folder}`), statuses },
        {
          name: 'by digest',
          command: scan(`registry:${registry.host}/small@${image.digest}`),
          statuses,
          after,
        },
        { name: 'by tag', command: scan(`registry:${registry.host}/small:latest`), statuses, after },
      ],
      close: registry.close,
    }
  },
}
