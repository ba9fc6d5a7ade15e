import type { Instant } from '../model.ts'
import { factsId } from './distributions.ts'
import { findTag, hasRepository, type TagGroup, tagGroups } from './image-tags.ts'
import { isLongTerm, isSupported, lifecycle, lifecyclesOf, newestSupported } from './lifecycles.ts'
import { partAsOf } from './status.ts'

export interface Successor {
  /** The tag to take instead; null where there is none, then `why` says so. */
  readonly tag: string | null
  readonly why: string
}

/** Repositories that are a distribution, with the word of the lifecycles. */
const distributions: Readonly<Record<string, string>> = {
  alpine: 'alpine',
  debian: 'debian',
  ubuntu: 'ubuntu',
  'buildpack-deps': 'debian',
  almalinux: 'alma',
  rockylinux: 'rocky',
  oraclelinux: 'oracle',
  amazonlinux: 'amazon',
  fedora: 'fedora',
}

/** Repositories whose versions are in the lifecycles; the newest of the rest is taken by its number. */
const runtimes = new Set(['node', 'python', 'golang', 'ruby', 'php', 'eclipse-temurin', 'amazoncorretto'])

/** Repositories that ended, with what their maintainers say. */
const ended: Readonly<Record<string, string>> = {
  centos: 'CentOS Linux has ended, and its repository has no supported tag',
  openjdk: 'this repository is deprecated: take an image of another vendor, for example eclipse-temurin',
  java: 'this repository is deprecated: take an image of a vendor of Java, for example eclipse-temurin',
  iojs: 'io.js went up in Node.js: take node',
}

/**
 * The newest supported tag of the same repository and variant, to be named in FROM instead of this one.
 *
 * It exists and is still rebuilt as far as is known, and is supported at `at`, or today where `at` is in the past:
 * one can only take what there is.
 * @param at the instant to judge support at; the day of the tags' own list where that is later
 */
export function successor(repo: string, tag: string, at: Instant): Successor {
  if (!hasRepository(repo)) return { tag: null, why: `${repo} is not one of Docker's official images` }
  if (Object.hasOwn(ended, repo)) return { tag: null, why: ended[repo]! }
  const then = Math.max(at, Date.parse(`${partAsOf('base-images')}T00:00:00Z`))
  const group = findTag(repo, tag)
  const found = Object.hasOwn(distributions, repo)
    ? ofDistribution(repo, tag, then)
    : ofSoftware(repo, tag, group, then)
  if (found === null) {
    return { tag: null, why: `${repo} has no tag of this variant that is still rebuilt and supported` }
  }
  return { tag: found, why: `the newest supported tag of the same variant as ${tag}` }
}

function ofDistribution(repo: string, tag: string, at: Instant): string | null {
  const id = distributionOf(repo, tag)
  const variant = /-(slim|curl|scm|minimal)$/.exec(tag)?.[0] ?? ''
  const byName = /^[a-z]/.test(tag) && repo !== 'ubuntu'
  const lines = lifecyclesOf(id)
    .filter(
      line => line.released <= dayOf(at) && isLongTerm(id, line.version) && isSupported(id, line.version, at),
    )
    .sort((a, b) => (a.released < b.released ? 1 : -1))
  for (const line of lines) {
    const codename = line.codename?.toLowerCase().split(' ')[0]
    const names = [line.version, ...(codename ? [codename] : [])]
    if (byName) names.reverse()
    const found = names.map(name => `${name}${variant}`).find(candidate => isRebuilt(repo, candidate))
    if (found !== undefined) return found
  }
  return null
}

function dayOf(at: Instant): string {
  return new Date(at).toISOString().slice(0, 10)
}

/** buildpack-deps stands on Debian and on Ubuntu. */
function distributionOf(repo: string, tag: string): string {
  if (repo !== 'buildpack-deps') return distributions[repo]!
  const name = tag.replace(/-(curl|scm)$/, '')
  return findTag(repo, tag)?.os?.id ?? (lifecycle('ubuntu', name) ? 'ubuntu' : 'debian')
}

interface TagParts {
  /** `3.8` of `3.8-slim-buster`; null: none. */
  readonly version: string | null
  /** The words behind it, without those that name a distribution release: `slim`, `alpine`. */
  readonly words: readonly string[]
  readonly prefix: string
}

