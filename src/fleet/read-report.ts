/** Reports as files, JSON or NDJSON, that anybody may have written. */
import { createReadStream, readFileSync } from 'node:fs'
import { JobError, oneLine } from '../errors.ts'
import { limits } from '../limits.ts'
import type { Report } from '../report/report.ts'
import { type Schema, violationOf } from './schema-check.ts'

let schema: Schema | null = null

/** The schema that ships, two levels above this file and above each file of the bundle. */
function reportSchema(): Schema {
  schema ??= JSON.parse(
    readFileSync(new URL('../../schema/report.v1.json', import.meta.url), 'utf8'),
  ) as Schema
  return schema
}

/**
 * @param path a file, or `-` for standard input
 * @throws JobError `unreadable`, `limit`, and as {@link parseReport}
 */
export async function readReport(
  path: string,
  stdin: AsyncIterable<Uint8Array> = process.stdin,
): Promise<Report> {
  const name = path === '-' ? 'standard input' : path
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of path === '-' ? stdin : createReadStream(path)) {
      size += (chunk as Uint8Array).length
      if (size > limits.reportBytes)
        throw new JobError(
          'limit',
          `${name} has more than ${limits.reportBytes} bytes, more than is read of one report; split the run with --shard`,
        )
      chunks.push(chunk as Uint8Array)
    }
  } catch (error) {
    if (error instanceof JobError) throw error
    throw new JobError('unreadable', `${name} can't be read: ${oneLine(error)}`)
  }
  return parseReport(Buffer.concat(chunks).toString('utf8'), name)
}

/**
 * @param name of the file, for messages
 * @throws JobError `malformed`, `unsupported`
 */
export function parseReport(text: string, name: string): Report {
  const first = text.slice(0, text.search(/\r?\n|$/))
  const head = tryParse(first)
  const value = isLine(head, 'report') ? ofLines(text, name) : tryParse(text)
  if (value === undefined)
    throw new JobError(
      'malformed',
      text.trimStart().startsWith('{')
        ? `${name} is no whole report: it was cut, or something else was written into it; make it again with --output json=FILE`
        : notOurs(name, 'it is no JSON'),
    )
  return checked(value, name)
}

function checked(value: unknown, name: string): Report {
  const { version, tool, targets } = (value ?? {}) as { version?: unknown; tool?: unknown; targets?: unknown }
  const own = (tool as { name?: unknown } | null | undefined)?.name === 'imgtrust'
  if (!own || typeof version !== 'number')
    throw new JobError('malformed', notOurs(name, 'it names no tool of that name'))
  if (version !== 1)
    throw new JobError(
      'unsupported',
      `${name} is a report of version ${version}, and this imgtrust knows version 1; take the imgtrust that wrote it`,
    )
  if (!Array.isArray(targets))
    throw new JobError(
      'malformed',
      notOurs(name, 'it has no targets (a forecast or a list of roots can’t be merged)'),
    )
  const violation = violationOf(value, reportSchema())
  if (violation !== null)
    throw new JobError(
      'malformed',
      notOurs(name, `${violation.path} ${violation.what} (schema/report.v1.json)`),
    )
  return value as Report
}

function notOurs(name: string, why: string): string {
  return `${name} is no report of imgtrust: ${why}; give what scan, lint or verify wrote with --format json or ndjson`
}

type Line = Readonly<Record<string, unknown>>

function isLine(value: unknown, type: string): value is Line {
  return typeof value === 'object' && value !== null && (value as Line).type === type
}

/** A report from its lines; undefined where one can't be read, or the last one is missing. */
function ofLines(text: string, name: string): unknown {
  const lines = text.trimEnd().split('\n').map(tryParse)
  const [head, ...rest] = lines
  const end = rest.pop()
  if (!isLine(head, 'report') || !isLine(end, 'summary')) return undefined
  const { type: _, ...report } = head
  const { type: __, ...summary } = end
  const targets: unknown[] = []
  const more: Record<string, unknown> = {}
  let lists: Lists | null = null
  const close = () => {
    if (lists !== null) targets.push(wholeTarget(lists))
    lists = null
  }
  for (const line of rest) {
    if (typeof line !== 'object' || line === null) return undefined
    const { type, ...fields } = line as Line
    if (type === 'target') {
      close()
      lists = { fields, finding: [], unknown: [], verdict: [] }
    } else if (type === 'finding' || type === 'unknown' || type === 'verdict') {
      if (lists === null) throw new JobError('malformed', notOurs(name, `a ${type} stands before any target`))
      const { target: ___, ...own } = fields
      ;(lists as Lists)[type].push(own)
    } else if (type === 'fleet' || type === 'shard') {
      more[type] = fields
    }
  }
  close()
  return { ...report, targets, summary, ...more }
}

interface Lists {
  readonly fields: Line
  readonly finding: unknown[]
  readonly unknown: unknown[]
  readonly verdict: unknown[]
}

/** The fields in the order in which a report has them, so that it is written as it was. */
function wholeTarget({ fields, finding, unknown, verdict }: Lists): object {
  const whole: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(fields)) {
    if (key === 'config') Object.assign(whole, { findings: finding, unknowns: unknown })
    if (key === 'advice' && fields.kind === 'server') whole.verdicts = verdict
    // What JSON calls so is a field like others; an assignment would make it the prototype.
    if (key !== '__proto__') whole[key] = value
  }
  return whole
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
