import type { Day, Instant } from '../model.ts'
import { factsId } from './distributions.ts'
import { readJson } from './load.ts'
import type { Lifecycle } from './types.ts'

type Row = [
  cycle: string,
  codename: string | null,
  released: string,
  end: string | null,
  standard: string | null,
  lts: 0 | 1,
]

const data = () => readJson<Record<string, Row[]>>('lifecycles.json')
const source = 'https://endoflife.date'

/**
 * The life of the line that a version belongs to.
 * @param id a distribution (`debian`, `alpine`, `ubuntu`, `almalinux`, …) or a runtime (`node`, `python`, `golang`, …)
 * @param version `3.11.13`, `12.5`, `22.04`, or a codename (`buster`, `focal`)
 */
export function lifecycle(id: string, version: string): Lifecycle | null {
  const found = rowOf(id, version)
  return found && lifecycleOf(factsId(id), found)
}

/** The last day on which everybody gets updates (Debian: the end of LTS); null where none is set or known. */
export function endOfLife(id: string, version: string): Day | null {
  return lifecycle(id, version)?.endOfLife ?? null
}

/** Whether a line still gets updates at an instant: until the end of its last day; unknown lines give null. */
export function isSupported(id: string, version: string, at: Instant): boolean | null {
  const life = lifecycle(id, version)
  if (!life) return null
  return life.endOfLife === null || at < Date.parse(`${life.endOfLife}T00:00:00Z`) + 86_400_000
}

/**
 * The newest line that had been released and was supported at an instant; of Ubuntu and Node.js the newest with
 * long-term support.
 */
export function newestSupported(id: string, at: Instant): Lifecycle | null {
  const rows = rowsOf(id)
    .filter(row => Date.parse(`${row[2]}T00:00:00Z`) <= at && longTerm(id, row, at))
    .map(row => lifecycleOf(factsId(id), row))
    .filter(life => isSupported(id, life.version, at))
  return rows.reduce<Lifecycle | null>(
    (newest, life) => (newest === null || life.released > newest.released ? life : newest),
    null,
  )
}

/** All lines of a distribution or runtime, the newest first. */
export function lifecyclesOf(id: string): readonly Lifecycle[] {
  return rowsOf(id).map(row => lifecycleOf(factsId(id), row))
}

/** Whether a line is one of long-term support, where its project has such lines; elsewhere every line is. */
export function isLongTerm(id: string, version: string): boolean {
  const row = rowOf(id, version)
  return row !== null && longTerm(id, row, null)
}

function longTerm(id: string, row: Row, at: Instant | null): boolean {
  switch (factsId(id)) {
    case 'ubuntu':
      return /^\d*[02468]\.04$/.test(row[0])
    case 'node':
      // An even line becomes LTS in the October after its release (nodejs/Release, schedule).
      return row[5] === 1 && (at === null || at >= Date.parse(`${row[2].slice(0, 4)}-10-28T00:00:00Z`))
    case 'eclipse-temurin':
    case 'amazoncorretto':
      // Java's long-term lines: 8, 11, and from 17 on every fourth (https://www.oracle.com/java/technologies/java-se-support-roadmap.html).
      return /^(?:8|11)$/.test(row[0]) || (Number(row[0]) >= 17 && (Number(row[0]) - 17) % 4 === 0)
    default:
      return true
  }
}

function rowsOf(id: string): readonly Row[] {
  const all = data()
  const name = factsId(id)
  return Object.hasOwn(all, name) ? all[name]! : []
}

function rowOf(id: string, version: string): Row | null {
  const wanted = version.trim().toLowerCase()
  const rows = rowsOf(id)
  const exact = rows.find(row => row[0] === wanted || codenames(row[1]).includes(wanted))
  if (exact) return exact
  const parts =
    wanted
      .replace(/^v(?=\d)/, '')
      .match(/^\d+(?:\.\d+)*/)?.[0]
      ?.split('.') ?? []
  for (let length = parts.length; length > 0; length--) {
    const prefix = parts.slice(0, length).join('.')
    const row = rows.find(candidate => candidate[0] === prefix)
    if (row) return row
  }
  return null
}

/** Ubuntu is named by its first word: `focal` of `Focal Fossa`. */
function codenames(codename: string | null): readonly string[] {
  if (codename === null) return []
  const lower = codename.toLowerCase()
  return [lower, lower.split(' ')[0]!]
}

function lifecycleOf(id: string, [cycle, codename, released, end, standard]: Row): Lifecycle {
  return { id, version: cycle, codename, released, endOfLife: end, standardEnd: standard, source }
}
