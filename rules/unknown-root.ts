import type { Root, TrustStore } from '../src/model.ts'
import { placeOf } from '../src/questions/place.ts'
import { isAllowed } from '../src/questions/policy.ts'
import { strangers, wasAdded } from '../src/questions/public-store.ts'
import { count, day, shorten } from '../src/questions/words.ts'
import { defineImageRule, type Evidence } from '../src/rule.ts'

interface Found extends Evidence {
  readonly store: TrustStore
  readonly unknown: readonly Root[]
}

export default defineImageRule<Found>({
  id: 'unknown-root',
  since: '0.1.0',
  scope: 'image',
  severity: 'warning',
  summary: 'A trust store holds a root of no public program',
  why: `
Whoever owns a root in a trust store can vouch for any server to every program that reads it. The roots that come with
a distribution are known: each is, or once was, in a public program. One that is in none was put there by somebody: a
company's own authority, put there on purpose, or a stranger's, put there to listen in. The bytes can't tell which of
the two, so the finding shows the whole name, the fingerprint, how long it lasts and which layer brought it, and asks
you to say: name it under \`policy: allow:\` in \`.imgtrust.yaml\` (or in a \`.paranoia.yaml\`) if it belongs there, take it
out if it does not.

The rule fires for a root of no public program in a store whose own program is known here: a distribution's, certifi's,
Node.js', any set that is near a published one. In other stores it fires where a later layer than the store's own put
the root in. It is silent where the policy allows or requires the root. Where the store's program is not known here, or
the store may be newer than the built-in facts, nobody can tell a public root from another: then the roots are named
among what is unknown. What is no authority at all is \`non-ca-in-store\`'s.
`,
  examples: {
    bad: [
      {
        image: {
          distribution: { id: 'debian', version: '12' },
          stores: [
            {
              path: '/etc/ssl/certs/ca-certificates.crt',
              release: 'debian/ca-certificates 20230311',
              with: [{ name: 'Example Corp Root CA', notAfter: '2039-01-01', layer: 3 }],
            },
          ],
        },
        at: '2026-08-16',
        severity: 'warning',
      },
    ],
    ok: [
      {
        image: {
          distribution: { id: 'debian', version: '12' },
          stores: [
            { path: '/etc/ssl/certs/ca-certificates.crt', release: 'debian/ca-certificates 20230311' },
          ],
        },
        at: '2026-08-16',
      },
    ],
  },

  *check(model, { at, policy }) {
    for (const store of model.stores) {
      const unknown = strangers(model, store, at).found.filter(root => !isAllowed(policy, root))
      if (unknown.length > 0) yield { location: placeOf(store), store, unknown, roots: unknown }
    }
  },

  message({ store, unknown }) {
    const [first, second, ...rest] = unknown.map(root => inFull(root, store))
    const shown = second === undefined ? first : rest.length === 0 ? `${first} and ${second}` : first
    const more = rest.length === 0 ? '' : ` and ${unknown.length - 1} more`
    const they = unknown.length === 1 ? 'its owner' : 'their owners'
    return `${shorten(store.path)} holds ${count(unknown.length, 'root')} of no public program, ${shown}${more}: ${they} can vouch for any server here.`
  },
})

/** Subject, fingerprint, validity, layer. */
function inFull(root: Root, store: TrustStore): string {
  const { sha256, name, notBefore, notAfter, certificate, layer } = root
  const subject = shorten(certificate?.subject ?? name, 100)
  const brought =
    layer === undefined ? '' : `, ${wasAdded(root, store) ? 'added' : 'brought'} by layer ${layer}`
  return `${subject} (SHA-256 ${sha256}, ${day(notBefore)} to ${day(notAfter)}${brought})`
}
