/**
 * The only list of rules: id → loader, alphabetical, by what they judge. A rule costs nothing until it is loaded.
 * `npm run new:rule -- <id>` adds a line; test/rules.test.ts refuses a rule that is not here.
 */
import type { DockerfileRule, ImageRule, Rule } from '../src/rule.ts'

type Loader<R extends Rule> = () => Promise<R>

const dockerfile = {
  'bundle-edited-by-hand': async () => (await import('./bundle-edited-by-hand.ts')).default,
  'end-of-life-base-image': async () => (await import('./end-of-life-base-image.ts')).default,
  'expired-context-certificate': async () => (await import('./expired-context-certificate.ts')).default,
  'expired-root-kept': async () => (await import('./expired-root-kept.ts')).default,
  'ineffective-removal': async () => (await import('./ineffective-removal.ts')).default,
  'insecure-certificate-download': async () => (await import('./insecure-certificate-download.ts')).default,
  'java-trust-store-not-updated': async () => (await import('./java-trust-store-not-updated.ts')).default,
  'language-bundle-not-updated': async () => (await import('./language-bundle-not-updated.ts')).default,
  'malformed-certificate-file': async () => (await import('./malformed-certificate-file.ts')).default,
  'missing-trust-store': async () => (await import('./missing-trust-store.ts')).default,
  'multiple-certificates-in-file': async () => (await import('./multiple-certificates-in-file.ts')).default,
  'pinned-ca-certificates': async () => (await import('./pinned-ca-certificates.ts')).default,
  'stale-base-image': async () => (await import('./stale-base-image.ts')).default,
  'stale-copied-bundle': async () => (await import('./stale-copied-bundle.ts')).default,
  'tls-verification-disabled': async () => (await import('./tls-verification-disabled.ts')).default,
  'trust-env-path-missing': async () => (await import('./trust-env-path-missing.ts')).default,
  'trust-env-replaces-store': async () => (await import('./trust-env-replaces-store.ts')).default,
  'trust-store-removed': async () => (await import('./trust-store-removed.ts')).default,
  'unused-ignore': async () => (await import('./unused-ignore.ts')).default,
  'update-as-non-root': async () => (await import('./update-as-non-root.ts')).default,
  'update-ca-certificates-missing': async () => (await import('./update-ca-certificates-missing.ts')).default,
  'wrong-anchor-folder': async () => (await import('./wrong-anchor-folder.ts')).default,
  'wrong-certificate-extension': async () => (await import('./wrong-certificate-extension.ts')).default,
} satisfies Record<string, Loader<DockerfileRule>>

const image = {
  'distrusted-root': async () => (await import('./distrusted-root.ts')).default,
  'expired-root': async () => (await import('./expired-root.ts')).default,
  'expiring-root': async () => (await import('./expiring-root.ts')).default,
  'forbidden-root': async () => (await import('./forbidden-root.ts')).default,
  'inconsistent-stores': async () => (await import('./inconsistent-stores.ts')).default,
  'missing-root': async () => (await import('./missing-root.ts')).default,
  'no-trust-store': async () => (await import('./no-trust-store.ts')).default,
  'non-ca-in-store': async () => (await import('./non-ca-in-store.ts')).default,
  'removed-root': async () => (await import('./removed-root.ts')).default,
  'required-root': async () => (await import('./required-root.ts')).default,
  'stale-ca-package': async () => (await import('./stale-ca-package.ts')).default,
  'unknown-root': async () => (await import('./unknown-root.ts')).default,
  'unparsable-certificate': async () => (await import('./unparsable-certificate.ts')).default,
  'vulnerable-path-building': async () => (await import('./vulnerable-path-building.ts')).default,
  'weak-root': async () => (await import('./weak-root.ts')).default,
  'writable-store': async () => (await import('./writable-store.ts')).default,
} satisfies Record<string, Loader<ImageRule>>

/** Ids that once were rules, with the reason why they are gone: an id is never used again. */
export const removed: Readonly<Record<string, string>> = {}

export type RuleId = keyof typeof dockerfile | keyof typeof image

/** The loaders of one scope, in the order of their ids. */
export function loadersOf(scope: Rule['scope']): Readonly<Record<string, Loader<Rule>>> {
  return scope === 'dockerfile' ? dockerfile : image
}

/** All ids, alphabetical. */
export function ruleIds(): RuleId[] {
  return [...Object.keys(dockerfile), ...Object.keys(image)].sort() as RuleId[]
}

export function isRemoved(id: string): boolean {
  return Object.hasOwn(removed, id)
}

/** Loads one rule; null where there is none of that id. */
export async function loadRule(id: string): Promise<Rule | null> {
  const loaders = { ...loadersOf('dockerfile'), ...loadersOf('image') }
  const load = Object.hasOwn(loaders, id) ? loaders[id] : undefined
  return load === undefined ? null : await load()
}

/** Loads all rules, alphabetical: for the docs, `imgtrust rules` and the tests. */
export async function loadRules(): Promise<Rule[]> {
  const all = await Promise.all(ruleIds().map(loadRule))
  return all.filter(rule => rule !== null)
}
