import type { Root, TrustStore } from '../src/model.ts'
import type { PolicyEntry } from '../src/policy/policy.ts'
import { placeOf } from '../src/questions/place.ts'
import { names } from '../src/questions/policy.ts'
import { count, enumerate, shorten } from '../src/questions/words.ts'
import { defineImageRule, type Evidence } from '../src/rule.ts'

interface Forbidden {
  readonly root: Root
  readonly entry: PolicyEntry
}

interface Found extends Evidence {
  readonly store: TrustStore
  readonly forbidden: readonly Forbidden[]
}

export default defineImageRule<Found>({
  id: 'forbidden-root',
  since: '0.1.0',
  scope: 'image',
  severity: 'error',
  summary: 'A trust store holds a root that the policy forbids',
  why: `
A policy says which roots must not be in any trust store of your images: under \`policy: forbid:\` in \`.imgtrust.yaml\`, or
in a \`.paranoia.yaml\` of the current folder, by the SHA-256 or SHA-1 fingerprint of the certificate.

\`\`\`yaml
policy:
  forbid:
    - sha256: d40e9c86cd8fe468c1776959f49ea774fa548684b6c406f3909261f4dce2575c
      comment: a name of ours was misissued
\`\`\`

The rule fires for every store that holds such a root, and is silent without a policy. Certificates that lie around and
that no program trusts are no finding.
`,
  examples: {
    bad: [
      {
        image: {
          distribution: { id: 'alpine', version: '3.20.3' },
          stores: [{ path: '/etc/ssl/certs/ca-certificates.crt', release: 'alpine/base 3.20.3' }],
        },
        policy:
          'policy:\n  forbid:\n    - sha256: 1465fa205397b876faa6f0a9958e5590e40fcc7faa4fb7c2c8677521fb5fb658\n      comment: not here\n',
        at: '2024-09-06',
        severity: 'error',
      },
    ],
    ok: [
      {
        image: {
          distribution: { id: 'alpine', version: '3.20.3' },
          stores: [{ path: '/etc/ssl/certs/ca-certificates.crt', release: 'alpine/base 3.20.3' }],
        },
        policy:
          'policy:\n  forbid:\n    - sha256: 687fa451382278fff0c8b11f8d43d576671c6eb2bceab413fb83d965d06d2ff2\n',
        at: '2024-09-06',
      },
    ],
  },

  *check(model, { policy }) {
    if (policy === undefined || policy.forbid.length === 0) return
    for (const store of model.stores) {
      const forbidden = store.roots.flatMap(root => {
        const entry = policy.forbid.find(each => names(each, root))
        return entry === undefined ? [] : [{ root, entry }]
      })
      if (forbidden.length === 0) continue
      const roots = forbidden.map(({ root }) => root)
      yield { location: placeOf(store), store, forbidden, roots, because: roots }
    }
  },

  message({ store, forbidden }) {
    const named = forbidden.map(({ root, entry }) => {
      const said = entry.comment === null ? '' : `: ${shorten(entry.comment).replace(/\s*\n\s*/g, ' ')}`
      return `${shorten(root.name)} (${shorten(entry.file)}, line ${entry.line}${said})`
    })
    return `${shorten(store.path)} holds ${count(forbidden.length, 'root')} that the policy forbids: ${enumerate(named, 2)}.`
  },

  remedy({ store, roots = [] }) {
    return [{ kind: 'remove-roots', store: store.path, roots }]
  },
})
