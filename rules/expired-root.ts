import type { Client, Root, TrustStore } from '../src/model.ts'
import { clientName, failingClients } from '../src/questions/libraries.ts'
import { newestOfLine } from '../src/questions/line.ts'
import { placeOf } from '../src/questions/place.ts'
import { type Breaking, breakingOf, expiredOf, without } from '../src/questions/roots.ts'
import { newerBases } from '../src/questions/successor.ts'
import { count, enumerate, rootAndEnd, shorten } from '../src/questions/words.ts'
import { defineImageRule, type Evidence } from '../src/rule.ts'

interface Expired extends Evidence {
  readonly store: TrustStore
  readonly expired: readonly Root[]
  readonly breaking: readonly Breaking[]
  readonly failing: readonly Client[]
  /** Expired roots that the newest release of the line no longer holds. */
  readonly mended: readonly Root[]
}

export default defineImageRule<Expired>({
  id: 'expired-root',
  since: '0.1.0',
  scope: 'image',
  severity: 'warning',
  summary: 'Roots in a trust store are past their end',
  why: `
Every root in a trust store has a last day. Past it no chain that ends there is valid any more, so an expired root is
of no use to anyone, and most of them do no harm either.

Some do. An expired root that once vouched for a newer one by a *cross certificate* leads older TLS libraries astray:
they follow the old certificate that servers still send, arrive at the expired root, and refuse a server whose
certificate is in perfect order. That was the outage of 30 May 2020 (AddTrust External CA Root), and again the one of
30 September 2021 (DST Root CA X3). The message names such *breaking* roots.

The finding is an error where a breaking root is in the store and a client of the image that reads it has a TLS library
that fails on it; a warning where the newest release of the image's own line no longer holds (some of) the expired
roots; else information: nothing that this image could install would change it. The line is the distribution's: of a
store that comes another way (a JDK's own, certifi's, Node.js's) no newest release is known to mend it. Debian's Java and
Mono stores are made from the same package by its hooks, but an upgrade tells those of no root that it drops, so it may
leave them as they are: information as well.
`,
  examples: {
    bad: [
      {
        image: {
          distribution: { id: 'alpine', version: '3.8.5' },
          stores: [{ path: '/etc/ssl/cert.pem', release: 'alpine/base 3.8.5', consumers: ['busybox wget'] }],
          clients: [
            { program: 'busybox wget', library: 'LibreSSL', libraryVersion: '2.7.5', build: 'alpine' },
          ],
        },
        at: '2020-05-31',
        severity: 'error',
      },
      {
        image: {
          distribution: { id: 'alpine', version: '3.11.13' },
          stores: [
            { path: '/etc/ssl/cert.pem', release: 'alpine/base 3.11.13', consumers: ['busybox wget'] },
          ],
          clients: [
            { program: 'busybox wget', library: 'OpenSSL', libraryVersion: '1.1.1l', build: 'alpine' },
          ],
        },
        at: '2021-10-01',
        severity: 'info',
      },
    ],
    ok: [
      {
        image: {
          distribution: { id: 'alpine', version: '3.20.3' },
          stores: [{ path: '/etc/ssl/certs/ca-certificates.crt', release: 'alpine/base 3.20.3' }],
        },
        at: '2024-09-06',
      },
    ],
  },

  *check(model, { at }) {
    for (const store of model.stores) {
      const expired = expiredOf(store.roots, at)
      if (expired.length === 0) continue
      const breaking = breakingOf(store.roots, at)
      const failing = failingClients(model.clients, store, breaking)
      const newest = newestOfLine(model, store)
      const mended = newest === null ? [] : without(expired, newest)
      const severity = failing.length > 0 ? 'error' : mended.length > 0 ? 'warning' : 'info'
      const evidence: Expired = {
        location: placeOf(store),
        severity,
        store,
        expired,
        breaking,
        failing,
        mended,
        roots: expired,
      }
      const because = severity === 'error' || mended.length === 0 ? breaking.map(({ root }) => root) : mended
      yield because.length > 0 ? { ...evidence, because } : evidence
    }
  },

  message({ store, expired, breaking, failing, mended }) {
    const head = `${shorten(store.path)} holds ${count(expired.length, 'expired root')} of ${store.roots.length}`
    if (failing.length > 0) {
      const which = breaking.map(({ root }) => rootAndEnd(root))
      const crossed = [...new Set(breaking.flatMap(({ crossSigned }) => crossSigned))].map(name =>
        shorten(name),
      )
      return `${head}, and ${enumerate(which)} had cross-signed ${enumerate(crossed, 2)}: ${enumerate(failing.map(clientName))} ${failing.length === 1 ? 'builds' : 'build'} chains through ${breaking.length === 1 ? 'it' : 'them'} and ${failing.length === 1 ? 'refuses' : 'refuse'} valid servers.`
    }
    const it = expired.length === 1 ? 'it' : 'them'
    const named = enumerate(expired.map(rootAndEnd))
    const harmless =
      breaking.length > 0
        ? `, among them ${enumerate(breaking.map(({ root }) => rootAndEnd(root)))}`
        : `: ${named}`
    return mended.length > 0
      ? `${head}${harmless}; the newest release of its line no longer holds ${mended.length === expired.length ? it : `${mended.length} of them`}.`
      : `${head}${harmless}; no client here is known to fail on ${it}, and no newer release of its line takes ${it} out.`
  },

  remedy({ store, expired, breaking, mended }, model, { at }) {
    const roots = breaking.length > 0 ? breaking.map(({ root }) => root) : expired
    return [
      ...newerBases(model, at),
      ...(mended.length > 0 ? [{ kind: 'upgrade-store' } as const] : []),
      { kind: 'remove-roots', store: store.path, roots },
    ]
  },
})
