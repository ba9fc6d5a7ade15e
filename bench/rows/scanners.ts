import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { archive, halves, told } from '../inputs/usr.ts'
import { faster, type Row, type Subject } from '../row.ts'

export const scanners: Row = {
  id: 'scanners',
  title: 'cold scan beside other scanners',
  doc: `The same archive (two gzip layers, \`docker save\`'s \`manifest.json\`), every cache empty, files in the page
cache. \`paranoia inspect\` finds certificates and judges them: the same question. The other two answer another one:
\`syft scan -o json\` and \`trivy image --format cyclonedx\` list packages, which needs no vulnerability database (trivy:
no scanner of vulnerabilities or secrets runs in that mode, and nothing is asked of the network). They are measured as
what people run over an image.`,
  rounds: [3, 1],
  warmUp: 0,
  claims: [
    faster('paranoia', 'imgtrust', 'paranoia', { must: 10, goal: 15 }),
    faster('syft', 'imgtrust', 'syft', { must: 2, goal: 3 }),
    faster('trivy', 'imgtrust', 'trivy', { must: 2, goal: 3 }),
  ],
  prepare: async bench => {
    const layers = await halves(bench)
    const file = await archive(bench, 'two-layers', layers, 'gzip')
    const missing: Record<string, string> = {}
    const peer = (name: string, ...words: string[]): Subject[] => {
      const path = bench.peer(name)
      if (path === null) missing[name] = 'not here'
      return path === null ? [] : [{ name, command: [path, ...words], statuses: [0, 1] }]
    }
    const cache = mkdtempSync(join(bench.work, 'trivy-'))
    const emptied = { before: () => rmSync(cache, { recursive: true, force: true }) }
    const offline = ['--offline-scan', '--skip-db-update', '--skip-version-check', '--disable-telemetry']
    return {
      input: told(layers),
      missing,
      subjects: [
        // Reads the file once, so that the first to be measured finds it in the page cache as the others do.
        { name: 'cat', command: ['cat', file] },
        {
          name: 'imgtrust',
          command: bench.imgtrust('scan', '--no-cache', '--quiet', `docker-archive:${file}`),
          statuses: [0, 1],
        },
        ...peer('paranoia', 'inspect', `file://${file}`),
        ...peer('syft', 'scan', '-q', '-o', 'json', `docker-archive:${file}`).map(one => ({
          ...one,
          env: { SYFT_CHECK_FOR_APP_UPDATE: 'false' },
        })),
        ...peer(
          'trivy',
          'image',
          '--quiet',
          '--input',
          file,
          '--format',
          'cyclonedx',
          '--cache-dir',
          cache,
          ...offline,
        ).map(one => ({ ...one, ...emptied })),
      ],
      close: emptied.before,
    }
  },
}
