/**
 * A rule is one object in one file of `rules/`: metadata, check, message and remedy. It sees a model and an
 * instant, never the clock, the disk or where the model was read from.
 */

import type { Severity } from './finding.ts'
import type { Client, Distribution, FileAccess, ImageModel, Instant, Location, Maybe, Root } from './model.ts'
import type { Policy } from './policy/policy.ts'
import type { Mend } from './remedy/plan.ts'
import type { DockerfileModel } from './trace/state.ts'

/** An ignore in a comment that silenced nothing. */
export interface UnusedIgnore {
  /** The comment's line, from 1. */
  readonly line: number
  readonly rule: string
}

export interface JudgeContext {
  /** For rules that run last: the ignores that silenced nothing. */
  readonly unusedIgnores?: readonly UnusedIgnore[]
  /** The judge's clock (`--at`). */
  readonly at: Instant
  /** Milliseconds before its end in which a root counts as expiring. */
  readonly expiringWithin: number
  /** What the user demands of stores; absent: nothing. */
  readonly policy?: Policy
}

/** What a rule yields: the place and typed evidence. The sentence is made last, by {@link Rule.message}. */
export interface Evidence {
  readonly location: Location
  /** Overrides the rule's default; follows consequence, as docs/rules/ says. */
  readonly severity?: Severity
  /** All roots that the finding is about. */
  readonly roots?: readonly Root[]
  /** Those of them that a remedy must take away; absent: the whole finding must be gone. */
  readonly because?: readonly Root[]
}

interface RuleBase<Model, E extends Evidence> {
  /** Kebab-case, the only id, also the file's name. */
  readonly id: string
  /** The version of imgtrust that brought it. */
  readonly since: string
  /** The severity of a finding that doesn't bring its own. */
  readonly severity: Severity
  /** It runs after all others and after ignores were applied, and sees what came of that in its context. */
  readonly last?: true
  /** One line. */
  readonly summary: string
  /** Markdown for someone who has never heard of a trust store: what happens, why it matters, when it stays silent. */
  readonly why: string
  check(model: Model, context: JudgeContext): Iterable<E>
  message(evidence: E, context: JudgeContext): string
  /** What should be true afterwards, the best first; choose.ts makes it fit the target and proves it. */
  remedy?(evidence: E, model: Model, context: JudgeContext): readonly Mend[]
}

export interface DockerfileExample {
  readonly dockerfile: string
  /** The judge's clock for this example. */
  readonly at: string
  /** Bad ones: how many findings of this rule (default 1), and the line of the first. */
  readonly finds?: number
  readonly line?: number
  readonly severity?: Severity
  /** Files of the build context, by path. */
  readonly context?: Readonly<Record<string, string>>
}

/** An image in a few words; `imageFromSketch` (test/support) makes the model of it. */
export interface ImageSketch {
  readonly distribution: { readonly id: Distribution['id']; readonly version: string }
  /** Stores by the release (an id of knowledge) whose roots they hold. */
  readonly stores: readonly {
    readonly path: string
    readonly release: string
    readonly consumers?: readonly string[]
    /** Roots beside those of the release. */
    readonly with?: readonly RootSketch[]
    /** Roots of the release that it lacks, by the names of Debian's files. */
    readonly without?: readonly string[]
    /** What is wrong with blocks that can't be read. */
    readonly broken?: readonly string[]
    readonly access?: readonly FileAccess[]
  }[]
  readonly clients?: readonly (Pick<Client, 'program' | 'library' | 'libraryVersion' | 'build'> &
    Pick<Partial<Client>, 'libraryPackage' | 'path'>)[]
  readonly packages?: readonly { readonly name: string; readonly version: string }[]
}

/** A root of nobody's program; a real certificate is made of it, the same for the same words. */
export interface RootSketch {
  readonly name: string
  /** `2020-01-01` where absent. */
  readonly notBefore?: string
  /** `2040-01-01` where absent. */
  readonly notAfter?: string
  /** Where absent: yes. */
  readonly ca?: boolean
  /** The layer that put it in; where absent: that of the store, 0. */
  readonly layer?: number
}

export interface ImageExample {
  readonly image: ImageSketch
  /** An `.imgtrust.yaml` beside it. */
  readonly policy?: string
  readonly at: string
  readonly finds?: number
  readonly severity?: Severity
}

export interface DockerfileRule<E extends Evidence = Evidence> extends RuleBase<DockerfileModel, E> {
  readonly scope: 'dockerfile'
  readonly examples: { readonly bad: readonly DockerfileExample[]; readonly ok: readonly DockerfileExample[] }
}

export interface ImageRule<E extends Evidence = Evidence> extends RuleBase<ImageModel, E> {
  readonly scope: 'image'
  readonly examples: { readonly bad: readonly ImageExample[]; readonly ok: readonly ImageExample[] }
}

export type Rule = DockerfileRule | ImageRule

/** Types a rule of a Dockerfile; the evidence's type is inferred from `check`. */
export function defineDockerfileRule<E extends Evidence>(rule: DockerfileRule<E>): DockerfileRule {
  return rule as unknown as DockerfileRule
}

/** Types a rule of an image; the evidence's type is inferred from `check`. */
export function defineImageRule<E extends Evidence>(rule: ImageRule<E>): ImageRule {
  return rule as unknown as ImageRule
}

export type { Maybe }
