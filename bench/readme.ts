/** The two parts of README.md that are made: what each row means, and the table of the last whole run. */
import { readFileSync, writeFileSync } from 'node:fs'
import type { Row } from './row.ts'

/** What each row is, for people. */
export function rowsPage(rows: readonly Row[]): string {
  return rows
    .map(({ id, title, doc, claims }) => {
      const asked = claims.flatMap(({ what, unit, must, goal }) => {
        const limits = [
          must === null ? null : `must ${must} ${unit}`,
          goal === null ? null : `goal ${goal} ${unit}`,
        ]
        const told = limits.filter(limit => limit !== null)
        return told.length === 0 ? [] : [`- ${what}: ${told.join(', ')}`]
      })
      return [`### \`${id}\`: ${title}`, doc, asked.join('\n')].filter(Boolean).join('\n\n')
    })
    .join('\n\n')
}

/** Puts a text between the marks `<!-- NAME -->` and `<!-- end of NAME -->` of a page. */
export function replacePart(path: string, name: string, text: string): void {
  const page = readFileSync(path, 'utf8')
  const begin = `<!-- ${name} -->`
  const [head, rest] = page.split(begin)
  const tail = rest?.split(`<!-- end of ${name} -->`)[1]
  if (head === undefined || tail === undefined) throw new Error(`${path} has no marks around its ${name}`)
  writeFileSync(path, `${head}${begin}\n\n${text.trim()}\n\n<!-- end of ${name} -->${tail}`)
}
