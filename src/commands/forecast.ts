import { Args, Flags } from '@oclif/core'
import { BaseCommand, EXIT, instantOf, parseOutput, writeOutput } from '../cli/base-command.ts'
import { targetFlags } from '../cli/flags.ts'
import { interruptible } from '../cli/interruptible.ts'
import { print } from '../cli/output.ts'
import { didYouMean } from '../cli/suggest.ts'
import { readTargetList } from '../cli/target-list.ts'
import { targetOptions } from '../cli/target-options.ts'
import { useColor } from '../cli/terminal.ts'
import { JobError } from '../errors.ts'
import {
  type ForecastFormat,
  type ForecastFormatOptions,
  forecastFormats,
} from '../forecast/formats/index.ts'
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
    {
      description: 'A page to look at, beside the text',
      command: '<%= config.bin %> forecast . --output html=forecast.html',
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
      options: ['text', 'json', 'ics', 'html'],
      default: 'text',
      summary: 'what goes to standard output; ics is a calendar, html a page',
    }),
    output: Flags.string({
      helpValue: 'FORMAT=FILE',
      multiple: true,
      multipleNonGreedy: true,
      summary: 'write another forecast to a file beside it (repeatable)',
    }),
    remedy: Flags.string({
      options: ['dockerfile', 'shell', 'ansible', 'salt'],
      default: 'dockerfile',
      summary: 'show remedies in this dialect (html)',
    }),
    ...targetFlags,
  }

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Forecast)
    const { within } = flags
    const outputs = (flags.output ?? []).map(parseOutput)
    for (const { format } of outputs) await formatOf(format)
    const targets = await this.targets(argv as string[], flags['from-file'])
    const report = await interruptible(flags, watch =>
      forecast(targets, {
        ...targetOptions(flags),
        ...watch,
        at: instantOf(flags.at),
        ...(within === undefined ? {} : { within: parseDuration(within) }),
      }),
    )
    const color = useColor(flags.color, process.env)
    const remedy = flags.remedy as ForecastFormatOptions['remedy']
    for (const { format, file } of outputs)
      writeOutput(format, file, (await formatOf(format)).render(report, { color: false, remedy }))
    print((await formatOf(flags.format)).render(report, { color, remedy }))
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

async function formatOf(name: string): Promise<ForecastFormat> {
  const load = Object.hasOwn(forecastFormats, name) ? forecastFormats[name] : undefined
  const names = Object.keys(forecastFormats)
  if (!load)
    throw new JobError(
      'usage',
      `there is no format '${name}' of a forecast; there are ${names.join(', ')}${didYouMean(name, names)}`,
    )
  return load()
}
