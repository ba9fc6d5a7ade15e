import type { Day } from '../model.ts'
import { readJson } from './load.ts'
import type { KnowledgePart } from './types.ts'

interface Manifest {
  readonly date: Day
  readonly made: Day
  readonly parts: readonly KnowledgePart[]
  readonly inputs: readonly { readonly file: string; readonly sha256: string; readonly asOf: Day }[]
}

/**
 * The knowledge's own date: the newest day on which anything in it happened that a verdict can rest on (a root taken
 * out, a release of roots, a tag dropped, a release of a distribution). Its parts are of different age, and none is
 * newer: {@link knowledgeParts} tells each.
 */
export function knowledgeDate(): Day {
  return readJson<Manifest>('manifest.json').date
}

/** What the built-in facts hold, from where and how old. */
export function knowledgeParts(): readonly KnowledgePart[] {
  return readJson<Manifest>('manifest.json').parts.map(({ name, asOf, made, entries, source, bytes }) => ({
    name,
    asOf,
    made,
    entries,
    source,
    bytes,
  }))
}

/** The files that the built-in facts were made from. */
export function knowledgeInputs(): Manifest['inputs'] {
  return readJson<Manifest>('manifest.json').inputs
}

/** The day up to which one part is known. */
export function partAsOf(name: string): Day {
  return readJson<Manifest>('manifest.json').parts.find(part => part.name === name)?.asOf ?? knowledgeDate()
}
