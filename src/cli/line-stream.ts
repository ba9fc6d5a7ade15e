/** NDJSON as it comes: each target's lines as soon as all before it are told, into standard output, files or both. */
import { closeSync, openSync, writeSync } from 'node:fs'
import { JobError, oneLine } from '../errors.ts'
import type { ReportHead } from '../index.ts'
import { endLines, escapeNdjson, headLine, targetLines } from '../report/formats/ndjson.ts'
import type { Report, ReportTarget } from '../report/report.ts'
import { print } from './output.ts'

export interface LineStream {
  /** Does it write standard output (`null`), or this file? */
  writes(file: string | null): boolean
  target(target: ReportTarget, head: ReportHead): void
  end(report: Report): void
}

/**
 * @param outputs files; `null` is standard output
 * @throws JobError `unreadable` where a file can't be written
 */
export function lineStream(outputs: readonly (string | null)[]): LineStream {
  const open = outputs.map(file => (file === null ? toStandardOutput : fileWriter(file)))
  let begun = false
  const write = (lines: readonly object[]) => {
    if (open.length === 0) return
    const text = `${lines.map(escapeNdjson).join('\n')}\n`
    for (const one of open) one(text)
  }
  const begin = (head: ReportHead) => {
    if (!begun) write([headLine(head)])
    begun = true
  }
  return {
    writes: file => outputs.includes(file),
    target(target, head) {
      begin(head)
      write(targetLines(target))
    },
    end(report) {
      begin(report)
      write(endLines(report))
      for (const one of open) one(null)
    },
  }
}

/** Appends a text; null ends it. */
type Writer = (text: string | null) => void

const toStandardOutput: Writer = text => {
  if (text !== null) print(text)
}

function fileWriter(file: string): Writer {
  const told = <T>(work: () => T): T => {
    try {
      return work()
    } catch (error) {
      throw new JobError('unreadable', `--output ndjson=${file}: can't be written (${oneLine(error)})`)
    }
  }
  const opened = told(() => openSync(file, 'w'))
  return text => told(() => (text === null ? closeSync(opened) : void writeAll(opened, text)))
}

function writeAll(file: number, text: string): void {
  const bytes = Buffer.from(text)
  for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written)
}
