import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

/** One file that the generator read. */
export interface Input {
  readonly file: string
  readonly sha256: string
  /** The newest day that the file itself records and that is not after the day of making. */
  readonly asOf: string
}

/** Reads files of the given folders and remembers what it read. */
export class Inputs {
  readonly read: Input[] = []
  private readonly facts: string
  private readonly curated: string
  private readonly made: string

  constructor(facts: string, curated: string, made: string) {
    this.facts = facts
    this.curated = curated
    this.made = made
  }

  /** @param dates the pattern of the days that tell the file's age; its first group is the day */
  text(file: string, dates: RegExp = /"(?:date|until|released)":"(\d{4}-\d{2}-\d{2})"/g): string {
    return this.take(join(this.facts, file), file, dates)
  }

  json<T>(file: string): T {
    return JSON.parse(this.text(file)) as T
  }

  /** A file of the curated folder; each of its entries bears the day on which it was checked. */
  curatedJson<T>(file: string): T {
    const text = this.take(join(this.curated, file), `curated/${file}`, /"checked": ?"(\d{4}-\d{2}-\d{2})"/g)
    return JSON.parse(text) as T
  }

  asOf(...files: string[]): string {
    return newest(this.read.filter(input => files.includes(input.file)).map(input => input.asOf))
  }

  private take(path: string, name: string, dates: RegExp): string {
    const bytes = readFileSync(path)
    const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
    const days = [...text.matchAll(dates)].map(match => match[1]!).filter(day => day <= this.made)
    this.read.push({
      file: name,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      asOf: newest(days),
    })
    return text
  }
}

export function newest(days: readonly string[]): string {
  return [...days].sort().at(-1) ?? '0000-00-00'
}
