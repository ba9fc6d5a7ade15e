import type { Inputs } from '../inputs.ts'
import type { Part } from '../output.ts'

interface RawCycle {
  readonly cycle: string
  readonly codename?: string
  readonly released: string
  readonly eol: string
  readonly extended?: string
  readonly latest?: string
}

/** Ends of life; `extended` counts only where everybody gets it: Debian's LTS. */
export function lifecyclesPart(inputs: Inputs): Part {
  const raw = inputs.json<Record<string, RawCycle[]>>('lifecycles.json')
  const rows: Record<string, unknown[]> = {}
  let entries = 0
  for (const id of Object.keys(raw).sort()) {
    rows[id] = raw[id]!.map(cycle => {
      entries++
      const standard = day(cycle.eol)
      const end = id === 'debian' ? (day(cycle.extended) ?? standard) : standard
      return [
        cycle.cycle,
        cycle.codename ?? null,
        cycle.released,
        end,
        standard,
        id === 'node' && lts(cycle) ? 1 : 0,
      ]
    })
  }
  const text = `{\n${Object.entries(rows)
    .map(
      ([id, cycles]) => `${JSON.stringify(id)}: [\n${cycles.map(row => JSON.stringify(row)).join(',\n')}\n]`,
    )
    .join(',\n')}\n}\n`
  return {
    name: 'lifecycles',
    entries,
    asOf: inputs.asOf('lifecycles.json'),
    source: 'https://endoflife.date',
    files: new Map([['lifecycles.json', text]]),
  }
}

/** `true` (ended, the day unknown) and `false` (no end set) are not days. */
function day(text: string | undefined): string | null {
  return text !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(text) ? text : null
}

/** Node.js gives long-term support to even lines, from 4 on (nodejs/Release, schedule). */
function lts(cycle: RawCycle): boolean {
  const major = Number(cycle.cycle)
  return major >= 4 && major % 2 === 0
}
