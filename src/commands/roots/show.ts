import { Args, Flags } from '@oclif/core'
import { BaseCommand, instantOf } from '../../cli/base-command.ts'
import { judgeFlags, reportFlags } from '../../cli/flags.ts'
import { print } from '../../cli/output.ts'
import { useColor } from '../../cli/terminal.ts'
import { showRoots } from '../../index.ts'
import { renderRoots } from '../../roots/text.ts'

export default class RootsShow extends BaseCommand {
  static override summary = 'Tell the whole life of a root: who took it in and out, when and why.'
  static override description =
    `From the built-in facts: its events in Mozilla's program with their Bugzilla numbers, the releases of each
distribution's store that brought and dropped it, its end, whom it signed beside its own signature, and published
incidents. A name is a label, a common name, a file of Debian's, a part of any of them, or a fingerprint or its first
eight digits. --at says on which day the status is told.`
  static override examples = [
    { description: 'By name', command: '<%= config.bin %> roots show "DST Root CA X3"' },
    {
      description: 'By fingerprint, for a machine',
      command: '<%= config.bin %> roots show 687fa451 --format json',
    },
    { description: 'By a part of a name', command: '<%= config.bin %> roots show "isrg root"' },
  ]
  static override args = {
    root: Args.string({
      ignoreStdin: true,
      description: 'a name, a part of one, or a fingerprint',
      required: true,
    }),
  }
  static override flags = {
    at: judgeFlags.at,
    format: Flags.string({
      options: ['text', 'json'],
      default: 'text',
      summary: 'what goes to standard output',
    }),
    color: reportFlags.color,
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(RootsShow)
    const report = await showRoots(args.root, { at: instantOf(flags.at) })
    const color = useColor(flags.color, process.env)
    print(flags.format === 'json' ? `${JSON.stringify(report, null, 2)}\n` : renderRoots(report, color))
  }
}
