import type { KnownProfile } from '../knowledge/tls-profiles.ts'
import { buildPaths } from './build.ts'
import type { PathInput, Verdict } from './verdict.ts'

/** What a client says, where its build may have one of two profiles: told only where both say the same. */
export function predict(
  input: PathInput,
  { profile, otherwise }: Pick<KnownProfile, 'profile' | 'otherwise'>,
): Verdict {
  const verdict = buildPaths(input, profile)
  if (!otherwise || verdict.accepted === null) return verdict
  const other = buildPaths(input, otherwise.profile)
  if (other.accepted === verdict.accepted && other.reason === verdict.reason) return verdict
  return { accepted: null, reason: null, chain: [], brokenBy: null, why: otherwise.why }
}
