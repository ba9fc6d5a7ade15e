/** What of a stage reaches the image that is built. */
import { expandWord } from '../dockerfile/expand.ts'
import { findStage, flagValue, imageText, type Stage, type StagedDockerfile } from '../dockerfile/stages.ts'
import { jsonForm, splitWords, takeFlags } from '../dockerfile/words.ts'
import { isUnknown } from '../model.ts'
import { givesStore, likeRoot } from './paths.ts'
import type { TracedStage } from './state.ts'

type Ships = TracedStage['ships']

const RANK: Record<Ships, number> = { none: 0, programs: 1, 'root-filesystem': 2, final: 3 }

/**
 * `final` is the stage that is built. A stage that it stands on, or gives it a store or a root filesystem, ships its
 * root filesystem; one that gives other files ships programs. What goes into a stage that only ships programs counts
 * as no more than that.
 */
export function shipping(dockerfile: StagedDockerfile, target: Stage): Map<Stage, Ships> {
  const ships = new Map<Stage, Ships>()
  const queue: [Stage, Ships][] = [[target, 'final']]
  for (let next = queue.pop(); next; next = queue.pop()) {
    const [stage, how] = next
    const known = ships.get(stage)
    if (known !== undefined && RANK[known] >= RANK[how]) continue
    ships.set(stage, how)
    const whole: Ships = how === 'programs' ? 'programs' : 'root-filesystem'
    const base = imageText(stage)
    const below = base === null ? null : findStage(dockerfile.stages, base, stage.index, false)
    if (below) queue.push([below, whole])
    for (const { from, paths, to } of sources(dockerfile, stage)) {
      const gives = paths.some(path => givesStore(path) || (to === '/' && likeRoot(path)))
      queue.push([from, gives ? whole : 'programs'])
    }
  }
  return ships
}

interface Source {
  readonly from: Stage
  /** Absolute. */
  readonly paths: readonly string[]
  readonly to: string
}

function sources(dockerfile: StagedDockerfile, stage: Stage): Source[] {
  const found: Source[] = []
  for (const outer of stage.instructions) {
    const instruction = outer.trigger ?? outer
    const { flags, rest } = takeFlags(instruction.body)
    if (instruction.keyword === 'RUN') {
      for (const flag of flags) {
        const name = flag.name === 'mount' ? /(?:^|,)from=([^,]+)/.exec(flag.value ?? '')?.[1] : undefined
        const from = name ? findStage(dockerfile.stages, name, stage.index, true) : null
        if (from) found.push({ from, paths: ['/run/mounted'], to: '/run/mounted' })
      }
    }
    if (instruction.keyword !== 'COPY' && instruction.keyword !== 'ADD') continue
    const reference = flagValue(flags, 'from')
    const name =
      reference === null
        ? null
        : expandWord(reference, key => dockerfile.globals.get(key), dockerfile.escapeMark)
    const from =
      name === null || isUnknown(name) ? null : findStage(dockerfile.stages, name, stage.index, true)
    if (!from) continue
    const words =
      jsonForm(rest)?.map(word => word.text) ??
      splitWords(rest.text, dockerfile.escapeMark).map(word => word.text)
    // What only the stage's own ARG and ENV could tell is taken for a program's path.
    const clean = (word: string): string =>
      word.includes('$') ? '/?' : `/${word.replace(/^\/+/, '').replace(/\/+$/, '')}`
    found.push({ from, paths: words.slice(0, -1).map(clean), to: clean(words.at(-1) ?? '') })
  }
  return found
}
