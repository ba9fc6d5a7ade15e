import type { Inputs } from '../inputs.ts'
import { lines, type Part } from '../output.ts'
import { MozillaSets, type RawSet } from './release-sets.ts'
import { nameOf, type RawRoot } from './roots.ts'

interface Curated {
  readonly source: string
  readonly checked: string
}

interface CuratedBreaking extends Curated {
  readonly root: string
  readonly crossSigned: readonly string[]
  readonly shape: string
}

interface CuratedNeeded extends Curated {
  readonly root: string
  readonly or: readonly string[]
  readonly services: string
  readonly from: string
}

interface CuratedIncident extends Curated {
  readonly name: string
  readonly subject: string
  readonly from: string
  readonly reason: string
}

/** Facts that were read and judged by hand, each with its source and the day on which it was checked. */
export function curatedParts(inputs: Inputs): Part[] {
  const roots = inputs.json<RawRoot[]>('roots.json')
  const sets = new MozillaSets([], inputs.json<RawSet[]>('mozilla-releases.json'))
  /** By Debian's file name; where two roots share one, `#` and the beginning of the fingerprint follow. */
  const named = (text: string) => {
    const [file, prefix = ''] = text.split('#')
    const found = roots.filter(root => root.debian === file && root.sha256.startsWith(prefix))
    if (found.length !== 1) throw new Error(`${found.length} roots have the file ${file}`)
    return { sha256: found[0]!.sha256, name: nameOf(found[0]!) }
  }
  const part = <T extends Curated>(name: string, about: string, row: (entry: T) => unknown): Part => {
    const file = `${name}.json`
    const entries = inputs.curatedJson<T[]>(file)
    for (const entry of entries) {
      if (!entry.source || !/^\d{4}-\d{2}-\d{2}$/.test(entry.checked)) {
        throw new Error(`${file}: an entry has no source or no day: ${JSON.stringify(entry)}`)
      }
    }
    return {
      name,
      entries: entries.length,
      asOf: inputs.asOf(`curated/${file}`),
      source: about,
      files: new Map([[file, lines(entries.map(row))]]),
    }
  }
  return [
    part<CuratedBreaking>('breaking-roots', 'public notices of the certification authorities', entry => ({
      ...named(entry.root),
      crossSigned: entry.crossSigned.map(named),
      shape: entry.shape,
      source: entry.source,
      checked: entry.checked,
    })),
    part<CuratedNeeded>('needed-roots', "the services' own notices", entry => ({
      ...named(entry.root),
      or: entry.or.map(named),
      services: entry.services,
      from: entry.from,
      source: entry.source,
      checked: entry.checked,
    })),
    part<CuratedIncident>('incidents', "Mozilla's public decisions", entry => {
      const trusted = new Set(sets.onDay(entry.from)!.roots)
      const pattern = new RegExp(entry.subject)
      const touched = roots.flatMap((root, index) =>
        pattern.test(root.subject) &&
        (trusted.has(index) || root.mozilla.some(event => event.date >= entry.from))
          ? [index]
          : [],
      )
      const { subject: _subject, ...rest } = entry
      return { ...rest, roots: touched }
    }),
    part('store-layouts', "the distributions' own packages and manuals", entry => entry),
    part('tls-behaviour', 'real libraries, measured, and their changelogs', entry => entry),
    part('tls-profiles', 'source code of TLS libraries and programs', entry => entry),
    part('tls-measured', 'real clients, measured', entry => entry),
    part('client-names', 'names of TLS libraries and programs as people say them', entry => entry),
  ]
}
