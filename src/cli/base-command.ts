import { closeSync, openSync, writeFileSync } from 'node:fs'
import { Command } from '@oclif/core'
import { now, parseInstant } from '../clock.ts'
import { JobError, oneLine } from '../errors.ts'
import { type Severity, severities } from '../finding.ts'
import type { RuleSettings } from '../judge/check.ts'
import type { Instant } from '../model.ts'
import { parseDuration } from '../options.ts'
import { EXIT, exitStatus } from '../report/exit-status.ts'
import { type FormatOptions, formats } from '../report/formats/index.ts'
import type { Report } from '../report/report.ts'
import { tellDefect } from './defect.ts'
import type { LineStream } from './line-stream.ts'
import { columns, isTerminal, print, printError } from './output.ts'
import { didYouMean } from './suggest.ts'
import { useColor } from './terminal.ts'

interface JudgeValues {
  readonly at?: string | undefined
  readonly 'expiring-within'?: string | undefined
  readonly rule?: string[] | undefined
  readonly 'fail-on'?: string | undefined
  readonly config?: string | undefined
  readonly 'no-config': boolean
  readonly baseline?: string | undefined
  readonly 'update-baseline': boolean
}

type RunValues = Pick<JudgeValues, 'fail-on' | 'config' | 'no-config'>

interface ReportValues {
  readonly format?: string | undefined
  readonly output?: string[] | undefined
  readonly remedy?: string | undefined
  readonly color: string
}

/** What flags say about judging, as the library takes it. */
interface JudgeSettings {
  readonly at: Instant
  readonly rules: RuleSettings
  readonly config: string | null
  readonly expiringWithin?: number
  readonly baseline?: string
  readonly updateBaseline: boolean
}

export { EXIT }

/** What all commands share: reading common flags, printing reports, and errors as one line with exit status 2. */
export abstract class BaseCommand extends Command {
  /** oclif warns here of commands that are deprecated: there is none. */
  protected override async init(): Promise<void> {}

  /** Reads the flags about judging. @throws JobError `usage` */
  protected async judgeSettings(flags: JudgeValues): Promise<JudgeSettings> {
    const within = flags['expiring-within']
    return {
      at: instantOf(flags.at),
      rules: await ruleSettings(flags.rule ?? []),
      config: flags['no-config'] ? null : (flags.config ?? 'find'),
      updateBaseline: flags['update-baseline'],
      ...(within === undefined ? {} : { expiringWithin: parseDuration(within) }),
      ...(flags.baseline === undefined ? {} : { baseline: flags.baseline }),
    }
  }

  /** What the run as a whole is told: flags, else the configuration of the current folder, else the defaults. */
  private async runSettings(
    flags: RunValues & ReportValues,
  ): Promise<{ failOn: Severity | 'never'; format: string }> {
    const { Configs } = await import('../config/load.ts')
    const { settle } = await import('../config/settings.ts')
    const choice = flags['no-config'] ? null : (flags.config ?? 'find')
    const config = await new Configs(choice, process.env).for('.')
    const told = flags['fail-on'] === undefined ? {} : { failOn: flags['fail-on'] as Severity | 'never' }
    return { failOn: settle(told, config, []).failOn, format: flags.format ?? config?.format ?? 'text' }
  }

  /** Prints the report, writes the others that were asked for, and sets the exit status. */
  protected async report(
    report: Report,
    flags: RunValues & ReportValues,
    written?: LineStream,
  ): Promise<void> {
    const { failOn, format } = await this.runSettings(flags)
    const options: FormatOptions = {
      color: useColor(flags.color, process.env),
      width: columns() ?? 100,
      show: failOn === 'info' ? 'info' : 'warning',
      failOn,
      failures: !(isTerminal(1) && isTerminal(2)),
      remedy: (flags.remedy ?? 'dockerfile') as FormatOptions['remedy'],
    }
    const outputs = (flags.output ?? []).map(parseOutput)
    for (const { format, file } of outputs) {
      if (format === 'ndjson' && written?.writes(file)) continue
      const plain = { ...options, color: false, width: 100, failures: true }
      writeOutput(format, file, await this.render(report, format, plain))
    }
    if (!(format === 'ndjson' && written?.writes(null)))
      for (const part of await this.render(report, format, options)) print(part)
    for (const { error } of report.targets) if (error !== null) this.note(`imgtrust: ${error}`)
    process.exitCode = exitStatus(report, failOn)
  }

