import { writeFileSync } from 'node:fs'
import { Args, Flags } from '@oclif/core'
import { BaseCommand, EXIT } from '../cli/base-command.ts'
import { judgeFlags, networkFlags, networkOptions, reportFlags } from '../cli/flags.ts'
import { compileLate, keepHeapSmall } from '../cli/heap.ts'
import { print } from '../cli/output.ts'
import { JobError, oneLine } from '../errors.ts'
import { type FileChange, lintAndFix } from '../index.ts'

/** From here on it counts what V8 compiles, and from there on memory more than a little time. */
const SEVERAL = 16
const MANY = 500

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
    {
      description: 'See what can be mended, then mend it',
      command: '<%= config.bin %> lint --fix-dry-run Dockerfile',
    },
    {
      description: 'Base images that only their registry knows, read and followed',
      command: '<%= config.bin %> lint --scan-base Dockerfile',
    },
    { description: 'For a machine', command: '<%= config.bin %> lint --format json Dockerfile' },
  ]
  static override strict = false
  static override args = {
    path: Args.string({
      ignoreStdin: true,
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
    'scan-base': Flags.boolean({
      exclusive: ['offline'],
      summary: 'read the images that FROM and COPY --from name, instead of what is known of official ones',
      description:
        'Each is read once, from an engine that has it, else from its registry. This machine and bare addresses are asked only where --plain-http names them. An image that can’t be read is told under unknowns.',
    }),
    'stdin-filename': Flags.string({
      helpValue: 'NAME',
      default: 'Dockerfile',
      summary: 'what - is called in reports',
    }),
    fix: Flags.boolean({ summary: 'mend the files: what keeps the meaning of the build' }),
    'fix-suggestions': Flags.boolean({
      summary: 'mend also what may change the build, such as another base image',
    }),
    'fix-dry-run': Flags.boolean({
      summary: 'print what would be mended as a unified diff, and write nothing',
    }),
    ...judgeFlags,
    ...reportFlags,
    ...networkFlags,
  }

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Lint)
    const settings = await this.judgeSettings(flags)
    const paths = argv as string[]
    const wanted = flags.fix || flags['fix-suggestions'] || flags['fix-dry-run']
    if (paths.includes('-') && wanted && !flags['fix-dry-run'])
      throw new JobError('usage', '- can not be mended in place; say --fix-dry-run for a diff')
    let judged = 0
    const { report, changes, notes } = await lintAndFix(paths, {
      onTarget: () => {
        judged++
        if (judged === SEVERAL) compileLate()
        if (judged === MANY) keepHeapSmall()
      },
      ...settings,
      buildArgs: buildArgs(flags['build-arg'] ?? []),
      stdinFilename: flags['stdin-filename'],
      ...(flags.target === undefined ? {} : { stage: flags.target }),
      ...(flags.context === undefined ? {} : { context: flags.context }),
      ...(flags.platform === undefined ? {} : { platform: flags.platform }),
      scanBase: flags['scan-base'],
      ...networkOptions(flags),
      ...(wanted ? { fix: flags['fix-suggestions'] ? 'suggestions' : 'safe' } : {}),
    })
    if (!flags.quiet) {
      if (report.targets.length === 0) this.note('imgtrust: no Dockerfile here; name a file or a folder')
      for (const note of notes) this.note(`imgtrust: ${note}`)
    }
    if (flags['fix-dry-run']) return await this.showChanges(changes)
    for (const change of changes) this.writeChange(change, flags.quiet)
    await this.report(report, flags)
  }

  /** A diff that `git apply` and `patch -p1` take; exit status 1 where something would be mended. */
  private async showChanges(changes: readonly FileChange[]): Promise<void> {
    const { createTwoFilesPatch } = await import('diff')
    for (const { file, before, after } of changes) {
      const patch = createTwoFilesPatch(`a/${file}`, `b/${file}`, before, after)
      print(patch.slice(patch.indexOf('---')))
    }
    process.exitCode = changes.length > 0 ? EXIT.findings : EXIT.clean
  }

  private writeChange({ file, after, applied }: FileChange, quiet: boolean): void {
    try {
      writeFileSync(file, after)
    } catch (error) {
      throw new JobError('unreadable', `--fix: ${file} can't be written (${oneLine(error)})`)
    }
    if (!quiet) for (const { rule, summary } of applied) this.note(`imgtrust: ${file}: ${summary} (${rule})`)
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
