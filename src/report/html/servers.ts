/** What `verify` found, as a picture: what a server sent, the path of each program, and what the remedy changes. */
import { formatInstant } from '../../clock.ts'
import { rootByFingerprint } from '../../knowledge/roots.ts'
import { nameIn, reasonWords } from '../refusals.ts'
import type { ReportAdvice, ReportTarget, ReportVerdict } from '../report.ts'
import { type Html, html } from './markup.ts'
import { type Dialects, renderRemedy } from './remedy.ts'
import { clientName } from './targets.ts'
import { count, day, targetId } from './words.ts'

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
  return html`<section class="server"><h3><a href="#${targetId(index)}">${target.target}</a> <span class="quiet">${verdict}</span></h3>
${sent.length === 0 ? null : html`<p class="lane">The server sends</p><ol class="chain sent">${sent.map(one => renderNode(nodeOf(one.sha256, target, at), 'sent'))}</ol>`}
${renderAdvice(target)}${groups.map(group => renderGroup(group, target, at, dialects))}
</section>`
}

/** What the server's owner could do, without touching any client. */
function renderAdvice(target: ReportTarget): Html | null {
  const { advice = [] } = target
  if (advice.length === 0) return null
  return html`<p class="lane">What the server’s owner can do</p><ul class="advice">${advice.map(
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
      return html`Stop sending ${which}${then}`
    case 'send-issuer':
      return html`Send the certificate of <b>${sent.find(({ sha256 }) => sha256 === certificates[0])?.issuerName ?? 'its issuer'}</b>, which signed ${which}; where that is the root itself, the store lacks it${then}`
    case 'renew':
      return html`Renew ${which}: it has ended${then}`
    case 'other-name':
      return html`Use a certificate that is made out to <b>${target.host ?? target.target}</b>${then}`
  }
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

interface Node {
  readonly name: string
  readonly notAfter: string | null
  readonly ended: boolean
  readonly role: string
  readonly sha256: string
}

/** A certificate by what the server sent, else by the stores that hold it. */
function nodeOf(sha256: string, target: ReportTarget, at: string): Node {
  const index = (target.sent ?? []).findIndex(one => one.sha256 === sha256)
  const sent = target.sent?.[index]
  const root = target.stores.flatMap(store => store.roots).find(one => one.sha256 === sha256)
  // After a remedy a path may end in a root that only the new store holds.
  const known = sent || root ? null : rootByFingerprint(sha256)
  const notAfter = sent?.notAfter ?? root?.notAfter ?? (known && formatInstant(known.notAfter))
  return {
    name: root?.name ?? sent?.name ?? known?.name ?? `${sha256.slice(0, 16)}…`,
    notAfter,
    ended: notAfter !== null && notAfter < at,
    role: root
      ? sent
        ? 'sent, and in the store'
        : 'in the store'
      : index === 0
        ? 'the server’s own'
        : 'sent',
    sha256,
  }
}

function renderNode(node: Node, state: 'sent' | 'good' | 'broken'): Html {
  const { name, notAfter, ended, role, sha256 } = node
  const kind = state === 'broken' ? 'broken' : ended ? 'ended' : state
  return html`<li class="node ${kind}" title="${sha256}"><b>${name}</b><span>${role}</span>${
    notAfter === null ? null : html`<span>${ended ? '✕ ended' : 'ends'} ${day(notAfter)}</span>`
  }${state === 'broken' ? html`<em class="tag bad">breaks it here</em>` : null}</li>`
}
