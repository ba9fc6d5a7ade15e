import type { Distribution } from '../src/model.ts'
import {
  baseName,
  baseStage,
  type LineEnd,
  lineEnd,
  noSuccessor,
  paidSupport,
  type StaleStore,
  staleStore,
  successorMends,
} from '../src/questions/base-image.ts'
import { count, distributionName, span } from '../src/questions/words.ts'
import { defineDockerfileRule, type Evidence } from '../src/rule.ts'
import type { TracedStage } from '../src/trace/state.ts'

interface Ended extends Evidence {
  readonly base: string
  readonly distribution: Distribution
  readonly end: LineEnd
  readonly stage: TracedStage
  /** Only of the stage that is built: what stale-base-image would say of it. */
  readonly stale: StaleStore | null
  readonly paid: boolean
  /** Why there is no newer base. */
  readonly stuck: string | null
}

export default defineDockerfileRule<Ended>({
  id: 'end-of-life-base-image',
  since: '0.1.0',
  scope: 'dockerfile',
  severity: 'warning',
  summary: 'The base image stands on a distribution release that gets no more updates',
  why: `
A distribution release gets updates for some years, then its public archive stops. From that day on nothing that is
installed from it gets better: neither the TLS library, with its known holes and its old way to build certificate
chains, nor the list of certificate authorities that it trusts. \`apt-get upgrade\` still succeeds; it brings nothing.
Only another base image mends it.

The day that counts is the last one on which everybody gets updates: for Debian the end of its long-term support (LTS),
for all others the end of life. Support that is paid for does not count; where the Dockerfile switches it on, the
finding is information. So it is in Debian's LTS years.

The rule looks at the stage that is built, and at every stage from which a trust store or a root filesystem is copied.
It is silent for Windows and scratch, and where the distribution under an image is not known.
`,
  examples: {
    bad: [
      {
        dockerfile: 'FROM node:14\nCMD ["node", "server.js"]\n',
        at: '2026-08-16',
        line: 1,
        severity: 'warning',
      },
      { dockerfile: 'FROM debian:12\nCMD ["bash"]\n', at: '2026-08-16', severity: 'info' },
      {
        dockerfile:
          'FROM alpine:3.11 AS certs\nRUN apk add --no-cache ca-certificates\n\nFROM scratch\n' +
          'COPY --from=certs /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/\nCOPY app /\nCMD ["/app"]\n',
        at: '2026-08-16',
        line: 1,
      },
    ],
    ok: [
      { dockerfile: 'FROM node\nCMD ["node", "server.js"]\n', at: '2026-08-16' },
      { dockerfile: 'FROM debian:trixie\nCMD ["bash"]\n', at: '2026-08-16' },
      { dockerfile: 'FROM alpine:3.11\nCMD ["sh"]\n', at: '2021-10-31' },
    ],
  },

  *check(model, { at }) {
    const seen = new Set<TracedStage>()
    for (const shipped of model.stages) {
      if (shipped.ships !== 'final' && shipped.ships !== 'root-filesystem') continue
      const stage = baseStage(model, shipped)
      const { distribution } = stage
      // A root filesystem that was copied onto scratch is the matter of the stage that it came from.
      if (stage.base.kind === 'scratch' || seen.has(stage) || distribution === null) continue
      seen.add(stage)
      const end = lineEnd(distribution, at)
      if (end === null) continue
      const paid = paidSupport(model, stage)
      const isFinal = model.final !== null && baseStage(model, model.final) === stage
      const stale = isFinal ? staleStore(model, at) : null
      yield {
        location: stage.location,
        severity: end.phase === 'lts' || paid ? 'info' : 'warning',
        base: baseName(stage),
        distribution,
        end,
        stage,
        stale,
        paid,
        stuck: noSuccessor(stage, at),
        roots: stale?.expired ?? [],
      }
    }
  },

  message({ base, distribution, end, stale, paid, stuck }) {
    const name = distributionName(distribution)
    if (end.phase === 'lts') {
      return `${base} stands on ${name}, which left its regular support on ${end.since} and gets long-term support until ${end.endOfLife}.`
    }
    const head = `${base} stands on ${name}, which gets no updates since ${end.since}`
    if (paid) return `${head}, but paid support is switched on.`
    const tail = stuck === null ? '' : `; ${stuck}`
    if (stale === null) {
      return `${head}: no fix of its TLS library and no change of its roots reaches it any more${tail}.`
    }
    const store = `its trust store is frozen since ${stale.frozen}, for ${span(stale.days)}`
    const expired =
      stale.roots === null || stale.expired.length === 0
        ? ''
        : `, and ${stale.expired.length} of its ${count(stale.roots.length, 'root')} ${stale.expired.length === 1 ? 'has' : 'have'} expired`
    return `${head}; ${store}${expired}${tail}.`
  },

  remedy({ stage }, model, { at }) {
    return successorMends(model, stage, at)
  },
})
