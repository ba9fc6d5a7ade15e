/** The ways up from a server's certificate as one picture: shared steps once, a fork where programs part. */
import { clientWords } from '../refusals.ts'
import type { ReportSent, ReportTarget, ReportVerdict } from '../report.ts'
import { type Html, html } from './markup.ts'
import { type Node, nodeOf, renderNode } from './nodes.ts'

/** More make a picture that nobody reads: what is left out is told, and stands program by program below it. */
const MOST = 4

/** A step of a picture: a certificate, what is said at its end, and the steps above it. */
export interface Step {
  readonly node: Node
  readonly broken: boolean
  /** Who ends here. */
  readonly ends: readonly { readonly accepted: boolean; readonly text: string }[]
  readonly above: readonly Step[]
}

/** Null where there is nothing to compare: all programs take one way, and it is good, or none is known. */
export function renderWays(target: ReportTarget, at: string): Html | null {
  const ways = waysOf(target)
  const told = ways.filter(({ chain }) => chain.length > 1)
  if (new Set(told.map(({ chain }) => chain.join())).size < 2) return null
  const kept = [...new Set(told.map(({ chain }) => chain.join()))].slice(0, MOST)
  const left = new Set(told.map(({ chain }) => chain.join())).size - kept.length
  const steps = stepsOf(
    told.filter(({ chain }) => kept.includes(chain.join())),
    0,
    sha256 => nodeOf(sha256, target, at),
  )
  return renderPicture(
    steps,
    `Read downwards: each is signed by the one under it, until one lies in the trust store.${left > 0 ? ` ${left} more stand below.` : ''}`,
  )
}

/** A picture of steps with its caption. */
export function renderPicture(steps: readonly Step[], caption: string): Html {
  return html`<figure class="ways"><div class="scroll" tabindex="0" role="region" aria-label="The ways up, scrolls sideways"><ul class="tree">${steps.map(renderStep)}</ul></div><figcaption>${caption}</figcaption></figure>`
}

function renderStep({ node, broken, ends, above }: Step): Html {
  return html`<li>${renderNode(node, broken ? 'broken' : 'good', 'div')}${ends.map(
    ({ accepted, text }) =>
      html`<p class="end ${accepted ? 'accepted' : 'refused'}">${accepted ? '✓' : '✕'} ${text}</p>`,
  )}${above.length === 0 ? null : html`<ul>${above.map(renderStep)}</ul>`}</li>`
}

interface Way {
  readonly chain: readonly string[]
  readonly brokenBy: string | null
  readonly accepted: boolean
  readonly text: string
}

/** Each program's way, and the one after its remedy: the refused ones first. */
function waysOf({ verdicts = [] }: ReportTarget): readonly Way[] {
  const now = verdicts.flatMap(({ accepted, chain, brokenBy, client, reason }) =>
    accepted === null || reason === 'unknown-issuer' || reason === 'no-store'
      ? []
      : [{ chain, brokenBy, accepted, text: clientWords(client) }],
  )
  const after = verdicts.flatMap(({ accepted, afterRemedy, client }) =>
    accepted === false && afterRemedy?.accepted && afterRemedy.chain?.length
      ? [
          {
            chain: afterRemedy.chain,
            brokenBy: null,
            accepted: true,
            text: `${clientWords(client)}, after the remedy`,
          },
        ]
      : [],
  )
  return [...now.filter(({ accepted }) => accepted), ...after, ...now.filter(({ accepted }) => !accepted)]
}

/** So many programs are named at the end of a way; the others are counted. */
const NAMED = 4

/** Ways of equal beginnings as a tree. */
function stepsOf(ways: readonly Way[], depth: number, node: (sha256: string) => Node): Step[] {
  const groups = new Map<string, Way[]>()
  for (const way of ways) {
    const sha256 = way.chain[depth]
    if (sha256 !== undefined) groups.set(sha256, [...(groups.get(sha256) ?? []), way])
  }
  return [...groups].map(([sha256, group]) => {
    const ending = group.filter(({ chain }) => chain.length === depth + 1)
    return {
      node: node(sha256),
      broken: group.some(({ accepted, brokenBy }) => !accepted && brokenBy === sha256),
      ends: [true, false].flatMap(accepted => {
        const names = [...new Set(ending.filter(one => one.accepted === accepted).map(({ text }) => text))]
        const more = names.length - NAMED
        return [
          ...names.slice(0, NAMED).map(text => ({ accepted, text })),
          ...(more > 0 ? [{ accepted, text: `and ${more} more` }] : []),
        ]
      }),
      above: stepsOf(group, depth + 1, node),
    }
  })
}

/**
 * The certificate that was cross-signed and led programs astray (the shape of 2020 and 2021), with those that followed it
 * to what has ended: itself, or what stands above it. Null where another thing is wrong.
 */
export function astrayOf({ sent = [], verdicts = [], stores }: ReportTarget): {
  readonly cross: ReportSent
  readonly refused: readonly [ReportVerdict, ...ReportVerdict[]]
} | null {
  for (const cross of sent.filter(({ sameKey }) => sameKey.length > 0)) {
    const [first, ...others] = verdicts.filter(({ accepted, reason, chain, brokenBy }) => {
      const place = chain.indexOf(cross.sha256)
      // A root at fault need not be part of the path that the program tells.
      const above = stores.some(({ roots }) => roots.some(({ sha256 }) => sha256 === brokenBy))
      const fault = brokenBy === null ? -1 : above ? chain.length : chain.indexOf(brokenBy)
      return accepted === false && reason === 'certificate-expired' && place >= 0 && fault >= place
    })
    if (first) return { cross, refused: [first, ...others] }
  }
  return null
}
