/** Whose clients are asked, and with which stores: an image, what a Dockerfile will give, or a client by its name. */
import type { KnownProfile } from '../knowledge/tls-profiles.ts'
import type { Client, ImageModel, UnknownEntry } from '../model.ts'
import type { Candidate } from '../remedy/candidate.ts'
import type { Mend, Remedy } from '../remedy/plan.ts'
import type { ReportAlternative, ReportImage } from '../report/report.ts'

/** A client that is asked. */
export interface SubjectClient {
  readonly client: Client
  /** How it builds chains, where it was named; else its profile is looked up. */
  readonly known?: KnownProfile
  /** It was not seen but foretold: then its verdict is never more than near. */
  readonly foretold?: true
  /** Why nothing can be said of it; absent: something can. */
  readonly unknown?: string
}

/** What is judged, and what can be done to it. */
export interface Subject {
  /** As the report names it; null: no image, a client alone. */
  readonly image: ReportImage | null
  /** Stores, and clients with what they read; for a Dockerfile as its final stage will be. */
  readonly model: ImageModel
  readonly clients: readonly SubjectClient[]
  readonly unknowns: readonly UnknownEntry[]
  /** What would bring a newer store or library, in order of preference; empty where nothing is known. */
  readonly renewals: readonly Mend[]
  /** The ways of a mend, the best first, with what the subject would be afterwards. */
  mended(mend: Mend): readonly Mended[]
  /** How a remedy is written down. */
  rendered(remedy: Remedy): ReportAlternative
}

export interface Mended {
  readonly candidate: Candidate
  readonly after: Pick<Subject, 'model' | 'clients'>
}
