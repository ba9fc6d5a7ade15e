import type { PathProfile } from '../knowledge/path-profile.ts'
import { limits } from '../limits.ts'
import { judgeCollect } from './collect.ts'
import { judgeCut } from './cut.ts'
import { judgeNewest } from './newest.ts'
import { judgeOnePath } from './one-path.ts'
import { judgePkix } from './pkix.ts'
import { judgeSearch } from './search.ts'
import { judgeStep } from './step.ts'
import { CannotTell, type Judged, type PathInput, type Verdict } from './verdict.ts'

/**
 * Would a client of this profile accept the server? Pure: no clock, no network, nothing kept but signatures that were
 * checked already.
 * @param input at least one certificate must have been sent
 */
export function buildPaths(input: PathInput, profile: PathProfile): Verdict {
  if (input.sent.length === 0) return cannotTell('the server sent no certificate')
  if (input.sent.length > limits.certificatesSent)
    return cannotTell(`the server sent more than ${limits.certificatesSent} certificates`)
  try {
    return verdictOf(input, judgeBy(input, profile))
  } catch (error) {
    if (error instanceof CannotTell) return cannotTell(error.message)
    throw error
  }
}

function judgeBy(input: PathInput, profile: PathProfile): Judged {
  switch (profile.way) {
    case 'one-path':
      return judgeOnePath(input, profile)
    case 'cut':
      return judgeCut(input, profile)
    case 'pkix':
      return judgePkix(input, profile)
    case 'newest':
      return judgeNewest(input, profile)
    case 'search':
      return judgeSearch(input, profile)
    case 'collect':
      return judgeCollect(input, profile)
    case 'step':
      return judgeStep(input, profile)
  }
}

function verdictOf({ store }: PathInput, { chain, faults }: Judged): Verdict {
  const path = chain.map(({ sha256 }) => sha256)
  const [first] = faults
  if (!first) return { accepted: true, reason: null, chain: path, brokenBy: null, why: null }
  const unknown = first.reason === 'unknown-issuer' || first.reason === 'self-signed'
  const reason = unknown && store.size === 0 ? 'no-store' : first.reason
  return { accepted: false, reason, chain: path, brokenBy: first.by?.sha256 ?? null, why: null }
}

function cannotTell(why: string): Verdict {
  return { accepted: null, reason: null, chain: [], brokenBy: null, why }
}
