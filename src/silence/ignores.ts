/** Ignores of a configuration file: by rule, target, root, until a day. */
import picomatch from 'picomatch'
import type { ConfigIgnore } from '../config/config.ts'
import type { Finding } from '../finding.ts'
import type { Instant, Root } from '../model.ts'

export interface IgnoreTarget {
  /** As reported. */
  readonly target: string
  /** An image's canonical reference. */
  readonly reference: string | null
}

/**
 * @param used every ignore that silences something is added
 * @returns the findings that no ignore silences
 */
export function applyIgnores<T extends Pick<Finding, 'rule' | 'roots'>>(
  findings: readonly T[],
  target: IgnoreTarget,
  ignores: readonly ConfigIgnore[],
  at: Instant,
  used: Set<ConfigIgnore>,
): T[] {
  const fitting = ignores.filter(
    ignore => (ignore.until === null || at < ignore.until) && fits(ignore, target),
  )
  return findings.filter(finding => {
    const concerned = fitting.filter(ignore => ignore.rule === finding.rule)
    const whole = concerned.filter(({ root }) => root === null)
    const byRoot = concerned.filter(ignore => finding.roots.some(root => names(ignore, root)))
    // A finding about several roots is silenced when each of them is.
    const covered =
      finding.roots.length > 0 && finding.roots.every(root => byRoot.some(ignore => names(ignore, root)))
    const silencing = whole.length > 0 ? whole : covered ? byRoot : []
    for (const ignore of silencing) used.add(ignore)
    return silencing.length === 0
  })
}

function fits({ target: pattern }: ConfigIgnore, { target, reference }: IgnoreTarget): boolean {
  if (pattern === null) return true
  const matches = picomatch(pattern, { dot: true })
  return [target, reference].some(name => name !== null && (name === pattern || matches(name)))
}

function names({ root }: ConfigIgnore, { sha256, name }: Root): boolean {
  return root !== null && (root === name || root.replaceAll(':', '').toLowerCase() === sha256)
}
