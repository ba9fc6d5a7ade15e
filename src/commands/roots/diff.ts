import { Args, Flags } from '@oclif/core'
import { BaseCommand, EXIT, instantOf } from '../../cli/base-command.ts'
import { targetFlags } from '../../cli/flags.ts'
import { interruptible } from '../../cli/interruptible.ts'
import { print } from '../../cli/output.ts'
import { targetOptions } from '../../cli/target-options.ts'
import { useColor } from '../../cli/terminal.ts'
import { diffRoots } from '../../index.ts'
import { renderRoots } from '../../roots/text.ts'

export default class RootsDiff extends BaseCommand {
  static override summary = 'Say which roots two targets do not share.'
  static override description =
    `Stores are compared that are found under one path, or by a link, or that are both the system's own; --store names one.
A target is anything that lint or scan takes, or release:RELEASE for what a published package holds.

Exit status: 0 the same roots, 1 different, 2 a target could not be read.`
  static override examples = [
    { description: 'Two images', command: '<%= config.bin %> roots diff alpine:3.11 alpine:3.20' },
    {
      description: 'What an upgrade of a package changes',
      command:
        '<%= config.bin %> roots diff "release:debian/ca-certificates 20210119" "release:debian/ca-certificates 20230311"',
    },
    {
      description: 'A Dockerfile against the newest of Mozilla',
      command: '<%= config.bin %> roots diff Dockerfile "release:mozilla 2.60"',
    },
  ]
  static override args = {
    a: Args.string({ ignoreStdin: true, description: 'a Dockerfile, an image or a release', required: true }),
    b: Args.string({ ignoreStdin: true, description: 'another', required: true }),
  }
  static override flags = {
    store: Flags.string({
      helpValue: 'PATH',
      summary: 'compare this store alone, by its path or a link to it',
    }),
    format: Flags.string({
      options: ['text', 'json'],
      default: 'text',
      summary: 'what goes to standard output',
    }),
    ...targetFlags,
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(RootsDiff)
    const report = await interruptible(flags, watch =>
      diffRoots(args.a, args.b, {
        ...targetOptions(flags),
        ...watch,
        at: instantOf(flags.at),
        ...(flags.store === undefined ? {} : { store: flags.store }),
      }),
    )
    const color = useColor(flags.color, process.env)
    print(flags.format === 'json' ? `${JSON.stringify(report, null, 2)}\n` : renderRoots(report, color))
    process.exitCode = report.same ? EXIT.clean : EXIT.findings
  }
}