function ofSoftware(repo: string, tag: string, group: TagGroup | null, at: Instant): string | null {
  const parts = partsOf(tag)
  const candidates = tagGroups(repo)
    .filter(other => other.until === null && other.baseUntil === null && isCurrent(other, at))
    .flatMap(other => other.tags.map(name => ({ name, parts: partsOf(name), group: other })))
    .filter(other => sameVariant(other.parts, parts) && plain(other.name))
    .filter(other => other.parts.version !== null && supported(repo, other.parts.version, at))
    .filter(
      other => group?.os == null || other.group.os === null || familyOf(other.group) === familyOf(group),
    )
  // Where the maintainers name a line of long-term support, that is the one to move to.
  const lts = candidates.filter(other => other.group.tags.some(name => /^lts(-|$)/.test(name)))
  const newest = (lts.length > 0 && !runtimes.has(repo) ? lts : candidates).reduce<string | null>(
    (best, { parts: { version } }) => (best === null || compareLines(version!, best) > 0 ? version : best),
    null,
  )
  if (newest === null) return null
  const line = lifecycle(repo, newest)?.version ?? newest
  const ofLine = candidates.filter(({ parts: { version } }) => version === line || version === newest)
  // The shortest name: `24-slim` before `24-trixie-slim`, `24` before `24.5.1`.
  ofLine.sort((a, b) => a.name.length - b.name.length || (a.name < b.name ? -1 : 1))
  const chosen = ofLine.find(({ parts: { version } }) => version === line) ?? ofLine[0]
  return chosen?.name ?? null
}

/** Words of a tag that name what the image stands on, or a state that one would not move to. */
const release =
  /^(?:(?:bullseye|bookworm|trixie|buster|stretch|jessie|wheezy|squeeze|forky|sid|focal|jammy|noble|bionic|xenial|trusty|resolute|plucky|oracular)|alpine\d[\d.]*|oraclelinux\d*|al\d+|ubi\d+)$/

function partsOf(tag: string): TagParts {
  const [first, ...rest] = tag.split('-') as [string, ...string[]]
  const match = /^(v?)(\d+(?:\.\d+)*(?:[a-z]\d+)?)$/.exec(first)
  const words = match ? rest : [first, ...rest]
  return {
    version: match?.[2] ?? null,
    prefix: match?.[1] ?? '',
    words: words
      .map(word => (/^alpine\d/.test(word) ? 'alpine' : word))
      .filter(word => !release.test(word) && word !== 'latest')
      .sort(),
  }
}

function sameVariant(a: TagParts, b: TagParts): boolean {
  return a.prefix === b.prefix && a.words.join(' ') === b.words.join(' ')
}

/** Names without the release of a distribution in them follow it by themselves. */
function plain(name: string): boolean {
  return !name.split('-').some(word => release.test(word))
}

function familyOf(group: TagGroup): string {
  const id = factsId(group.os?.id ?? '')
  return id === 'ubuntu' ? 'debian' : id
}

/** Its distribution release gets updates at that instant, as far as is known. */
function isCurrent(group: TagGroup, at: Instant): boolean {
  const { os } = group
  if (os === null || os.version === null) return true
  return isSupported(os.id, os.version, at) !== false
}

function supported(repo: string, version: string, at: Instant): boolean {
  if (!runtimes.has(repo)) return true
  const life = lifecycle(repo, version)
  if (!life || isSupported(repo, version, at) === false || Date.parse(`${life.released}T00:00:00Z`) > at)
    return false
  // A line that will get long-term support but is not there yet is not what one moves to.
  const newest = repo === 'node' ? newestSupported('node', at) : null
  return isLongTerm(repo, version) && (newest === null || Number(life.version) <= Number(newest.version))
}

function compareLines(a: string, b: string): number {
  const [left, right] = [a.split('.').map(Number), b.split('.').map(Number)]
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? Number.POSITIVE_INFINITY) - (right[i] ?? Number.POSITIVE_INFINITY)
    if (!Number.isNaN(difference) && difference !== 0) return difference
  }
  return 0
}

function isRebuilt(repo: string, tag: string): boolean {
  const group = findTag(repo, tag)
  return group !== null && group.until === null
}
