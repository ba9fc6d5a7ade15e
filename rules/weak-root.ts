import { rootByFingerprint } from '../src/knowledge/roots.ts'
import type { Root, TrustStore } from '../src/model.ts'
import { placeOf } from '../src/questions/place.ts'
import { byEnd, isExpired } from '../src/questions/roots.ts'
import { count, enumerate, shorten } from '../src/questions/words.ts'
import { defineImageRule, type Evidence } from '../src/rule.ts'

interface Weak extends Evidence {
  readonly store: TrustStore
  readonly weak: readonly Root[]
}

/** Bits below which OpenSSL at its usual security level 2 refuses a key (SSL_CTX_set_security_level(3)). */
const least: Readonly<Record<string, number>> = { RSA: 2048, 'RSA-PSS': 2048, DSA: 2048 }

export default defineImageRule<Weak>({
  id: 'weak-root',
  since: '0.1.0',
  scope: 'image',
  severity: 'info',
  summary: "A root's key is shorter than current TLS programs accept",
  why: `
A root vouches for servers with its key. Keys of RSA below 2048 bits were common until about 2010; today they are within
reach of those who can pay for it, and current TLS libraries refuse chains that hang on one. An old library still
accepts them: there whoever breaks the key can pose as any server.

The finding is information: such roots left the public programs long ago, and what keeps one in a store is usually the
store's age, which other rules tell. Roots that have ended are silent, and so is the digest of a root's own signature
(MD5, SHA-1): nobody verifies a root by it.
`,
  examples: {
    bad: [
      {
        image: {
          distribution: { id: 'debian', version: '9' },
          stores: [{ path: '/opt/app/cacert.pem', release: 'certifi 14.5.14' }],
        },
        at: '2014-06-01',
        severity: 'info',
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

  *check(model, { at }) {
    for (const store of model.stores) {
      const weak = byEnd(store.roots.filter(root => !isExpired(root, at) && isShort(keyOf(root))))
      if (weak.length > 0) yield { location: placeOf(store), store, weak, roots: weak }
    }
  },

  message({ store, weak }) {
    const named = weak.map(root => `${shorten(root.name)} (${keyOf(root)})`)
    return `${shorten(store.path)} holds ${count(weak.length, 'root')} with a key that current TLS programs refuse: ${enumerate(named)}.`
  },
})

/** `RSA 1024`; null where neither bytes nor built-in facts tell it. */
function keyOf({ sha256, certificate }: Root): string | null {
  return certificate?.key ?? rootByFingerprint(sha256)?.key ?? null
}

function isShort(key: string | null): boolean {
  const [, type, bits] = /^(\S+) (\d+)$/.exec(key ?? '') ?? []
  return type !== undefined && Number(bits) < (least[type] ?? 0)
}
