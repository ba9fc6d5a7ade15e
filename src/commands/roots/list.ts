import { Args, Flags } from '@oclif/core'
import { BaseCommand, EXIT, instantOf } from '../../cli/base-command.ts'
import { judgeFlags, targetFlags } from '../../cli/flags.ts'
import { interruptible } from '../../cli/interruptible.ts'
import { print } from '../../cli/output.ts'
import { targetOptions } from '../../cli/target-options.ts'
import { useColor } from '../../cli/terminal.ts'
import { listRoots } from '../../index.ts'
import { parseDuration } from '../../options.ts'
import { renderRoots } from '../../roots/text.ts'

export default class RootsList extends BaseCommand {
  static override summary = 'List the roots in the trust stores of targets, or all that are known.'
  static override description =
    `A target is anything that lint or scan takes, or release:RELEASE for what a published package holds. Without one, all
roots are listed that public programs and distributions ever carried. Each line says when the root ends, the beginning of
its fingerprint, its name, and its status on the day of --at: expired, expiring, removed (Mozilla took it out), cut (it
lost trust for servers), distrusted, or unknown (in no public program).

Exit status: 0, or 2 where a target could not be read.`
  static override examples = [
    {
      description: 'What a Dockerfile will trust',
      command: '<%= config.bin %> roots list Dockerfile',
    },
    {
      description: 'The expired roots of an image, on a day',
      command: '<%= config.bin %> roots list alpine:3.11 --status expired --at 2021-10-01',
    },
    {
      description: 'What a release of a package holds',
      command: '<%= config.bin %> roots list "release:debian/ca-certificates 20230311"',
    },
    {
      description: 'All that are known, for a machine',
      command: '<%= config.bin %> roots list --format json',
    },
  ]
  static override strict = false
  static override args = {
    target: Args.string({
      ignoreStdin: true,
      description: 'Dockerfiles, folders, images; default: the built-in facts',
    }),
  }
  static override flags = {
    status: Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      options: ['expired', 'expiring', 'removed', 'cut', 'distrusted', 'unknown'],
      summary: 'only roots of this status (repeatable)',
    }),
    'expiring-within': judgeFlags['expiring-within'],
    format: Flags.string({
      options: ['text', 'json'],
      default: 'text',
      summary: 'what goes to standard output',
    }),
    ...targetFlags,
  }

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(RootsList)
    const within = flags['expiring-within']
    const report = await interruptible(flags, watch =>
      listRoots(argv as string[], {
        ...targetOptions(flags),
        ...watch,
        at: instantOf(flags.at),
        ...(within === undefined ? {} : { expiringWithin: parseDuration(within) }),
        ...(flags.status === undefined ? {} : { status: flags.status as never }),
      }),
    )
    const color = useColor(flags.color, process.env)
    print(flags.format === 'json' ? json(report) : renderRoots(report, color))
    for (const { error } of report.targets) if (error !== null) this.note(`imgtrust: ${error}`)
    process.exitCode = report.targets.some(({ error }) => error !== null) ? EXIT.failed : EXIT.clean
  }
}

function json(report: unknown): string {
  return `${JSON.stringify(report, null, 2)}\n`
}
