/** What `verify` found, as a picture: what a server sent, the path of each program, and what the remedy changes. */
import { nameIn, reasonWords } from '../refusals.ts'
import type { ReportAdvice, ReportTarget, ReportVerdict } from '../report.ts'
import { type Html, html } from './markup.ts'
import { nodeOf, renderNode } from './nodes.ts'
import { type Dialects, renderRemedy } from './remedy.ts'
import { renderServerStory } from './story.ts'
import { clientName } from './targets.ts'
import { count, listed, targetId } from './words.ts'

export function isServer({ kind }: ReportTarget): boolean {
  return kind === 'server'
}

export function renderServer(target: ReportTarget, index: number, at: string, dialects: Dialects): Html {
  const { sent = [], verdicts = [] } = target
  const groups = groupsOf(verdicts)
  const refused = verdicts.filter(({ accepted }) => accepted === false).length
  const open = verdicts.filter(({ accepted }) => accepted === null).length
  const verdict =
    verdicts.length === 0
      ? 'no program was asked'
      : `${refused} of ${count(verdicts.length, 'program')} ${refused === 1 ? 'refuses' : 'refuse'}${open > 0 ? `, ${open} not told` : ''}`
  const named = target.host === undefined || target.host === target.target ? '' : `asked as ${target.host}, `
  return html`<section class="server"><h3><a href="#${targetId(index)}">${target.target}</a> <span class="quiet">${named}${verdict}</span></h3>
${renderServerStory(target, at)}
${groups.filter(([first]) => first?.accepted !== true).map(group => renderGroup(group, target, at, dialects))}
${renderAdvice(target)}${groups.filter(([first]) => first?.accepted === true).map(group => renderGroup(group, target, at, dialects))}
${sent.length === 0 ? null : html`<h4>What the server sends, in this order</h4><ol class="chain sent">${sent.map(one => renderNode(nodeOf(one.sha256, target, at), 'sent'))}</ol>`}
</section>`
}

/** What the server's owner could do, without touching any client. */
function renderAdvice(target: ReportTarget): Html | null {
  const { advice = [] } = target
  if (advice.length === 0) return null
  return html`<h4>What the server’s owner can do</h4><ul class="advice">${advice.map(
    one => html`<li>${adviceOf(one, target)}</li>`,
  )}</ul>`
}

function adviceOf({ kind, certificates, accepted }: ReportAdvice, target: ReportTarget): Html {
  const { sent = [], verdicts = [] } = target
  const which = html`<b>${certificates.map(sha256 => nameIn(target, sha256)).join(', ')}</b>`
  const then =
    accepted === null ? null : ` (then ${accepted} of ${count(verdicts.length, 'program')} would accept)`
  switch (kind) {
    case 'stop-sending':
      return html`Stop sending ${which}${sentAs(certificates, target)}${then}`
    case 'send-issuer':
      return html`Send the certificate of <b>${sent.find(({ sha256 }) => sha256 === certificates[0])?.issuerName ?? 'its issuer'}</b>, which signed ${which}; where that is the root itself, the store lacks it${then}`
    case 'renew':
      return html`Renew ${which}: it has ended${then}`
    case 'other-name':
      return html`Use a certificate that is made out to <b>${target.host ?? target.target}</b>${then}`
  }
}

/** One name may stand for several certificates: which of those that were sent. */
function sentAs(certificates: readonly string[], { sent = [] }: ReportTarget): string {
  const places = certificates.flatMap(sha256 => {
    const index = sent.findIndex(one => one.sha256 === sha256)
    return index < 0 ? [] : [String(index + 1)]
  })
  return places.length === 0 ? '' : `, sent as ${listed(places, 5)}`
}

/** Programs that say the same for the same reason along the same path are one picture. */
function groupsOf(verdicts: readonly ReportVerdict[]): readonly (readonly ReportVerdict[])[] {
  const groups = new Map<string, ReportVerdict[]>()
  for (const verdict of verdicts) {
    const { accepted, reason, chain, brokenBy, afterRemedy } = verdict
    const key = JSON.stringify([accepted, reason, chain, brokenBy, afterRemedy])
    groups.set(key, [...(groups.get(key) ?? []), verdict])
  }
  const rank = ([first]: readonly ReportVerdict[]) =>
    first?.accepted === false ? 0 : first?.accepted === null ? 1 : 2
  return [...groups.values()].sort((a, b) => rank(a) - rank(b) || b.length - a.length)
}

const BASES: Readonly<Record<string, string>> = {
  measured: 'measured',
  source: 'from its source',
  nearest: 'nearest version known',
}

function renderGroup(
  group: readonly ReportVerdict[],
  target: ReportTarget,
  at: string,
  dialects: Dialects,
): Html {
  const [first] = group
  if (!first) return html``
  const { accepted, reason, chain, brokenBy, afterRemedy } = first
  const kind = kindOf(accepted)
  // Where the issuer is missing, the gap is at fault, not the certificate below it.
  const fault = reason === 'unknown-issuer' ? null : brokenBy
  return html`<article class="path ${kind}"><p class="verdict">${said(accepted)}${reason === null ? null : html` ${reasonWords(reason)} <code>${reason}</code>`}</p>
<ul class="programs">${group.map(
    ({ client, store, basis }) =>
      html`<li>${clientName(client)}${store === null ? null : html` <span class="quiet">reads ${store}</span>`}${basis === null ? null : html` <span class="tag">${BASES[basis] ?? basis}</span>`}</li>`,
  )}</ul>
${chain.length === 0 ? null : html`<ol class="chain">${chain.map(sha256 => renderNode(nodeOf(sha256, target, at), sha256 === fault ? 'broken' : 'good'))}${renderGap(first, target)}</ol>`}
${fault !== null && !chain.includes(fault) ? html`<ol class="chain">${renderNode(nodeOf(fault, target, at), 'broken')}</ol>` : null}
${
  // What was tried and mends nothing is for machines to know.
  afterRemedy === null || afterRemedy.accepted === false
    ? null
    : html`<div class="after"><p class="verdict">After the remedy: ${said(afterRemedy.accepted)}</p>${afterRemedy.accepted && afterRemedy.chain?.length ? html`<ol class="chain">${afterRemedy.chain.map(sha256 => renderNode(nodeOf(sha256, target, at), 'good'))}</ol>` : null}${renderRemedy(afterRemedy.remedy, target, dialects, 'Mend')}</div>`
}</article>`
}

/** Where the way up ends: the issuer that nobody has. */
function renderGap({ reason, chain, accepted }: ReportVerdict, target: ReportTarget): Html | null {
  if (accepted !== false || (reason !== 'unknown-issuer' && reason !== 'no-store')) return null
  const top = target.sent?.find(({ sha256 }) => sha256 === chain.at(-1))
  if (!top) return null
  return html`<li class="node gap"><b>${top.issuerName}</b><span>neither sent nor in the store</span></li>`
}

function kindOf(accepted: boolean | null): string {
  return accepted === null ? 'untold' : accepted ? 'accepted' : 'refused'
}

function said(accepted: boolean | null): Html {
  const words = { untold: '? Not told', accepted: '✓ Accepted', refused: '✕ Refused' }
  const kind = kindOf(accepted) as keyof typeof words
  return html`<b class="said ${kind}">${words[kind]}</b>`
}
