import { JobError } from './errors.ts'
import { readTree } from './image/read-image.ts'
import { type OpenOptions, openImages } from './image/source.ts'
import type { RuleSettings } from './judge/check.ts'
import { unjudged } from './judge/unknowns.ts'
import { judge } from './judge.ts'
import { endOfLife } from './knowledge/lifecycles.ts'
import { matchRelease } from './knowledge/releases.ts'
import { rootByFingerprint, rootByIndex } from './knowledge/roots.ts'
import type { Instant } from './model.ts'
import type { Policy } from './policy/index.ts'
import type { TargetResult } from './result.ts'
import { buildImageModel, type TrustNaming } from './trust/model.ts'
import { trustReader } from './trust/reader.ts'

export interface ScanSettings {
  readonly at: Instant
  readonly expiringWithin: number
  readonly rules?: RuleSettings
  readonly policy?: Policy
  readonly open: Omit<OpenOptions, 'reader'>
  /** Called now and then while bytes are read: what is being read, and how many bytes so far. */
  readonly onProgress?: (state: {
    readonly target: string
    readonly layers: number
    readonly bytes: number
  }) => void
}

/**
 * Reads and judges what one name stands for: one image, or several with `allPlatforms`. What a user can mend is
 * in `error` of a result, never thrown; an abort is thrown.
 */
export async function* scanTarget(target: string, settings: ScanSettings): AsyncGenerator<TargetResult> {
  try {
    const images = await openImages(target, { ...settings.open, reader: trustReader })
    for (const image of images) {
      try {
        const { signal, layers } = settings.open
        const tree = await readTree(image, trustReader, {
          ...(signal ? { signal } : {}),
          ...(layers ? { layers } : {}),
          onProgress: bytes => settings.onProgress?.({ target, layers: image.layers.length, bytes }),
        })
        const read = buildImageModel(image, tree, naming)
        const { at, expiringWithin, rules, policy } = settings
        const context = { at, ...(policy ? { policy } : {}) }
        const findings = await judge(read, { ...context, expiringWithin, ...(rules ? { rules } : {}) })
        // After the judging: to a rule an unknown is a reason to be silent, and these are about silence itself.
        const model = { ...read, unknowns: [...read.unknowns, ...unjudged(read, context)] }
        yield { target, kind: model.kind, model, findings, error: null }
      } catch (error) {
        yield failed(target, error)
      } finally {
        await image.close()
      }
    }
  } catch (error) {
    yield failed(target, error)
  }
}

function failed(target: string, error: unknown): TargetResult {
  if (error instanceof JobError && error.code !== 'aborted')
    return { target, kind: 'image', model: null, findings: [], error }
  throw error
}

/** What trust/ needs of knowledge, handed in so that it need not import it. */
export const naming: TrustNaming = {
  rootName: sha256 => rootByFingerprint(sha256)?.name ?? null,
  endOfLife: (id, version) => (version === null ? null : endOfLife(id, version)),
  match(fingerprints, hints) {
    const { release, match, missing } = matchRelease(fingerprints, hints)
    if (match !== 'nearest' || release === null) return { release: release?.id ?? null, match }
    const own = new Set(release.roots?.map(index => rootByIndex(index).sha256))
    return {
      release: release.id,
      match,
      missing: missing.map(index => rootByIndex(index).sha256),
      // Its own list is of known roots alone; a stranger's matters more.
      extra: [...fingerprints].filter(sha256 => !own.has(sha256)),
    }
  },
}
