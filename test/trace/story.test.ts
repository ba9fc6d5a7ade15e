/** The story of the seed with the built-in facts. */
import { describe, expect, it } from 'vitest'
import { isUnknown, type Root } from '../../src/model.ts'
import type { TracedStore } from '../../src/trace/state.ts'
import { traceDockerfile } from '../../src/trace/trace.ts'

const BUNDLE = '/etc/ssl/certs/ca-certificates.crt'
const trace = (text: string) => traceDockerfile(text, { file: 'Dockerfile' }).final!

function only(text: string): TracedStore & { roots: readonly Root[] } {
  const { stores } = trace(text).final
  if (isUnknown(stores) || stores.length !== 1) throw new Error(`not one store: ${JSON.stringify(stores)}`)
  const [store] = stores
  if (isUnknown(store!.roots)) throw new Error(store!.roots.unknown)
  return { ...store!, roots: store!.roots }
}

describe('FROM sentry:9.1.2', () => {
  const from = 'FROM sentry:9.1.2\n'
  const seed =
    'RUN sed -i "/AddTrust_External_Root.crt/d" /etc/ca-certificates.conf && update-ca-certificates -f -v\n'

  it("holds Debian's store of October 2019 with the root of the outage", () => {
    const store = only(from)
    expect(store).toMatchObject({
      path: BUNDLE,
      release: 'debian/ca-certificates 20161130+nmu1+deb9u1',
      origin: { kind: 'base', reference: 'sentry:9.1.2', frozen: '2019-10-23', line: 1 },
    })
    expect(store.roots.map(root => root.name)).toContain('AddTrust External Root')
    const { final, distribution } = trace(from)
    expect(final.tool).toBe(true)
    expect(final.conf).toContain('mozilla/AddTrust_External_Root.crt')
    expect(distribution).toMatchObject({ id: 'debian', version: '9' })
  })

  it("loses exactly that root by the seed's line", () => {
    const after = new Set(only(from + seed).roots.map(root => root.sha256))
    const lost = only(from).roots.filter(root => !after.has(root.sha256))
    expect(lost.map(root => root.name)).toEqual(['AddTrust External Root'])
    expect(after.size).toBe(only(from).roots.length - 1)
  })

  it('is mended by an install too, as far as Debian 9 goes', () => {
    const store = only(`${from}RUN apt-get update && apt-get install -y ca-certificates\n`)
    expect(store.release).toBe('debian/ca-certificates 20200601~deb9u2')
    expect(store.origin).toEqual({ kind: 'install', line: 2 })
    expect(store.roots.map(root => root.name)).not.toContain('AddTrust External Root')
  })
})

describe('the bases of the story', () => {
  const cases = [
    ['FROM alpine:3.8\n', '/etc/ssl/cert.pem', 'alpine/base 3.8.5', []],
    ['FROM alpine:3.11\n', '/etc/ssl/cert.pem', 'alpine/base 3.11.13', []],
    ['FROM alpine:3.20.3\n', BUNDLE, 'alpine/base 3.20.3', ['/etc/ssl/cert.pem']],
  ] as const
  for (const [text, path, release, aliases] of cases) {
    it(text.trim(), () => expect(only(text)).toMatchObject({ path, release, aliases }))
  }

  it('debian and scratch surely hold none', () => {
    for (const text of ['FROM debian:trixie-slim\n', 'FROM ubuntu:24.04\n', 'FROM scratch\nCOPY a /a\n']) {
      expect(trace(text).final.stores).toEqual([])
    }
  })
})
