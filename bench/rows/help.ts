import { type Row, ratio } from '../row.ts'

export const help: Row = {
  id: 'help',
  title: '`--help`, `--version`',
  doc: 'The whole process, against `node -e 0`.',
  rounds: [25, 10],
  warmUp: 2,
  claims: [
    ratio('help', '--help', 'node -e 0', { what: '`--help` against `node -e 0`', must: 2, goal: 1.5 }),
    ratio('version', '--version', 'node -e 0', {
      what: '`--version` against `node -e 0`',
      must: 2,
      goal: 1.5,
    }),
  ],
  prepare: async ({ node, imgtrust }) => ({
    input: '',
    subjects: [
      { name: 'node -e 0', command: node },
      { name: '--help', command: imgtrust('--help') },
      { name: '--version', command: imgtrust('--version') },
    ],
  }),
}
