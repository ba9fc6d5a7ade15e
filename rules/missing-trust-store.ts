import { isUnknown, type Location } from '../src/model.ts'
import { lineage } from '../src/questions/flow.ts'
import { isPlainOrLoopback, withoutSecrets } from '../src/questions/urls.ts'
import { shorten } from '../src/questions/words.ts'
import { defineDockerfileRule, type Evidence } from '../src/rule.ts'
import type { DockerfileModel, TracedStage, TrustEvent, TrustState } from '../src/trace/state.ts'

interface Missing extends Evidence {
  readonly what:
    | { readonly kind: 'used'; readonly program: string; readonly url: string | null }
    | { readonly kind: 'installed'; readonly program: string }
    | { readonly kind: 'named'; readonly keyword: string; readonly url: string }
}

export default defineDockerfileRule<Missing>({
  id: 'missing-trust-store',
  since: '0.1.0',
  scope: 'dockerfile',
  severity: 'warning',
  summary: 'A TLS client is used where no trust store is',
  why: `
A program that opens an https address compares the server's certificate with the roots in its trust store. Many small
base images hold none: \`debian\` and \`ubuntu\` until \`ca-certificates\` is installed, and \`scratch\` always. There
every server is refused, with words that blame the server ("unable to get local issuer certificate"), and people then
switch the check off.

The rule fires where curl, wget, git or another client of the system's store is *run* on an https address at a point
where surely no store is there. It is information where such a client is merely installed in the stage that is shipped,
and where an image from scratch names an https address in ENV, CMD or ENTRYPOINT.

It is silent where a line before the use brings the store, where the address is plain http or the container itself,
where verification is switched off (another rule's matter), where nobody saw the client come in, and wherever the store
is not known.
`,
  examples: {
    bad: [
      {
        dockerfile:
          'FROM debian:trixie-slim\nRUN apt-get update && apt-get install -y --no-install-recommends curl\n' +
          'RUN curl -fsSLO https://example.com/app.tar.gz\n',
        at: '2026-08-16',
        line: 3,
        severity: 'warning',
      },
      {
        dockerfile: 'FROM scratch\nCOPY app /\nENV API=https://api.example.com/\nENTRYPOINT ["/app"]\n',
        at: '2026-08-16',
        line: 3,
        severity: 'info',
      },
    ],
    ok: [
      {
        dockerfile:
          'FROM debian:trixie-slim\nRUN apt-get update && apt-get install -y --no-install-recommends ca-certificates curl\n' +
          'RUN curl -fsSLO https://example.com/app.tar.gz\n',
        at: '2026-08-16',
      },
      { dockerfile: 'FROM scratch\nCOPY app /\nENTRYPOINT ["/app"]\n', at: '2026-08-16' },
    ],
  },

  *check(model) {
    for (const stage of model.stages) {
      const used = [...uses(stage)]
      yield* used
      if (stage !== model.final || used.length > 0 || !surelyNone(stage.final)) continue
      const installed = [...installs(stage)]
      yield* installed
      if (installed.length === 0 && isFromScratch(model, stage)) yield* namedAddresses(model, stage)
    }
  },

  message({ what }) {
    switch (what.kind) {
      case 'used': {
        const target = what.url === null ? 'an address that may be https' : shorten(withoutSecrets(what.url))
        return `${shorten(what.program)} is run on ${target} where no trust store is: it refuses every server's certificate.`
      }
      case 'installed':
        return `${shorten(what.program)} is installed, but the image holds no trust store: it will refuse every https server.`
      case 'named':
        return `${what.keyword} names ${shorten(withoutSecrets(what.url))}, but the image is made from scratch and holds no trust store: a program that reads the system's store will refuse that server.`
    }
  },

  remedy({ what, location }) {
    return what.kind === 'used' && location.line !== undefined
      ? [{ kind: 'install-store', beforeLine: location.line }]
      : [{ kind: 'install-store' }]
  },
})

function* uses(stage: TracedStage): Generator<Missing> {
  // The wget of a bare BusyBox speaks TLS without checking anything: it misses no store.
  if (stage.distribution === null || stage.distribution.id === 'busybox') return
  for (const { events, location: instruction } of stage.instructions) {
    for (const event of events) {
      if (event.kind !== 'tls-use' || event.loopback || !surelyNone(event.state)) continue
      if (isPlainOrLoopback(event.url) || events.some(other => switchesOff(other, event.program))) continue
      if (!isThere(event.state, event.program)) continue
      const { program, url, location } = event
      yield {
        location: located(location, instruction),
        severity: 'warning',
        what: { kind: 'used', program, url },
      }
    }
  }
}

/** Where nobody saw the program come in, what brought it may have brought a store along; or it is not there at all. */
function isThere({ packages }: TrustState, program: string): boolean {
  return !isUnknown(packages) && (packageOf[program] ?? [program]).some(name => packages.has(name))
}

const packageOf: Readonly<Record<string, readonly string[]>> = {
  aria2c: ['aria2'],
  git: ['git', 'git-core'],
  go: ['golang', 'golang-go', 'go'],
}

function switchesOff(event: TrustEvent, program: string): boolean {
  return event.kind === 'verification-off' && event.program === program
}

function* installs(stage: TracedStage): Generator<Missing> {
  for (const { events, location: instruction } of stage.instructions) {
    const event = events.find(({ kind }) => kind === 'client-installed')
    if (event?.kind !== 'client-installed') continue
    const { location, program } = event
    yield { location: located(location, instruction), severity: 'info', what: { kind: 'installed', program } }
    // One client tells the whole of it: the image holds no store.
    return
  }
}

function* namedAddresses(model: DockerfileModel, stage: TracedStage): Generator<Missing> {
  const lines = model.text.split('\n')
  for (const { keyword, location } of lineage(model, stage).flatMap(({ instructions }) => instructions)) {
    if (keyword !== 'ENV' && keyword !== 'CMD' && keyword !== 'ENTRYPOINT') continue
    const { line } = location
    if (line === undefined) continue
    const text = lines.slice(line - 1, location.endLine ?? line).join('\n')
    const url = text.match(/\bhttps:\/\/[^\s"'\\,\]]+/g)?.find(found => !isPlainOrLoopback(found))
    if (url === undefined) continue
    yield { location, severity: 'info', what: { kind: 'named', keyword, url } }
    return
  }
}

/** Surely no store is there, and no variable points a client at one of its own. */
function surelyNone(state: TrustState): boolean {
  if (isUnknown(state.stores) || state.stores.length > 0) return false
  return !storeVariables.some(name => state.env.has(name))
}

const storeVariables = [
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'CURL_CA_BUNDLE',
  'GIT_SSL_CAINFO',
  'REQUESTS_CA_BUNDLE',
]

function isFromScratch(model: DockerfileModel, stage: TracedStage): boolean {
  if (stage.base.kind !== 'stage') return stage.base.kind === 'scratch'
  const below = model.stages[stage.base.index]
  return below !== undefined && below.index < stage.index && isFromScratch(model, below)
}

function located(location: Location, fallback: Location): Location {
  return location.line === undefined ? fallback : location
}
