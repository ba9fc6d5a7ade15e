import { Args, Flags } from '@oclif/core'
import { BaseCommand, EXIT, instantOf } from '../cli/base-command.ts'
import { targetFlags } from '../cli/flags.ts'
import { interruptible } from '../cli/interruptible.ts'
import { print } from '../cli/output.ts'
import { readTargetList } from '../cli/target-list.ts'
import { targetOptions } from '../cli/target-options.ts'
import { useColor } from '../cli/terminal.ts'
import { JobError } from '../errors.ts'
import { forecastFormats } from '../forecast/formats/index.ts'
import { forecast } from '../index.ts'
import { parseDuration } from '../options.ts'

export default class Forecast extends BaseCommand {
  static override summary = 'Say what changes on which day for Dockerfiles and images.'
  static override description =
    `Roots that end, that a browser maker distrusts or takes out, and that public services come to need; certificates of the
build context that end; distributions and base images that get no more updates; and the errors and warnings that
each of these brings. Equal changes of several targets are told once.

What ends by certificate is sure. What rests on plans and decisions is said as known on the day of the built-in facts.

Exit status: 0, or 2 where a target could not be read.`
  static override examples = [
    {
      description: 'All Dockerfiles of this folder, two years ahead',
      command: '<%= config.bin %> forecast .',
    },
    {
      description: 'What was to come when this one was written',
      command: '<%= config.bin %> forecast Dockerfile --at 2020-01-01 --within 1y',
    },
    {
      description: 'A calendar of everything that runs in a cluster',
      command: '<%= config.bin %> forecast --from-file images.txt --format ics > forecast.ics',
    },
  ]
  static override strict = false
  static override args = {
    target: Args.string({
      ignoreStdin: true,
      description: 'Dockerfiles, folders, images and other sources; default: .',
    }),
  }
  static override flags = {
    within: Flags.string({ helpValue: '2y', summary: 'how far to look: 90d, 12w, 6m or 2y [default: 2y]' }),
    'from-file': Flags.string({
      helpValue: 'LIST',
      summary: 'read targets from this file (or -), one a line, # begins a comment',
    }),
    format: Flags.string({
      options: ['text', 'json', 'ics'],
      default: 'text',
      summary: 'what goes to standard output; ics is a calendar',
    }),
    ...targetFlags,
  }

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Forecast)
    const { within } = flags
    const targets = await this.targets(argv as string[], flags['from-file'])
    const report = await interruptible(flags, watch =>
      forecast(targets, {
        ...targetOptions(flags),
        ...watch,
        at: instantOf(flags.at),
        ...(within === undefined ? {} : { within: parseDuration(within) }),
      }),
    )
    const format = await forecastFormats[flags.format]?.()
    const color = useColor(flags.color, process.env)
    print(format?.render(report, { color }) ?? '')
    if (report.targets.length === 0 && !flags.quiet)
      this.note('imgtrust: no Dockerfile here; name a file, a folder or an image')
    for (const { error } of report.targets) if (error !== null) this.note(`imgtrust: ${error}`)
    process.exitCode = report.summary.failed > 0 ? EXIT.failed : EXIT.clean
  }

  private async targets(named: readonly string[], list: string | undefined): Promise<string[]> {
    const listed = list === undefined ? [] : await readTargetList(list)
    if (list === '-' && named.includes('-'))
      throw new JobError('usage', 'standard input is the list (--from-file -): it can’t be an image as well')
    const targets = [...named, ...listed]
    return targets.length === 0 ? ['.'] : targets
  }
}
