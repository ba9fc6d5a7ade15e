import type { JobError } from './errors.ts'
import type { Finding } from './finding.ts'
import type { ImageModel } from './model.ts'
import type { DockerfileModel } from './trace/state.ts'

/** What became of one target: its model as far as it could be read, the findings, and the error that ended it. */
export interface TargetResult {
  /** As typed. */
  readonly target: string
  /** What it was taken for, also where it could not be read. */
  readonly kind: 'dockerfile' | ImageModel['kind']
  readonly model: ImageModel | DockerfileModel | null
  readonly findings: readonly Finding[]
  readonly error: JobError | null
  /** The configuration file that counted for it; absent or null: none. */
  readonly config?: string | null
}
