import { rootByFingerprint } from '../src/knowledge/roots.ts'
import type { Root, TrustStore } from '../src/model.ts'
import { placeOf } from '../src/questions/place.ts'
import { isAllowed } from '../src/questions/policy.ts'
import { count, enumerate, rootAndEnd, shorten } from '../src/questions/words.ts'
import { defineImageRule, type Evidence } from '../src/rule.ts'

interface Found extends Evidence {
  readonly store: TrustStore
  readonly leaves: readonly Root[]
}

export default defineImageRule<Found>({
  id: 'non-ca-in-store',
  since: '0.1.0',
  scope: 'image',
  severity: 'warning',
  summary: 'A trust store holds a server certificate among its roots',
  why: `
A trust store holds certification authorities: certificates that may vouch for others. A server's own certificate among
them rarely does what was meant. Some programs accept exactly that server by it (OpenSSL only with partial chains, curl
and Go do), others ignore it; and it ends within months, which nobody remembers.

What was meant is mostly the authority that issued it: put that into the store instead. If a server was pinned on
purpose, name the certificate under \`policy: allow:\` in \`.imgtrust.yaml\`.

The rule fires for a certificate in a store that by its own words is no authority (basic constraints, key usage), and
is silent where the policy allows or requires it, and for the few such certificates that public programs once carried.
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
              with: [{ name: 'intranet.example.com', notAfter: '2027-01-01', ca: false }],
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

  *check(model, { policy }) {
    for (const store of model.stores) {
      const leaves = store.roots.filter(
        root =>
          root.certificate?.ca === false &&
          rootByFingerprint(root.sha256) === null &&
          !isAllowed(policy, root),
      )
      if (leaves.length > 0) yield { location: placeOf(store), store, leaves, roots: leaves, because: leaves }
    }
  },

  message({ store, leaves }) {
    const one = leaves.length === 1
    return `${shorten(store.path)} holds ${count(leaves.length, 'certificate')} of no authority: ${enumerate(leaves.map(rootAndEnd))}; ${one ? 'it vouches' : 'they vouch'} for no other, and many programs ignore ${one ? 'it' : 'them'} there.`
  },

  remedy({ store, leaves }) {
    return [{ kind: 'remove-roots', store: store.path, roots: leaves }]
  },
})
