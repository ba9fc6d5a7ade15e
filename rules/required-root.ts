import { rootByFingerprint } from '../src/knowledge/roots.ts'
import type { Location } from '../src/model.ts'
import type { PolicyEntry } from '../src/policy/policy.ts'
import { isSystemStore } from '../src/questions/line.ts'
import { placeOf } from '../src/questions/place.ts'
import { names } from '../src/questions/policy.ts'
import { toRoot } from '../src/questions/roots.ts'
import { count, enumerate, shorten } from '../src/questions/words.ts'
import { defineImageRule, type Evidence } from '../src/rule.ts'

interface Absent extends Evidence {
  readonly stores: number
  readonly absent: readonly PolicyEntry[]
}

export default defineImageRule<Absent>({
  id: 'required-root',
  since: '0.1.0',
  scope: 'image',
  severity: 'error',
  summary: 'No trust store holds a root that the policy requires',
  why: `
A policy says which roots your images must trust, such as the authority of your own company: under \`policy: require:\` in
\`.imgtrust.yaml\`, or in a \`.paranoia.yaml\` of the current folder, by the SHA-256 or SHA-1 fingerprint of the certificate.

\`\`\`yaml
policy:
  require:
    - sha256: 96bcec06264976f37460779acf28c5a7cfe8a3c0aae11a8ffcee05c0bddf08c6
      comment: our servers have certificates of Let's Encrypt
\`\`\`

The rule fires where a required root is in none of the image's trust stores: the certificate may lie in the image, but
no program trusts it. It is silent without a policy, and where at least one store holds the root.
`,
  examples: {
    bad: [
      {
        image: {
          distribution: { id: 'alpine', version: '3.20.3' },
          stores: [{ path: '/etc/ssl/certs/ca-certificates.crt', release: 'alpine/base 3.20.3' }],
        },
        policy:
          'policy:\n  require:\n    - sha256: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n      comment: our own authority\n',
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
          'policy:\n  require:\n    - sha256: 96bcec06264976f37460779acf28c5a7cfe8a3c0aae11a8ffcee05c0bddf08c6\n',
        at: '2024-09-06',
      },
    ],
  },

  *check(model, { policy }) {
    if (policy === undefined) return
    const held = model.stores.flatMap(({ roots }) => roots)
    const absent = policy.require.filter(entry => !held.some(root => names(entry, root)))
    if (absent.length === 0) return
    const roots = absent.flatMap(({ algorithm, fingerprint }) => {
      const known = algorithm === 'sha256' ? rootByFingerprint(fingerprint) : null
      return known === null ? [] : [toRoot(known)]
    })
    const first = model.stores.find(store => isSystemStore(model, store)) ?? model.stores[0]
    const location: Location = first === undefined ? {} : placeOf(first)
    yield { location, stores: model.stores.length, absent, roots }
  },

  message({ stores, absent }) {
    const named = absent.map(({ algorithm, fingerprint, comment, file, line }) => {
      const known = algorithm === 'sha256' ? rootByFingerprint(fingerprint) : null
      const said = comment === null ? '' : `: ${shorten(comment).replace(/\s*\n\s*/g, ' ')}`
      const what = known === null ? `${algorithm} ${fingerprint}` : shorten(known.name)
      return `${what} (${shorten(file)}, line ${line}${said})`
    })
    const which = enumerate(named, 2)
    if (stores === 0) return `There is no trust store to hold ${which}, which the policy requires.`
    const where = stores === 1 ? 'The only trust store' : `None of the ${count(stores, 'trust store')}`
    return `${where} that could be read ${stores === 1 ? 'lacks' : 'holds'} ${which}, which the policy requires.`
  },
})
