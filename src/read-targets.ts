/** Reads what users name, Dockerfiles and images alike, without judging it: for `roots` and `forecast`. */
import { ruleIds } from '../rules/index.ts'
import type { TargetOptions } from './index.ts'
import type { RuleSettings } from './judge/check.ts'
import type { Instant } from './model.ts'
import type { TargetResult } from './result.ts'
import { isDockerfileTarget } from './target-kind.ts'

type Settings = TargetOptions & { readonly at: Instant }

/**
 * What each target stands for, in the order named; a folder may hold several Dockerfiles, an archive several images.
 * What a user can mend is in `error` of a result, never thrown; an abort is thrown.
 */
export async function* readTargets(
  targets: readonly string[],
  options: Settings,
): AsyncGenerator<TargetResult> {
  const rules: RuleSettings = Object.fromEntries(ruleIds().map(id => [id, 'off']))
  for (const target of targets) {
    options.signal?.throwIfAborted()
    if (isDockerfileTarget(target)) {
      const { lintEach } = await import('./lint-all.ts')
      yield* lintEach([target], { ...options, rules })
    } else {
      const { scanAll } = await import('./scan-all.ts')
      const results: TargetResult[] = []
      await scanAll([target], { ...options, rules }, { onResult: result => results.push(result) })
      yield* results
    }
  }
}
