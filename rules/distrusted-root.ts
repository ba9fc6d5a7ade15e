import type { Root, TrustStore } from '../src/model.ts'
import { type Distrusted, distrustedOf, isOut } from '../src/questions/distrust.ts'
import { newestOfLine } from '../src/questions/line.ts'
import { placeOf } from '../src/questions/place.ts'
import { without } from '../src/questions/roots.ts'
import { newerBases } from '../src/questions/successor.ts'
import { count, enumerate, shorten } from '../src/questions/words.ts'
import { defineImageRule, type Evidence } from '../src/rule.ts'

interface Found extends Evidence {
  readonly store: TrustStore
  readonly distrusted: readonly Distrusted[]
  /** Those that Mozilla has taken out and that the newest release of the line no longer holds. */
  readonly mended: readonly Root[]
}

export default defineImageRule<Found>({
  id: 'distrusted-root',
  since: '0.1.0',
  scope: 'image',
  severity: 'warning',
  summary: 'A trust store holds roots that are distrusted',
  why: `
Some roots are distrusted because of what their owners did: certificates handed to the wrong people, traffic
intercepted, dates forged, ties hidden. Mozilla's data says so of a root, or sets a day: certificates that the root's
owner issued *after that day* are not trusted, those from before still are (an old root is retired in that way too). Most
TLS libraries know nothing of such days: whoever owns the root can still vouch for any server, to any program that reads
this store. The message names the published reason where there is one.

The finding is a warning where the newest release of the image's own line no longer holds (some of) these roots, and
information where nothing that the image could install takes them out. A root for which only such a day is set is
information until Mozilla takes it out or takes its trust for servers away: what it had issued before is still good.

Silent are roots that have ended (\`expired-root\` names them) and those that left without being distrusted
(\`removed-root\`).
`,
  examples: {
    bad: [
      {
        image: {
          distribution: { id: 'debian', version: '11' },
          stores: [
            { path: '/etc/ssl/certs/ca-certificates.crt', release: 'debian/ca-certificates 20210119' },
          ],
        },
        at: '2024-01-01',
        severity: 'warning',
      },
      {
        image: {
          distribution: { id: 'alpine', version: '3.11.13' },
          stores: [{ path: '/etc/ssl/cert.pem', release: 'alpine/base 3.11.13' }],
        },
        at: '2020-09-01',
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
      const distrusted = distrustedOf(store.roots, at)
      if (distrusted.length === 0) continue
      const out = distrusted.filter(isOut).map(({ root }) => root)
      const newest = newestOfLine(model, store)
      const mended = newest === null ? [] : without(out, newest)
      const severity = mended.length > 0 ? 'warning' : 'info'
      const roots = distrusted.map(({ root }) => root)
      const evidence: Found = { location: placeOf(store), severity, store, distrusted, mended, roots }
      yield mended.length > 0 ? { ...evidence, because: mended } : evidence
    }
  },

  message({ store, distrusted, mended }) {
    const gone = new Set(mended.map(({ sha256 }) => sha256))
    // What can be mended comes first, then what something is known of.
    const rank = (one: Distrusted) =>
      4 * Number(gone.has(one.root.sha256)) + 2 * Number(one.incident !== null) + Number(isOut(one))
    const inOrder = [...distrusted].sort((a, b) => rank(b) - rank(a))
    const named = enumerate(inOrder.map(said), 1)
    const head = `${shorten(store.path)} holds ${count(distrusted.length, 'distrusted root')}: ${named}`
    if (mended.length === 0)
      return `${head}; no newer release of its line takes ${distrusted.length === 1 ? 'it' : 'them'} out.`
    const which =
      mended.length === distrusted.length ? (mended.length === 1 ? 'it' : 'them') : `${mended.length} of them`
    return `${head}; the newest release of its line no longer holds ${which}.`
  },

  remedy({ store, mended, distrusted }, model, { at }) {
    const out = distrusted.filter(isOut).map(({ root }) => root)
    return [
      ...newerBases(model, at),
      ...(mended.length > 0 ? [{ kind: 'upgrade-store' } as const] : []),
      ...(out.length > 0 ? [{ kind: 'remove-roots', store: store.path, roots: out } as const] : []),
    ]
  },
})

/** `TrustCor RootCert CA-1 (TrustCor: ties of its owners to makers of spyware; out since 2022-12-13)`. */
function said({ root, after, goneOn, incident }: Distrusted): string {
  const why = [
    ...(incident === null ? [] : [`${shorten(incident.name)}: ${shorten(incident.reason)}`]),
    ...(goneOn !== null ? [`out since ${goneOn}`] : []),
    ...(after !== null ? [`nothing issued after ${after}`] : []),
    ...(incident === null && goneOn === null && after === null ? ["distrusted by Mozilla's data"] : []),
  ]
  return `${shorten(root.name)} (${why.join('; ')})`
}
