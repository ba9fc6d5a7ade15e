/** Small words that every part of the page uses. */
import type { ReportDistribution, ReportTarget } from '../report.ts'
import { type Html, html } from './markup.ts'

export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${number.toLocaleString('en-US')} ${number === 1 ? noun : plural}`
}

/** Some names as a phrase: `a, b and c`, `a, b and 4 more`. */
export function listed(names: readonly string[], most: number): string {
  const shown = names.length > most ? [...names.slice(0, most), `${names.length - most} more`] : names
  return shown.length < 2 ? (shown[0] ?? '') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`
}

/** The day of a time. */
export function day(time: string): string {
  return time.slice(0, 10)
}

/** A point in time as a user gives it: a DATE where it is one. */
export function clock(time: string): string {
  return time.endsWith('T00:00:00Z') ? day(time) : time.replace('T', ' ').replace('Z', ' UTC')
}

export function dayMarkup(time: string): Html {
  return html`<time datetime="${time}">${day(time)}</time>`
}

export function systemName(distribution: ReportDistribution | null): string | null {
  return distribution && [distribution.id, distribution.version].filter(Boolean).join(' ')
}

/** The anchor of a target's section. */
export function targetId(index: number): string {
  return `target-${index}`
}

/** What kind of thing a target is, for a reader. */
export const KINDS: Readonly<Record<ReportTarget['kind'], string>> = {
  image: 'Image',
  dockerfile: 'Dockerfile',
  rootfs: 'Root filesystem',
  host: 'Host',
  server: 'Server',
}

/** The stores that count for a target: those of an image, or what the last stage of a Dockerfile will hold. */
export function finalStores(target: ReportTarget) {
  return target.kind === 'dockerfile' ? (target.stages.at(-1)?.stores ?? []) : target.stores
}

/** Every store of a target, stages included. */
export function allStores(target: ReportTarget) {
  return [...target.stores, ...target.stages.flatMap(stage => stage.stores)]
}

/** The gravest first. */
export const SEVERITIES = ['error', 'warning', 'info'] as const
export const SEVERITY_NAMES = { error: 'Error', warning: 'Warning', info: 'Info' } as const

export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
