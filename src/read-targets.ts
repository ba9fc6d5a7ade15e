/** Reads what users name, Dockerfiles and images alike, without judging it: for `roots` and `forecast`. */
import { ruleIds } from '../rules/index.ts'
import { Configs } from './config/load.ts'
import type { Expanded } from './fleet/expand.ts'
import type { TargetOptions } from './index.ts'
import type { RuleSettings } from './judge/check.ts'
import type { Instant } from './model.ts'
import type { TargetResult } from './result.ts'
import type { ScanSettings } from './scan.ts'
import { isDockerfileTarget } from './target-kind.ts'

type Settings = TargetOptions & { readonly at: Instant }

type Use<R> = (result: TargetResult) => Promise<R> | R

/**
 * What each target stands for, in the order named; a folder may hold several Dockerfiles, an archive several images, a
 * catalogue many. Images are read several at once.
 * @param use makes what is wanted of a result as soon as it is read, whichever is first: of many images no more is held.
 *   What a user can mend is in the `error` of a result
 * @throws an abort, and what `use` throws
 */
export async function* readTargets<R>(
  targets: readonly string[],
  options: Settings,
  use: Use<R>,
): AsyncGenerator<R> {
  for (const { dockerfiles, names } of runs(targets)) {
    options.signal?.throwIfAborted()
    yield* dockerfiles ? readDockerfiles(names, options, use) : readImageList(names, options, use)
  }
}

/** Targets of one kind that follow each other. */
function runs(targets: readonly string[]): { readonly dockerfiles: boolean; readonly names: string[] }[] {
  const all: { readonly dockerfiles: boolean; readonly names: string[] }[] = []
  for (const name of targets) {
    const dockerfiles = isDockerfileTarget(name)
    const last = all.at(-1)
    if (last?.dockerfiles === dockerfiles) last.names.push(name)
    else all.push({ dockerfiles, names: [name] })
  }
  return all
}

const noRules = (): RuleSettings => Object.fromEntries(ruleIds().map(id => [id, 'off']))

async function* readDockerfiles<R>(
  names: readonly string[],
  options: Settings,
  use: Use<R>,
): AsyncGenerator<R> {
  const { lintEach } = await import('./lint-all.ts')
  for await (const result of lintEach(names, { ...options, rules: noRules() })) yield await use(result)
}

async function* readImageList<R>(
  names: readonly string[],
  options: Settings,
  use: Use<R>,
): AsyncGenerator<R> {
  const { eachImage } = await import('./each-image.ts')
  const { expand } = await import('./fleet/expand.ts')
  const { failed, scanTarget } = await import('./scan.ts')
  const { scanSettings } = await import('./scan-settings.ts')
  const configs = new Configs(options.config ?? null, options.env ?? process.env)
  const settings = await scanSettings({ ...options, rules: noRules() }, configs, await configs.for('.'))
  const images = await expand(names, settings.open, () => {})
  const work = async (image: Expanded, own: ScanSettings): Promise<readonly R[]> => {
    const { name, open, error } = image
    if (error !== undefined) return [await use(failed(name, error))]
    const used: R[] = []
    for await (const result of scanTarget(name, own, open)) used.push(await use(result))
    return used
  }
  for await (const used of eachImage(images, settings, options, images.length > 1, work)) yield* used
}
