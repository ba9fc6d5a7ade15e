import { daysBetween } from '../src/clock.ts'
import type { Root, TrustStore } from '../src/model.ts'
import { placeOf } from '../src/questions/place.ts'
import { byEnd, isExpired } from '../src/questions/roots.ts'
import { count, enumerate, rootAndEnd, shorten } from '../src/questions/words.ts'
import { defineImageRule, type Evidence } from '../src/rule.ts'

interface Expiring extends Evidence {
  readonly store: TrustStore
  readonly expiring: readonly Root[]
}

export default defineImageRule<Expiring>({
  id: 'expiring-root',
  since: '0.1.0',
  scope: 'image',
  severity: 'info',
  summary: 'Roots in a trust store end soon',
  why: `
Every root in a trust store has a last day. Most owners of roots prepare for it years ahead: the successor is in the
newer stores long before, and servers have moved on. So a root that ends soon is a date to know, not a fault, and the
finding is information.

The window is 90 days, or what \`--expiring-within\` says. Roots that have ended already are \`expired-root\`'s.
`,
  examples: {
    bad: [
      {
        image: {
          distribution: { id: 'alpine', version: '3.11.13' },
          stores: [{ path: '/etc/ssl/cert.pem', release: 'alpine/base 3.11.13' }],
        },
        at: '2021-09-01',
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

  *check(model, { at, expiringWithin }) {
    for (const store of model.stores) {
      const expiring = byEnd(
        store.roots.filter(root => !isExpired(root, at) && root.notAfter <= at + expiringWithin),
      )
      if (expiring.length > 0) yield { location: placeOf(store), store, expiring, roots: expiring }
    }
  },

  message({ store, expiring }, { expiringWithin }) {
    const days = daysBetween(0, expiringWithin)
    return `${shorten(store.path)} holds ${count(expiring.length, 'root')} that ${expiring.length === 1 ? 'ends' : 'end'} within ${count(days, 'day')}: ${enumerate(expiring.map(rootAndEnd))}.`
  },
})
