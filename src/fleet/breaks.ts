/** The days from which on programs of an image fail: what the rules say of a day, asked of each day that matters. */
import { dayStart, formatDay } from '../clock.ts'
import { breakingRoots, neededRoots } from '../knowledge/roots.ts'
import type { ImageModel, Instant, Root, TrustStore } from '../model.ts'
import { failingClients } from '../questions/libraries.ts'
import { newestOfLine } from '../questions/line.ts'
import { missingFrom } from '../questions/missing.ts'
import { isPublicStore } from '../questions/public-store.ts'
import { breakingOf, isExpired } from '../questions/roots.ts'
import type { ReportBreak } from '../report/report.ts'

/** A day, and what the ignores of a configuration know it by. */
export interface Break {
  readonly rule: 'expired-root' | 'missing-root'
  readonly roots: readonly Root[]
  readonly told: ReportBreak
}

/**
 * Of what has come by `at` what holds at `at`; of what is to come, what will hold on its day. A root that is missing
 * counts as rule `missing-root` warns: where the newest release of the line holds it.
 */
export function breaksOf(model: ImageModel, at: Instant): Break[] {
  return model.stores
    .flatMap(store => [...expiries(model, store, at), ...absences(model, store, at)])
    .sort((a, b) => compare(a.told, b.told))
}

function expiries(model: ImageModel, store: TrustStore, at: Instant): Break[] {
  const known = new Set(breakingRoots().map(({ sha256 }) => sha256))
  return store.roots
    .filter(({ sha256 }) => known.has(sha256))
    .flatMap(root => {
      // A certificate is valid up to and including notAfter.
      const instant = isExpired(root, at) ? at : root.notAfter + 1000
      const breaking = breakingOf([root], instant)
      const failing = breaking.length === 0 ? [] : failingClients(model.clients, store, breaking)
      if (failing.length === 0) return []
      const programs = failing.map(({ program }) => program)
      return [breakOf('expired-root', formatDay(root.notAfter), root, store, programs)]
    })
}

function absences(model: ImageModel, store: TrustStore, at: Instant): Break[] {
  if (store.consumers.length === 0 || !isPublicStore(model, store)) return []
  const newest = new Set(newestOfLine(model, store)?.map(({ sha256 }) => sha256))
  if (newest.size === 0) return []
  return neededRoots().flatMap(({ sha256, from }) => {
    if (!newest.has(sha256)) return []
    const { needed } = missingFrom(store.roots, Math.max(at, dayStart(from)))
    const lacking = needed.find(({ root }) => root.sha256 === sha256)
    return lacking ? [breakOf('missing-root', from, lacking.root, store, store.consumers)] : []
  })
}

function breakOf(
  rule: Break['rule'],
  day: string,
  root: Root,
  { path, layer }: TrustStore,
  programs: readonly string[],
): Break {
  const why = rule === 'expired-root' ? 'root-expired' : 'root-missing'
  const { sha256, name } = root
  const told: ReportBreak = {
    day,
    why,
    root: { sha256, name },
    store: path,
    layer,
    programs: [...new Set(programs)].sort(),
  }
  return { rule, roots: [root], told }
}

function compare(a: ReportBreak, b: ReportBreak): number {
  const [left, right] = [a, b].map(({ day, root, store }) => `${day}\0${root.name}\0${root.sha256}\0${store}`)
  return left! < right! ? -1 : left! > right! ? 1 : 0
}