  /** Where NDJSON was asked for, what writes it while the targets come. @throws JobError */
  protected async lines(flags: RunValues & ReportValues): Promise<LineStream> {
    const { lineStream } = await import('./line-stream.ts')
    const { format } = await this.runSettings(flags)
    const files = (flags.output ?? []).map(parseOutput).filter(output => output.format === 'ndjson')
    return lineStream([...(format === 'ndjson' ? [null] : []), ...files.map(({ file }) => file)])
  }

  private async render(report: Report, format: string, options: FormatOptions): Promise<Iterable<string>> {
    const load = formats[format]
    if (!load)
      throw new JobError(
        'usage',
        `there is no format '${format}'; there are ${Object.keys(formats).join(', ')}${didYouMean(format, Object.keys(formats))}`,
      )
    const made = await load()
    return made.parts?.(report, options) ?? [made.render(report, options)]
  }

  /** A line on standard error. */
  protected note(line: string): void {
    printError(`${line}\n`)
  }

  /** oclif's parser says `message\nSee more help with --help`; users get the first sentence, and what they meant. */
  private usageLine(error: ParseError): string {
    const said = oneLine(
      error.message
        .replace(/\s*See more help with --help\s*$/, '')
        .replace(/^The following errors? occurred:\s*/, ''),
    )
    const help = `(see imgtrust ${this.id?.replaceAll(':', ' ')} --help)`
    const { flags } = this.ctor
    const [unknown] = error.flags ?? []
    if (typeof unknown === 'string' && said.startsWith('Nonexistent flag')) {
      const known = [...Object.keys(flags), 'help'].map(name => `--${name}`)
      return `there is no flag ${unknown}${didYouMean(unknown, known)} ${help}`
    }
    const choice = /^Expected --([a-z-]+)=(.*) to be one of: /.exec(said)
    const options =
      choice?.[1] === undefined ? undefined : (flags[choice[1]] as { options?: string[] }).options
    return `${said}${didYouMean(choice?.[2] ?? '', options ?? [])} ${help}`
  }

  /** Known errors are one line; what is left is a defect of ours, and says so with its stack. */
  protected override async catch(
    error: Error & { exitCode?: number; oclif?: { exit?: number } },
  ): Promise<void> {
    if (error instanceof JobError && error.code === 'aborted') {
      process.exitCode = EXIT.interrupted
      return
    }
    if (error instanceof JobError) {
      this.note(`imgtrust: ${error.message}`)
      process.exitCode = EXIT.failed
      return
    }
    if (error.oclif?.exit !== undefined) {
      if (error.oclif.exit !== 0) this.note(`imgtrust: ${this.usageLine(error)}`)
      process.exitCode = error.oclif.exit === 0 ? 0 : EXIT.failed
      return
    }
    tellDefect(error)
  }
}

/**
 * What `--at` says; now where it was not given.
 * @throws JobError `usage`
 */
export function instantOf(text: string | undefined): Instant {
  const at = text === undefined ? now() : parseInstant(text)
  if (at === null)
    throw new JobError('usage', `--at ${text}: no such day or time; say 2020-05-31 or 2020-05-31T12:00:00Z`)
  return at
}

interface ParseError extends Error {
  /** Of an error about flags that do not exist. */
  readonly flags?: readonly unknown[]
}

/** @throws JobError `unreadable` */
export function writeOutput(format: string, file: string, text: Iterable<string>): void {
  try {
    const opened = openSync(file, 'w')
    try {
      for (const part of typeof text === 'string' ? [text] : text) writeFileSync(opened, part)
    } finally {
      closeSync(opened)
    }
  } catch (error) {
    throw new JobError('unreadable', `--output ${format}=${file}: can't be written (${oneLine(error)})`)
  }
}

/**
 * `FORMAT=FILE` in its parts.
 * @throws JobError `usage`
 */
export function parseOutput(value: string): { format: string; file: string } {
  const at = value.indexOf('=')
  if (at < 1 || at === value.length - 1)
    throw new JobError('usage', `--output ${value}: say FORMAT=FILE, for example json=report.json`)
  return { format: value.slice(0, at), file: value.slice(at + 1) }
}

async function ruleSettings(values: readonly string[]): Promise<RuleSettings> {
  if (values.length === 0) return {}
  const { ruleIds } = await import('../../rules/index.ts')
  return Object.fromEntries(
    values.map(value => {
      const [id = '', severity = ''] = value.split('=')
      if (!ruleIds().some(known => known === id))
        throw new JobError(
          'usage',
          `--rule ${value}: there is no rule '${id}'${didYouMean(id, ruleIds())} (imgtrust rules lists them)`,
        )
      if (severity !== 'off' && !severities.includes(severity as Severity))
        throw new JobError('usage', `--rule ${value}: say ${id}=error, warning, info or off`)
      return [id, severity as Severity | 'off']
    }),
  )
}
