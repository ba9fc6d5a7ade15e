/** How the rules' messages speak of numbers, days, roots and distributions: the same everywhere. */
import { formatDay } from '../clock.ts'
import type { Distribution, Instant, Root } from '../model.ts'

/** Names come from certificates and Dockerfiles: one must not push the rest of a sentence out of sight. */
const NAME_LIMIT = 80

/** `1 root`, `17 roots`. */
export function count(n: number, noun: string, plural = `${noun}s`): string {
  return `${n} ${n === 1 ? noun : plural}`
}

/** `A`, `A and B`, `A, B and C`, and past `max` `A, B, C and 4 more`. */
export function enumerate(items: readonly string[], max = 3): string {
  // A list that is cut for one item would be no shorter.
  const shown = items.length <= max + 1 ? items : items.slice(0, max)
  const rest = items.length - shown.length
  if (rest > 0) return `${shown.join(', ')} and ${rest} more`
  const last = shown.at(-1) ?? ''
  return shown.length > 1 ? `${shown.slice(0, -1).join(', ')} and ${last}` : last
}

export function shorten(text: string, max = NAME_LIMIT): string {
  const points = [...text]
  return points.length > max ? `${points.slice(0, max - 1).join('')}…` : text
}

/** `AddTrust External Root (2020-05-30)`: a root and the day on which it ends. */
export function rootAndEnd(root: Root): string {
  return `${shorten(root.name)} (${formatDay(root.notAfter)})`
}

/** `221 days`, from two years on `6 years`. */
export function span(days: number): string {
  return days >= 730 ? `${Math.floor(days / 365.25)} years` : count(days, 'day')
}

/** `2020-05-31`. */
export function day(at: Instant): string {
  return formatDay(at)
}

const names: Readonly<Record<string, string>> = {
  alpine: 'Alpine',
  almalinux: 'AlmaLinux',
  amzn: 'Amazon Linux',
  amazonlinux: 'Amazon Linux',
  arch: 'Arch Linux',
  centos: 'CentOS',
  'centos-stream': 'CentOS Stream',
  debian: 'Debian',
  fedora: 'Fedora',
  mageia: 'Mageia',
  'opensuse-leap': 'openSUSE Leap',
  opensuse: 'openSUSE',
  oracle: 'Oracle Linux',
  ol: 'Oracle Linux',
  photon: 'Photon OS',
  rhel: 'RHEL',
  'opensuse-tumbleweed': 'openSUSE Tumbleweed',
  rocky: 'Rocky Linux',
  rockylinux: 'Rocky Linux',
  sles: 'SUSE Linux Enterprise Server',
  ubuntu: 'Ubuntu',
  wolfi: 'Wolfi',
}

/** `Debian 9`, `Ubuntu 22.04`, `Arch Linux`. */
export function distributionName(distribution: Pick<Distribution, 'id' | 'version'>): string {
  const name = names[distribution.id] ?? shorten(distribution.id)
  return distribution.version === null ? name : `${name} ${shorten(distribution.version)}`
}

const numerals = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten']

/** `one`, `two`, … `ten`, `11`. */
export function numeral(n: number): string {
  return numerals[n] ?? String(n)
}
