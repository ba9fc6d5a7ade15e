import { isUnknown } from '../src/model.ts'
import { after, isShipped, type Moment, momentsOf, standsOn } from '../src/questions/flow.ts'
import { isPlainOrLoopback } from '../src/questions/urls.ts'
import { enumerate, shorten } from '../src/questions/words.ts'
import { defineDockerfileRule, type Evidence } from '../src/rule.ts'
import type { DockerfileModel, TrustState } from '../src/trace/state.ts'

interface Removed extends Evidence {
  readonly program: string
  readonly paths: readonly string[]
  readonly needs: { readonly who: string; readonly when: 'run' | 'kept' | 'java' }
}

const at = '2026-08-16'
const add = 'FROM alpine:3.11\nRUN apk add --no-cache --virtual .build ca-certificates wget'

export default defineDockerfileRule<Removed>({
  id: 'trust-store-removed',
  since: '0.1.0',
  scope: 'dockerfile',
  severity: 'warning',
  summary: 'The trust store is removed, and something that stays in the image needs it',
  why: `
To keep an image small, many recipes install tools for the build and take them away at the end of the same RUN. Where
\`ca-certificates\` stands among those tools, the trust store goes with them. The image is built, its tests pass, and in
use the first https request of curl, git or another program that reads the system's store is refused.

The rule fires where a package manager or \`rm\` takes away a store that was there, and where a client of the store is run
on https afterwards, or such a client stays installed in the image that is built. It also fires where \`rm\` takes the
store of Alpine's Java, which lies in \`/etc/ssl/certs/java\`, and the image runs Java. It is silent where the store is put
back, in stages that are not shipped, and where nobody is seen that needs it: Node.js, for one, has roots of its own.
`,
  examples: {
    bad: [
      {
        dockerfile:
          'FROM debian:trixie-slim\nRUN apt-get update && apt-get install -y --no-install-recommends curl ca-certificates\nRUN apt-get purge -y ca-certificates\nCMD ["curl", "-fsS", "https://example.com/"]\n',
        at,
        line: 3,
        severity: 'warning',
      },
    ],
    ok: [
      {
        dockerfile: `${add} && wget -q https://example.com/a && apk del .build\nCMD ["/a"]\n`,
        at: '2021-01-01',
      },
      { dockerfile: 'FROM node:22-alpine\nRUN rm -rf /etc/ssl /var/cache/apk/*\nCMD ["node", "a.js"]\n', at },
      {
        dockerfile:
          'FROM debian:trixie-slim\nRUN apt-get update && apt-get install -y --no-install-recommends curl ca-certificates && apt-get purge -y ca-certificates && apt-get install -y ca-certificates\nCMD ["curl", "https://example.com/"]\n',
        at,
      },
    ],
  },

  *check(model) {
    for (const moment of momentsOf(model, 'store-removed')) {
      if (!isShipped(moment.stage)) continue
      const { program, paths, location } = moment.event
      const needs = need(model, moment, paths)
      if (needs !== null) yield { location, program, paths, needs }
    }
  },

  message({ program, paths, needs }) {
    const gone = `${program} takes the trust store ${enumerate(paths.map(path => shorten(path)))} away`
    switch (needs.when) {
      case 'run':
        return `${gone}, and ${shorten(needs.who)} is run on https after it: it refuses every server.`
      case 'kept':
        return `${gone}, but ${shorten(needs.who)} stays in the image: it will refuse every https server.`
      case 'java':
        return `${gone}, and the image runs Java, which reads it: it will refuse every https server.`
    }
  },

  remedy({ needs }) {
    return needs.when === 'java' ? [] : [{ kind: 'install-store' }]
  },
})

function need(model: DockerfileModel, moment: Moment, paths: readonly string[]): Removed['needs'] | null {
  const later = after(model, moment)
  const { final } = model
  const built = final !== null && standsOn(model, final, moment.stage) ? final : null
  if (paths.includes('/etc/ssl/certs/java/cacerts')) {
    const back =
      built === null || built.end.keystoreTouched || later.some(({ event }) => event.kind === 'refresh')
    return !back && built.end.start.programs.includes('java') ? { who: 'java', when: 'java' } : null
  }
  for (const { event } of later) {
    if (
      event.kind === 'tls-use' &&
      !event.loopback &&
      !isPlainOrLoopback(event.url) &&
      surelyNone(event.state)
    )
      return { who: event.program, when: 'run' }
  }
  if (built === null || !surelyNone(built.end.heir)) return null
  const kept = built.instructions
    .flatMap(({ events }) => events)
    .find(({ kind }) => kind === 'client-installed')
  return kept === undefined ? null : { who: kept.program, when: 'kept' }
}

function surelyNone({ stores, env }: TrustState): boolean {
  if (isUnknown(stores) || stores.length > 0) return false
  return !['SSL_CERT_FILE', 'SSL_CERT_DIR', 'CURL_CA_BUNDLE', 'GIT_SSL_CAINFO'].some(name => env.has(name))
}
