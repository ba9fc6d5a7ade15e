import { parseReference } from '../image/reference.ts'
import { sources } from '../image/sources/index.ts'

/** Whom a target asks: a registry's name, or the source that it names (an engine, this machine's files). */
export function laneOf(target: string): string {
  const colon = target.indexOf(':')
  const prefix = target.slice(0, Math.max(0, colon))
  const named = Object.hasOwn(sources, prefix)
  if (named && prefix !== 'registry') return prefix
  try {
    return parseReference(named ? target.slice(colon + 1) : target).registry
  } catch {
    return 'none'
  }
}
