import {
  baseName,
  baseStage,
  lineEnd,
  noSuccessor,
  type StaleStore,
  staleStore,
  successorMends,
} from '../src/questions/base-image.ts'
import { count, enumerate, rootAndEnd, span } from '../src/questions/words.ts'
import { defineDockerfileRule, type Evidence } from '../src/rule.ts'

interface Stale extends Evidence {
  readonly base: string
  readonly stale: StaleStore
  /** Why there is no newer base. */
  readonly stuck: string | null
}

export default defineDockerfileRule<Stale>({
  id: 'stale-base-image',
  since: '0.1.0',
  scope: 'dockerfile',
  severity: 'warning',
  summary: 'The trust store comes with a base image that is no longer rebuilt',
  why: `
A base image brings a trust store along: the list of certificate authorities (*roots*) that programs in the image
believe. The list is as old as the image. When a tag is dropped it is never built again, and neither is the list in
it: roots that end stay, roots that are taken out of the public programs for cause stay, and new ones never come. One
day a server changes to a certificate that the old list can't judge, and what worked yesterday fails.

The rule fires where the store of the stage that is built came with a base whose tag, or what that tag stands on, has
been frozen for more than 180 days. It also fires earlier where the newest release of the same line already mends a
root that matters.

It is silent where the tag is still rebuilt, where a later line installs or upgrades the store, where the base holds
no store or an unknown one, and where a digest names the image. Where the distribution itself has ended,
\`end-of-life-base-image\` speaks and tells the age of the store too.
`,
  examples: {
    bad: [
      {
        dockerfile: 'FROM node:14.5.0-buster\nCMD ["node", "server.js"]\n',
        at: '2022-06-01',
        line: 1,
        severity: 'warning',
      },
    ],
    ok: [
      { dockerfile: 'FROM node:22\nCMD ["node", "server.js"]\n', at: '2026-08-16' },
      {
        dockerfile:
          'FROM node:14.5.0-buster\nRUN apt-get update && apt-get install -y ca-certificates\nCMD ["node", "server.js"]\n',
        at: '2022-06-01',
      },
    ],
  },

  *check(model, { at }) {
    if (model.final === null) return
    const stage = baseStage(model, model.final)
    const { distribution } = stage
    if (distribution !== null && lineEnd(distribution, at)?.phase === 'ended') return
    const stale = staleStore(model, at)
    if (stale === null) return
    yield {
      location: stage.location,
      base: baseName(stage),
      stale,
      stuck: noSuccessor(stage, at),
      roots: stale.expired,
    }
  },

  message({ base, stale, stuck }) {
    const { store, frozen, days, roots, expired, keeps, lacks } = stale
    const end = stuck === null ? '' : `; ${stuck}`
    const age = `The trust store ${store.path} of ${base} is frozen since ${frozen}, for ${span(days)}`
    if (lacks.length > 0) {
      return `${age}: it lacks ${enumerate(lacks.map(rootAndEnd))}, which the newest release of its line holds${end}.`
    }
    if (keeps.length > 0) {
      return `${age}: it keeps ${enumerate(keeps.map(rootAndEnd))}, which the newest release of its line has taken out${end}.`
    }
    const ended =
      roots === null || expired.length === 0
        ? ''
        : `${expired.length} of its ${count(roots.length, 'root')} ${expired.length === 1 ? 'has' : 'have'} expired, and `
    return `${age}: ${ended}what was added to or removed from the public root programs since then is not in it${end}.`
  },

  remedy(_, model, { at }) {
    return [...successorMends(model, model.final, at), { kind: 'upgrade-store' }]
  },
})
