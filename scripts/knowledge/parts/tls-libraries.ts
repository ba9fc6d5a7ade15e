import type { Inputs } from '../inputs.ts'
import { lines, type Part } from '../output.ts'

/** The table of TLS libraries by distribution release, as the facts have it; rules for judging are curated. */
export function tlsLibrariesPart(inputs: Inputs): Part {
  const rows = tsv(inputs.text('tls-libraries.tsv', /(\d{4}-\d{2}-\d{2})/g))
  const table = rows.map(row => [
    row.distribution,
    row.release,
    row.library,
    row.version,
    row.security_level,
    row.breaks_on_expired_cross_sign,
    row.source,
    row.confidence,
  ])
  return {
    name: 'tls-libraries',
    entries: table.length,
    asOf: inputs.asOf('tls-libraries.tsv'),
    source: 'public package sources and changelogs, named row by row; real clients and libraries, measured',
    files: new Map([['tls-libraries.json', lines(table)]]),
  }
}

export function tsv(text: string): Record<string, string>[] {
  const [head, ...rest] = text.split('\n').filter(line => line !== '')
  const names = head!.split('\t')
  return rest.map(line => {
    const cells = line.split('\t')
    return Object.fromEntries(names.map((name, index) => [name, publicWords(cells[index] ?? '')]))
  })
}

/** Leaves of a source what a reader of the project can look up: no working copies, no numbers of a search index. */
function publicWords(text: string): string {
  return text
    .replace(/ ?\(steering shared\/facts\/[a-z.-]+\)/g, '')
    .replace(/steering shared\/facts\/releases\.json/g, 'alpinelinux/docker-alpine, root filesystems')
    .replace(/stored public file of public source files \(([^)]*)\)(?: id [\d, ]+)?/g, 'public files ($1)')
    .replace(
      /(docker-library\/repo-info)? ?stored public file ?s? ?[\d]+(?: \([^)]*\))?(?:, \d+(?: \([^)]*\))?)*/g,
      (_all, repo) => (repo ? String(repo) : ' a public package list or build log'),
    )
    .replace(/; 3\.8 with 2\.7\.5 fails in shared\/lab, 3\.11 works/g, '; measured: 2.7.5 fails')
    .replace(/in the allowed sources/g, 'in public sources')
    .replace(/, (?=$|;)/g, '')
    .replace(/^[; ]+|[; ]+$/g, '')
    .replace(/ {2,}/g, ' ')
}
