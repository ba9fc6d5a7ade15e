/** Dates of roots that the report knows: their ends, and what became of them in Mozilla's program. */
import { breakingRoots, rootByFingerprint } from '../../knowledge/roots.ts'
import type { Report, ReportFinding, ReportRoot } from '../report.ts'
import { allStores, compare } from './words.ts'

/** An event of a root's life that takes trust from it. */
export interface Loss {
  readonly date: string
  readonly what: 'removed' | 'lost trust for servers' | 'distrusted' | 'distrusted for newer certificates'
  readonly bug: number | undefined
}

const LOSSES: Readonly<Record<string, Loss['what']>> = {
  removed: 'removed',
  'no-server-trust': 'lost trust for servers',
  distrusted: 'distrusted',
  'distrust-after': 'distrusted for newer certificates',
}

/** What Mozilla did to a root, oldest first; empty where the built-in facts don't know it. */
export function lossesOf(sha256: string): readonly Loss[] {
  const known = rootByFingerprint(sha256)
  return (known?.events ?? []).flatMap(({ date, change, bug }) => {
    const what = LOSSES[change]
    return what === undefined ? [] : [{ date, what, bug }]
  })
}

/** Did it cross-sign a root that is still in use? Only then does its end break anything. */
export function isBreaking(sha256: string): boolean {
  return breakingRoots().some(root => root.sha256 === sha256)
}

/** The roots whose end breaks chains: known to have cross-signed others, or shown to break by what `verify` found. */
export function breakingIn({ targets }: Report): ReadonlySet<string> {
  const shown = targets
    .flatMap(({ verdicts = [] }) => verdicts)
    .flatMap(({ reason, brokenBy }) =>
      reason === 'certificate-expired' && brokenBy !== null ? [brokenBy] : [],
    )
  return new Set([...breakingRoots().map(({ sha256 }) => sha256), ...shown])
}

/** Every root of every store, once, by its end. */
export function distinctRoots(report: Report): readonly ReportRoot[] {
  const bySha = new Map<string, ReportRoot>()
  for (const target of report.targets)
    for (const store of allStores(target)) for (const root of store.roots) bySha.set(root.sha256, root)
  return [...bySha.values()].sort((a, b) => compare(a.notAfter, b.notAfter) || compare(a.sha256, b.sha256))
}

/** When a finding began to matter, or will: each a date and what happens then; empty where no date is known. */
export function momentsOf(
  { rule, roots }: ReportFinding,
  at: string,
): readonly { readonly date: string; readonly what: string }[] {
  const breaking = roots.filter(root => root.notAfter <= at && isBreaking(root.sha256))
  if (breaking.length > 0 && /^expired-root/.test(rule))
    return breaking.map(({ name, notAfter }) => ({ date: notAfter, what: `${name} ended` }))
  const byEnd = roots.toSorted((a, b) => compare(a.notAfter, b.notAfter))
  if (/^expired-root/.test(rule))
    return byEnd
      .slice(-1)
      .map(({ name, notAfter }) => ({ date: notAfter, what: `${name} was the last to end` }))
  if (rule === 'expiring-root')
    return byEnd.slice(0, 1).map(({ name, notAfter }) => ({ date: notAfter, what: `${name} ends first` }))
  if (rule === 'removed-root' || rule === 'distrusted-root')
    return roots
      .flatMap(({ sha256, name }) =>
        lossesOf(sha256)
          .filter(({ date }) => date <= at)
          .slice(-1)
          .map(({ date, what }) => ({ date, what: `${name} ${what}` })),
      )
      .sort((a, b) => compare(b.date, a.date))
      .slice(0, 1)
  return []
}
