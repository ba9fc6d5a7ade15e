/** Lints one Dockerfile of the corpus and keeps what a snapshot tells of it. */
import type { Severity } from '../../src/finding.ts'
import { tagGroups } from '../../src/knowledge/image-tags.ts'
import { officialReference } from '../../src/knowledge/official-reference.ts'
import { lintTarget } from '../../src/lint.ts'
import { type Instant, isUnknown } from '../../src/model.ts'
import type { DockerfileModel, TracedStage } from '../../src/trace/state.ts'

export interface LintedFile {
  readonly findings: readonly {
    readonly rule: string
    readonly severity: Severity
    readonly line: number
    readonly message: string
  }[]
  readonly unknowns: readonly string[]
  readonly bases: readonly Base[]
  /** Why it is not read; null where it is. */
  readonly error: string | null
  /** It threw what is no message for users. */
  readonly crashed: boolean
  readonly milliseconds: number
}

/** What became of the image that a FROM names. */
export interface Base {
  readonly kind:
    | 'known' // an official image, and whether it holds a store is known
    | 'unknown' // an official image by a tag that is known, of which that is not known
    | 'no tag' // an official repository, a tag that the facts never saw
    | 'windows'
    | 'digest'
    | 'other' // a reference to anything else
    | 'unresolved' // a variable without a value
  readonly reference: string
  readonly why: string
}

export async function lintFile(
  file: string,
  settings: { at: Instant; expiringWithin: number },
): Promise<LintedFile> {
  const start = performance.now()
  const empty = { findings: [], unknowns: [], bases: [], crashed: false }
  try {
    const { model, findings, error } = await lintTarget({ name: file }, { ...settings, config: null })
    const milliseconds = performance.now() - start
    if (error) return { ...empty, error: error.message, milliseconds }
    const traced = model as DockerfileModel
    return {
      findings: findings.map(({ rule, severity, location, message }) => ({
        rule,
        severity,
        line: location.line ?? 0,
        message,
      })),
      unknowns: traced.unknowns.map(({ why }) => why),
      bases: traced.stages.flatMap(baseOf),
      error: null,
      crashed: false,
      milliseconds,
    }
  } catch (error) {
    const milliseconds = performance.now() - start
    const told = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return { ...empty, error: told, crashed: true, milliseconds }
  }
}

function baseOf({ base }: TracedStage): Base[] {
  if (base.kind === 'scratch' || base.kind === 'stage') return []
  const { reference } = base
  if (base.kind === 'image') {
    const { image } = base
    if (image.os === 'windows') return [{ kind: 'windows', reference, why: '' }]
    return isUnknown(image.stores)
      ? [{ kind: 'unknown', reference, why: image.stores.unknown }]
      : [{ kind: 'known', reference, why: '' }]
  }
  const { why } = base
  const official = officialReference(reference)
  if (reference === '' || why.startsWith('FROM ') || reference.includes('$'))
    return [{ kind: 'unresolved', reference, why }]
  if (!official || tagGroups(official.repo).length === 0) return [{ kind: 'other', reference, why }]
  return [{ kind: official.digest === null ? 'no tag' : 'digest', reference, why }]
}
