import { Args, Flags } from '@oclif/core'
import { BaseCommand } from '../cli/base-command.ts'
import { judgeFlags, reportFlags } from '../cli/flags.ts'
import { JobError } from '../errors.ts'
import { lint } from '../index.ts'

export default class Lint extends BaseCommand {
  static override summary =
    'Follow the trust store through Dockerfiles and say what is stale, missing or switched off.'
  static override description =
    `Reads Dockerfiles without building them. Every instruction is followed from the base image on, so that a finding
names the line that causes it and shows what mends it. What can't be known raises no alarm.

Exit status: 0 nothing at or above --fail-on, 1 findings, 2 a file could not be linted.`
  static override examples = [
    { description: 'All Dockerfiles under the current folder', command: '<%= config.bin %> lint' },
    {
      description: 'One file, as of the day after an outage',
      command: '<%= config.bin %> lint Dockerfile --at 2020-05-31',
    },
    { description: 'From standard input', command: 'cat Dockerfile | <%= config.bin %> lint -' },
    { description: 'For a machine', command: '<%= config.bin %> lint --format json Dockerfile' },
  ]
  static override strict = false
  static override args = {
    path: Args.string({
      description:
        'Dockerfiles, folders (every Dockerfile under them, .gitignore respected), or - for standard input',
      default: '.',
    }),
  }
  static override flags = {
    'build-arg': Flags.string({
      helpValue: 'K=V',
      multiple: true,
      multipleNonGreedy: true,
      summary: 'value of an ARG; K alone takes it from the environment (repeatable)',
    }),
    target: Flags.string({ helpValue: 'STAGE', summary: 'the stage that is built; default: the last' }),
    context: Flags.string({
      helpValue: 'DIR',
      summary: 'build context; default: the folder of each Dockerfile',
    }),
    platform: Flags.string({ helpValue: 'OS/ARCH', summary: 'the platform that is built for' }),
    'stdin-filename': Flags.string({
      helpValue: 'NAME',
      default: 'Dockerfile',
      summary: 'what - is called in reports',
    }),
    ...judgeFlags,
    ...reportFlags,
  }

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Lint)
    const settings = await this.judgeSettings(flags)
    const paths = argv as string[]
    const report = await lint(paths, {
      ...settings,
      buildArgs: buildArgs(flags['build-arg'] ?? []),
      stdinFilename: flags['stdin-filename'],
      ...(flags.target === undefined ? {} : { stage: flags.target }),
      ...(flags.context === undefined ? {} : { context: flags.context }),
      ...(flags.platform === undefined ? {} : { platform: flags.platform }),
    })
    if (report.targets.length === 0 && !flags.quiet)
      this.note('imgtrust: no Dockerfile here; name a file or a folder')
    await this.report(report, flags)
  }
}

/** `K=V`, or `K` with the value of the environment, as `docker build` takes them. */
function buildArgs(values: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {}
  for (const value of values) {
    const at = value.indexOf('=')
    const key = at === -1 ? value : value.slice(0, at)
    if (key === '') throw new JobError('usage', `--build-arg ${value}: say NAME=VALUE`)
    const text = at === -1 ? process.env[key] : value.slice(at + 1)
    if (text !== undefined) found[key] = text
  }
  return found
}
