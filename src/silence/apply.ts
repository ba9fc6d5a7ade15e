/** Applies the ignores of a Dockerfile's comments. */
import type { Finding } from '../finding.ts'
import type { ImageModel } from '../model.ts'
import type { UnusedIgnore } from '../rule.ts'
import type { DockerfileModel } from '../trace/state.ts'
import { readComments } from './comments.ts'

export interface Silenced<T> {
  readonly kept: readonly T[]
  readonly unused: readonly UnusedIgnore[]
}

/** What no comment silences, and the ignores that silenced nothing. An image has no comments. */
export function silence<T extends { readonly finding: Finding }>(
  drafts: readonly T[],
  model: DockerfileModel | ImageModel,
): Silenced<T> {
  if (model.kind !== 'dockerfile' || !model.text.includes('imgtrust')) return { kept: drafts, unused: [] }
  const instructions = model.stages.flatMap(stage => [
    stage.location,
    ...stage.instructions.map(({ location }) => location),
  ])
  const ignores = readComments(model.text, instructions).flatMap(({ rules, ...rest }) =>
    rules.map(rule => ({ ...rest, rule })),
  )
  const used = new Set<(typeof ignores)[number]>()
  const kept = drafts.filter(({ finding }) => {
    const { line } = finding.location
    const matching = ignores.filter(
      ignore =>
        ignore.rule === finding.rule && line !== undefined && ignore.from <= line && line <= ignore.to,
    )
    for (const ignore of matching) used.add(ignore)
    return matching.length === 0
  })
  const unused = ignores.filter(ignore => !used.has(ignore)).map(({ line, rule }) => ({ line, rule }))
  return { kept, unused }
}
