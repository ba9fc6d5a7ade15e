import { JobError } from '../errors.ts'
import type { RootOptions } from '../index.ts'
import { staysOf } from '../knowledge/root-history.ts'
import { allRoots, breakingRoots, incidents, neededRoots, rootsByName } from '../knowledge/roots.ts'
import type { KnownRoot, RootEvent } from '../knowledge/types.ts'
import type { Instant } from '../model.ts'
import { DEFAULT_EXPIRING_WITHIN } from '../options.ts'
import { nearest } from '../policy/nearest.ts'
import { rootsHead } from './list.ts'
import { type ListSettings, listedRoot } from './listed.ts'
import type { RootLife, RootLifeEvent, RootLives } from './report.ts'

/**
 * The life of the root that a text means: a label, a common name, a file of Debian's, eight or more digits of the
 * fingerprint; where none is named so, every root with the text in one of its names.
 * @throws JobError `not-found`
 */
export function showRoots(query: string, options: RootOptions & { readonly at: Instant }): RootLives {
  const { at, expiringWithin = DEFAULT_EXPIRING_WITHIN } = options
  const exact = rootsByName(query)
  const found = exact.length > 0 ? exact : rootsNamedLike(query)
  if (found.length === 0)
    throw new JobError('not-found', `${notKnown(query)}; \`imgtrust roots list\` names all`)
  const roots = found
    .map(root => lifeOf(root, { at, expiringWithin }))
    .sort((a, b) =>
      a.notBefore < b.notBefore ? -1 : a.notBefore > b.notBefore ? 1 : a.sha256 < b.sha256 ? -1 : 1,
    )
  return { ...rootsHead(at), kind: 'show', query, roots }
}

function notKnown(query: string): string {
  const near = nearest(query, [...new Set(allRoots().flatMap(({ name, labels }) => [name, ...labels]))])
  return `'${query}': no root of that name or fingerprint is known${near === null ? '' : `; did you mean '${near}'?`}`
}

function rootsNamedLike(query: string): readonly KnownRoot[] {
  const wanted = query.trim().toLowerCase()
  if (wanted === '') return []
  return allRoots().filter(({ name, labels, subject, file }) =>
    [name, ...labels, subject, file].some(text => text.toLowerCase().includes(wanted)),
  )
}

function lifeOf(root: KnownRoot, settings: ListSettings): RootLife {
  const { labels, subject, serial, key, file, sha256 } = root
  const breaking = breakingRoots()
  return {
    ...listedRoot(root, settings),
    labels: [...labels],
    subject,
    serial,
    key,
    file,
    events: root.events.map(lifeEvent),
    incidents: incidents()
      .filter(incident => incident.roots.includes(root.index))
      .map(({ name, from, reason, source }) => ({ name, from, reason, source })),
    crossSigned: breaking
      .filter(each => each.sha256 === sha256)
      .flatMap(each => each.crossSigned.map(({ sha256, name }) => ({ sha256, name }))),
    crossSignedBy: breaking
      .filter(each => each.crossSigned.some(signed => signed.sha256 === sha256))
      .map(({ sha256, name }) => ({ sha256, name })),
    neededBy: neededRoots()
      .filter(each => each.sha256 === sha256)
      .map(({ services, from, source }) => ({ services, from, source })),
    stores: staysOf(root.index).map(({ store, brought, first, dropped }) => ({
      store,
      brought: { ...brought },
      first,
      dropped: dropped && { ...dropped },
    })),
  }
}

function lifeEvent({ date, change, version, trusted, after, bug }: RootEvent): RootLifeEvent {
  return {
    date,
    change,
    version,
    ...(trusted === undefined ? {} : { trusted }),
    ...(after === undefined ? {} : { after }),
    ...(bug === undefined ? {} : { bug, url: `https://bugzilla.mozilla.org/show_bug.cgi?id=${bug}` }),
  }
}
