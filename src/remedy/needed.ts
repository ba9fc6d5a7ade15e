/** Whether something still needs a root that is to go, or the root that takes its place. */
import { breakingRoots, rootByFingerprint } from '../knowledge/roots.ts'
import type { Instant, Root } from '../model.ts'
import { isTrusted } from '../questions/roots.ts'
import { enumerate } from '../questions/words.ts'

export interface Need {
  /** Names of trusted roots that a leaving root had cross-signed, and that the store lacks. */
  readonly lacks: readonly string[]
  /** Their fingerprints. */
  readonly lacking: ReadonlySet<string>
  /** Names of leaving roots that are in date and trusted by Mozilla. */
  readonly good: readonly string[]
}

/** @param there all roots of the store */
export function neededOf(there: readonly Root[], gone: readonly Root[], at: Instant): Need {
  const here = new Set(there.map(({ sha256 }) => sha256))
  const leaving = new Set(gone.map(({ sha256 }) => sha256))
  const lacking = breakingRoots()
    .filter(({ sha256 }) => leaving.has(sha256))
    .flatMap(({ crossSigned }) => crossSigned)
    .filter(({ sha256 }) => isTrusted(sha256, at) && (!here.has(sha256) || leaving.has(sha256)))
  const good = gone.filter(({ sha256 }) => isTrusted(sha256, at))
  return {
    lacks: [...new Set(lacking.map(({ name }) => name))],
    lacking: new Set(lacking.map(({ sha256 }) => sha256)),
    good: good.flatMap(({ sha256 }) => rootByFingerprint(sha256)?.name ?? []),
  }
}

/** What the summary of the removal of `gone` roots must add, as the end of a sentence; null where nothing is lost. */
export function warning({ lacks, good }: Need, gone: number): string | null {
  if (lacks.length > 0) {
    const [it, is] = lacks.length === 1 ? ['it', 'is'] : ['them', 'are']
    return `but ${enumerate(lacks)} ${is} not there either, and until the store holds ${it} servers that stand on ${it} are refused all the same`
  }
  if (good.length > 0) {
    const which =
      gone > good.length
        ? `${enumerate(good)} ${good.length === 1 ? 'is' : 'are'}`
        : gone === 1
          ? 'it is'
          : 'they are'
    const it = good.length === 1 ? 'it' : 'them'
    return `but ${which} still trusted and in date: servers that stand on ${it} will be refused`
  }
  return null
}
