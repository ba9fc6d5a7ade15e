import { dockerfiles, firstOf } from '../inputs/dockerfiles.ts'
import { faster, type Row, type Subject } from '../row.ts'

const COUNT = 5_000
const HALF = COUNT / 2
/** hadolint takes minutes for all. */
const FEWER = 1_000

const dockerfilesAlone = ['--framework', 'dockerfile', '--compact', '--quiet', '--skip-download']

export const manyDockerfiles: Row = {
  id: 'dockerfiles',
  title: '5,000 Dockerfiles in one call',
  doc: `5,000 different Dockerfiles of public repositories (git repositories that lie in the folder given by
\`--corpus\`), in one call each: \`imgtrust lint FOLDER\`, \`checkov --directory FOLDER --framework dockerfile\`; and
\`hadolint --no-fail FILE…\` with the first 1,000 of them, beside imgtrust with the same. "Linear": the processor time
of all, against twice that of the first half; we read it as at most 1.1.`,
  rounds: [2, 1],
  warmUp: 0,
  claims: [
    faster('hadolint', 'imgtrust, 1,000', 'hadolint, 1,000', { must: 3 }),
    faster('checkov', 'imgtrust', 'checkov', { must: 10 }),
    {
      id: 'linear',
      what: 'processor time against twice that of 2,500',
      unit: '×',
      better: 'less',
      must: 1.1,
      goal: null,
      of: ['imgtrust', 'imgtrust, 2,500'],
      value: round => round.imgtrust!.cpu / (2 * round['imgtrust, 2,500']!.cpu),
    },
    {
      id: 'memory',
      what: 'peak memory',
      unit: 'MB',
      better: 'less',
      must: 250,
      goal: null,
      of: ['imgtrust'],
      value: ({ imgtrust }) => imgtrust!.peak / 1e6,
    },
    {
      id: 'each',
      what: 'a Dockerfile',
      unit: 'ms',
      better: 'less',
      must: null,
      goal: null,
      of: ['imgtrust'],
      value: ({ imgtrust }) => (imgtrust!.wall / COUNT) * 1e3,
    },
  ],
  prepare: async bench => {
    const folder = dockerfiles(bench, COUNT)
    if (folder === null)
      return {
        skipped: `fewer than ${COUNT} Dockerfiles in ${bench.corpus.join(' ') || 'no corpus'}: name one by --corpus DIR`,
      }
    // Some are cut short or templates: an engine refuses them, and so do linters.
    const statuses = [0, 1, 2]
    const missing: Record<string, string> = {}
    const peer = (program: string, name: string, ...words: string[]): Subject[] => {
      const path = bench.peer(program)
      if (path === null) missing[name] = 'not here'
      return path === null ? [] : [{ name, command: [path, ...words], statuses, cwd: folder, every: 2 }]
    }
    const lint = bench.imgtrust('lint', '--quiet')
    return {
      input: '5,000 files',
      missing,
      subjects: [
        { name: 'imgtrust', command: [...lint, folder], statuses },
        ...peer('checkov', 'checkov', '--directory', folder, ...dockerfilesAlone),
        { name: 'imgtrust, 2,500', command: [...lint, ...firstOf(folder, HALF)], statuses },
        { name: 'imgtrust, 1,000', command: [...lint, ...firstOf(folder, FEWER)], statuses },
        ...peer('hadolint', 'hadolint, 1,000', '--no-fail', ...firstOf(folder, FEWER)),
      ],
    }
  },
}
