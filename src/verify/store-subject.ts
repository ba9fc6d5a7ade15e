/** A trust store by itself, as a file or by default, and clients that are named. */

import { formatDay } from '../clock.ts'
import { trustedByMozillaAt } from '../knowledge/roots.ts'
import type { Client, ImageModel, Instant, TrustStore, UnknownEntry } from '../model.ts'
import { toRoot } from '../questions/roots.ts'
import type { Subject, SubjectClient } from './subject.ts'

/** What no image is read for: a client by its name, and one store. */
export function storeSubject(
  store: TrustStore,
  clients: readonly SubjectClient[],
  unknowns: readonly UnknownEntry[] = [],
): Subject {
  const readers = clients.map(each => ({ ...each, client: reading(each.client, store) }))
  const model: ImageModel = {
    kind: 'image',
    source: 'file',
    reference: null,
    digest: null,
    platform: null,
    distribution: null,
    stores: [{ ...store, consumers: readers.map(({ client }) => client.program) }],
    certificates: [],
    clients: readers.map(({ client }) => client),
    packages: [],
    config: { user: null, env: {} },
    files: { exists: () => false, read: () => null, resolve: () => null },
    unknowns: [],
  }
  return {
    image: null,
    model,
    clients: readers,
    unknowns,
    renewals: [],
    mended: () => [],
    rendered: ({ summary, proven, fixable }) => ({ summary, proven, steps: {}, fixable }),
  }
}

/** The same subject, but every client reads this store alone. */
export function withStore(subject: Subject, store: TrustStore, unknowns: readonly UnknownEntry[]): Subject {
  const clients = subject.clients.map(each => ({ ...each, client: reading(each.client, store) }))
  return {
    ...storeSubject(store, clients, [...subject.unknowns, ...unknowns]),
    image: subject.image,
  }
}

function reading(client: Client, { path }: TrustStore): Client {
  return { ...client, reads: [path] }
}

/** The roots that Mozilla trusted at an instant, expired ones that it still carried among them. */
export function mozillaStore(at: Instant): TrustStore {
  return {
    path: `Mozilla's roots of ${formatDay(at)}`,
    aliases: [],
    sources: [],
    format: 'pem-bundle',
    consumers: [],
    layer: null,
    createdBy: null,
    release: null,
    match: 'unknown',
    roots: trustedByMozillaAt(at).map(toRoot),
  }
}
