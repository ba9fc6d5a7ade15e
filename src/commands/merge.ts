import { Args, Flags } from '@oclif/core'
import { BaseCommand } from '../cli/base-command.ts'
import { judgeFlags, reportFlags } from '../cli/flags.ts'
import { JobError } from '../errors.ts'
import { merge, readReport } from '../index.ts'

export default class Merge extends BaseCommand {
  static override summary = 'Join reports of several runs into one, in any format.'
  static override description =
    `Takes what scan, lint and verify wrote with --format json or ndjson. Reports of parts of a list (scan --shard) are put
into the order of the list: the whole is, byte for byte, what one run had written. All must judge the same day, with the
same imgtrust and the same facts; so give the runs the same --at.

Exit status: as of the runs: 0 nothing at or above --fail-on, 1 findings, 2 an image could not be read, or a report.`
  static override examples = [
    {
      description: 'The parts of a list that three jobs have scanned',
      command: '<%= config.bin %> merge part-1.json part-2.json part-3.json --output html=report.html',
    },
    {
      description: 'What a later look needs no scan for',
      command: '<%= config.bin %> merge report.json --format markdown',
    },
  ]
  static override strict = false
  static override args = {
    report: Args.string({ ignoreStdin: true, description: 'reports, JSON or NDJSON; - is standard input' }),
  }
  static override flags = {
    partial: Flags.boolean({ summary: 'parts of the list may be missing' }),
    'fail-on': judgeFlags['fail-on'],
    config: judgeFlags.config,
    'no-config': judgeFlags['no-config'],
    ...reportFlags,
  }

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Merge)
    const paths = [...new Set(argv as string[])]
    if (paths.length === 0)
      throw new JobError('usage', 'name the reports to merge, for example part-1.json part-2.json')
    const reports = []
    for (const path of paths) reports.push({ name: path, report: await readReport(path) })
    await this.report(await merge(reports, { partial: flags.partial }), flags)
  }
}
