import { type Distribution, isUnknown } from '../src/model.ts'
import { baseName, baseStage, bringsStore, successorMends } from '../src/questions/base-image.ts'
import { failingLibraries } from '../src/questions/libraries.ts'
import { type Breaking, breakingOf, expiredOf } from '../src/questions/roots.ts'
import { count, distributionName, enumerate, numeral, rootAndEnd, shorten } from '../src/questions/words.ts'
import { defineDockerfileRule, type Evidence } from '../src/rule.ts'
import type { TracedStore } from '../src/trace/state.ts'

interface Kept extends Evidence {
  /** ` of node:14`, where the base brings it. */
  readonly whose: string
  readonly store: TracedStore
  readonly total: number
  readonly expired: number
  readonly breaking: readonly Breaking[]
  readonly distribution: Distribution | null
  /** Libraries of the distribution release that fail on such a chain: `OpenSSL 1.0.2u`. */
  readonly failing: readonly string[]
}

export default defineDockerfileRule<Kept>({
  id: 'expired-root-kept',
  since: '0.1.0',
  scope: 'dockerfile',
  severity: 'error',
  summary: 'An expired root that breaks valid certificate chains stays in the final trust store',
  why: `
On 30 May 2020 a certificate authority's root ended, and programs all over the world began to refuse servers whose
certificates were in perfect order. The servers still sent an old *cross certificate*, by which the ended root vouches
for a newer one. A TLS library that follows what the server sends before it looks into its own trust store walks to the
ended root, finds it there, and gives up, although the newer root lies beside it. With the ended root out of the store
the same library finds the right chain. On 30 September 2021 it happened again with another root.

Such roots are few, and knowledge names them with their sources. Other expired roots in a store do no harm: they are
counted in the message, and no line takes them out.

The finding is an error where the TLS libraries of the distribution under the image are of those that fail (OpenSSL
before 1.1.0, GnuTLS before 3.6.14 unless patched, LibreSSL of those years), and information where they are not. It
stands at the FROM that brings the store.
`,
  examples: {
    bad: [
      {
        dockerfile: 'FROM sentry:9.1.2\nRUN pip install sentry-plugins\nCMD ["sentry"]\n',
        at: '2020-05-31',
        line: 1,
        severity: 'error',
      },
      { dockerfile: 'FROM alpine:3.8\nCMD ["sh"]\n', at: '2020-05-31', line: 1, severity: 'error' },
    ],
    ok: [
      { dockerfile: 'FROM sentry:9.1.2\nRUN pip install sentry-plugins\nCMD ["sentry"]\n', at: '2020-05-29' },
      {
        dockerfile:
          'FROM sentry:9.1.2\nRUN sed -i "/AddTrust_External_Root.crt/d" /etc/ca-certificates.conf && update-ca-certificates -f -v\nCMD ["sentry"]\n',
        at: '2020-05-31',
      },
    ],
  },

  *check(model, { at }) {
    const stage = model.final
    if (stage === null || isUnknown(stage.final.stores)) return
    const from = baseStage(model, stage)
    for (const store of stage.final.stores) {
      if (isUnknown(store.roots)) continue
      const breaking = breakingOf(store.roots, at)
      if (breaking.length === 0) continue
      const { distribution } = stage
      const failing = distribution === null ? [] : failingLibraries(distribution, breaking)
      const place = bringsStore(model, store)
      if (place === null) continue
      const roots = expiredOf(store.roots, at)
      yield {
        location: { ...place, path: store.path },
        severity: failing.length > 0 ? 'error' : 'info',
        whose: store.origin.kind === 'base' ? ` of ${baseName(from)}` : '',
        store,
        total: store.roots.length,
        expired: roots.length,
        breaking,
        distribution,
        failing,
        roots,
        because: breaking.map(({ root }) => root),
      }
    }
  },

  message({ whose, store, total, expired, breaking, distribution, failing }) {
    const release = distribution === null ? 'this image' : distributionName(distribution)
    const which = breaking.map(({ root }) => rootAndEnd(root))
    const crossed = [...new Set(breaking.flatMap(({ crossSigned }) => crossSigned))].map(name =>
      shorten(name),
    )
    const it = breaking.length === 1 ? 'it' : 'them'
    const head = `${store.path}${whose} keeps ${count(expired, 'expired root')} of ${total}`
    const role = `${numeral(breaking.length)} of them, ${enumerate(which)}, had cross-signed ${enumerate(crossed, 2)}`
    return failing.length > 0
      ? `${head}, and ${role}: ${enumerate(failing)} of ${release} still build${failing.length === 1 ? 's' : ''} chains through ${it} and refuse${failing.length === 1 ? 's' : ''} valid servers.`
      : `${head}; ${role}, but the TLS libraries of ${release} are not known to fail on ${it}.`
  },

  remedy({ store, breaking }, model, { at }) {
    return [
      ...successorMends(model, model.final, at),
      { kind: 'remove-roots', store: store.path, roots: breaking.map(({ root }) => root) },
    ]
  },
})
