import { createHash } from 'node:crypto'
import { inspect } from 'node:util'
import { formatInstant } from '../clock.ts'
import type { Config } from '../config/config.ts'
import { JobError } from '../errors.ts'
import { knowledgeDate } from '../knowledge/status.ts'
import type { ReportTarget } from '../report/report.ts'
import type { ScanSettings } from '../scan.ts'
import type { RunSettings } from '../scan-all.ts'
import { Baseline } from '../silence/baseline.ts'
import { version as toolVersion } from '../version.ts'
import { Journal, type JournalEntry } from './journal.ts'

/**
 * What was judged before an interruption holds for a run that would judge it the same.
 * @param many several targets are told beside each other
 * @param keep is given each target that is known already, and says what is held of it
 * @returns null where none is wanted
 * @throws JobError `usage`, `unreadable`
 */
export function openJournal(
  options: RunSettings,
  { rules, expiringWithin, policy }: ScanSettings,
  config: Config | null,
  many: boolean,
  keep: (target: ReportTarget) => ReportTarget,
): Journal | null {
  const { resume, at, told = true, onNote, baseline } = options
  if (resume === undefined) return null
  if (options.updateBaseline)
    throw new JobError(
      'usage',
      '--resume and --update-baseline don’t go together: update it from a run that is whole',
    )
  const settings = {
    version: `${toolVersion} with the facts of ${knowledgeDate()}`,
    'set of rules': digestOf(rules),
    '--expiring-within': String(expiringWithin),
    configuration: digestOf([config?.file, config?.ignores, policy]),
    baseline: baseline === undefined ? '' : digestOf(new Baseline({ baseline }).known),
    '--platform': digestOf([options.platform, options.allPlatforms ?? false]),
    '--deep': String(options.deep ?? false),
    'kind of list': many ? 'several' : 'one',
  }
  const clock = { at: told ? at : null, now: at }
  const keepEntry = (entry: JournalEntry) => ({ ...entry, told: entry.told.map(keep) })
  const journal = Journal.open(resume, { ...clock, settings }, keepEntry)
  const { size } = journal.done
  if (size > 0)
    onNote?.(
      `goes on from ${resume}: ${size} judged as of ${formatInstant(journal.at)} need not be read again`,
    )
  return journal
}

function digestOf(value: unknown): string {
  const text = inspect(value, {
    depth: null,
    maxArrayLength: null,
    maxStringLength: null,
    sorted: true,
  })
  return createHash('sha256').update(text).digest('hex')
}
