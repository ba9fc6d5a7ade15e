/** A certificate as a box of the page: its name, its part in the path, its end. */
import { formatInstant } from '../../clock.ts'
import { rootByFingerprint } from '../../knowledge/roots.ts'
import type { ReportTarget } from '../report.ts'
import { type Content, type Html, html } from './markup.ts'
import { day } from './words.ts'

/** What is told of a certificate of a server's path. */
export interface Node {
  readonly name: string
  /** Null where nobody knows it. */
  readonly notAfter: string | null
  readonly ended: boolean
  readonly role: string
  /** Does it lie in the trust store? Then a path may end here. */
  readonly stored: boolean
  readonly sha256: string
}

/** A certificate by what the server sent, else by the stores that hold it. */
export function nodeOf(sha256: string, target: ReportTarget, at: string): Node {
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
    role: sent
      ? root
        ? `${roleOf(index, target)}, and in the store`
        : roleOf(index, target)
      : 'in the store',
    stored: sent === undefined || root !== undefined,
    sha256,
  }
}

function roleOf(index: number, { sent = [] }: ReportTarget): string {
  const one = sent[index]
  if (index === 0) return 'the server’s own'
  return one?.status.includes('cross-signed')
    ? `sent as ${index + 1}, signed by ${one.issuerName}`
    : `sent as ${index + 1}`
}

/** @param element `li` in a list, `div` where the list item holds more */
export function renderNode(
  { name, notAfter, ended, role, stored, sha256 }: Node,
  state: 'sent' | 'good' | 'broken',
  element: 'li' | 'div' = 'li',
): Html {
  const kind = `${state === 'broken' ? 'broken' : ended ? 'ended' : state}${stored ? ' stored' : ''}`
  const inside: Content = html`<b>${name}</b><span>${role}</span>${
    notAfter === null ? null : html`<span>${ended ? '✕ ended' : 'ends'} ${day(notAfter)}</span>`
  }${state === 'broken' ? html`<em class="tag bad">breaks it here</em>` : null}`
  return element === 'li'
    ? html`<li class="node ${kind}" title="${sha256}">${inside}</li>`
    : html`<div class="node ${kind}" title="${sha256}">${inside}</div>`
}
