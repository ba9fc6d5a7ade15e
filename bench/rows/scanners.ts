import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { archive, halves, told } from '../inputs/usr.ts'
import { faster, type Row, type Subject } from '../row.ts'

export const scanners: Row = {
  id: 'scanners',
  title: 'cold scan beside other scanners',
  doc: `The same archive (two gzip layers, \`docker save\`'s \`manifest.json\`), every cache empty, files in the page
cache, no network. \`paranoia export -o json\` finds every certificate and judges none (its \`inspect\` first fetches a
list). The other two answer another question: \`syft scan -o json\` and \`trivy image --format cyclonedx\` list packages,
for which trivy needs no vulnerability database and looks for no secrets, as it else does; Java archives it skips, as it
would fetch a database for those. They are measured as what people run over an image.`,
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
      return path === null ? [] : [{ name, command: [path, ...words] }]
    }
    const cache = mkdtempSync(join(bench.work, 'trivy-'))
    const emptied = { before: () => rmSync(cache, { recursive: true, force: true }) }
    const offline = [
      ...[
        '--offline-scan',
        '--skip-db-update',
        '--skip-java-db-update',
        '--skip-version-check',
        '--disable-telemetry',
      ],
      ...['jar', 'war', 'ear'].flatMap(suffix => ['--skip-files', `**/*.${suffix}`]),
    ]
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
        ...peer('paranoia', 'export', '-o', 'json', `file://${file}`),
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
