/** Which packages are upgraded, and which stores that mends: Alpine's cert.pem has belonged to three packages. */
import { describe, expect, it } from 'vitest'
import { addDays } from '../../src/clock.ts'
import { judge } from '../../src/judge.ts'
import { releaseById } from '../../src/knowledge/releases.ts'
import { rootByIndex } from '../../src/knowledge/roots.ts'
import type { Package, TrustStore } from '../../src/model.ts'
import { toRoot } from '../../src/questions/roots.ts'
import { image, store } from '../support/hand-made.ts'

const rootsOf = (release: string) => releaseById(release)!.roots!.map(index => toRoot(rootByIndex(index)))
const apk = (name: string, version: string): Package => ({ name, version, manager: 'apk' })
const [plain, bundle] = ['/etc/ssl/cert.pem', '/etc/ssl/certs/ca-certificates.crt']

/** Steps of all remedies that upgrade packages, and the severities of what they are for. */
async function upgrades(version: string, stores: readonly TrustStore[], packages: readonly Package[]) {
  const model = image({ distribution: { id: 'alpine', version, endOfLife: '2021-11-01' }, stores, packages })
  const findings = await judge(model, { at: Date.parse('2026-01-01'), expiringWithin: addDays(0, 90) })
  return findings
    .flatMap(({ remedy, alternatives, ...finding }) =>
      [remedy, ...alternatives].map(each => ({ ...finding, remedy: each })),
    )
    .flatMap(({ rule, severity, location, remedy }) =>
      (remedy?.steps ?? []).flatMap(step =>
        step.kind === 'install-package'
          ? [{ rule, severity, path: location.path, names: step.names, proven: remedy!.proven }]
          : [],
      ),
    )
}

describe("Alpine's packages of roots", () => {
  const old = rootsOf('alpine/base 3.9.6')

  it('cert.pem of its own package is upgraded by that package', async () => {
    const owner = apk('ca-certificates-cacert', '20190108-r0')
    const found = await upgrades('3.11.3', [store(plain, old, { package: owner })], [owner])
    expect(found.length).toBeGreaterThan(0)
    for (const each of found)
      expect(each).toMatchObject({ path: plain, names: ['ca-certificates-cacert'], proven: true })
  })

  it('with the bundle beside it, both are', async () => {
    const owner = apk('ca-certificates-cacert', '20190108-r0')
    const tool = apk('ca-certificates', '20190108-r0')
    const stores = [store(plain, old, { package: owner }), store(bundle, old, { package: tool })]
    const found = await upgrades('3.11.3', stores, [owner, tool])
    expect(new Set(found.map(({ path }) => path))).toEqual(new Set([plain, bundle]))
    for (const each of found)
      expect(each).toMatchObject({ names: ['ca-certificates', 'ca-certificates-cacert'], proven: true })
  })

  it("LibreSSL's cert.pem is mended by no release of ca-certificates: nothing is offered, nothing said to mend it", async () => {
    const owner = apk('libressl2.7-libcrypto', '2.7.5-r0')
    const tool = apk('ca-certificates', '20190108-r0')
    const libressl = store(plain, rootsOf('alpine/base 3.8.5'), { package: owner })
    for (const packages of [[owner], [owner, tool]]) {
      expect(await upgrades('3.8.5', [libressl], packages)).toEqual([])
      const model = image({
        distribution: { id: 'alpine', version: '3.8.5', endOfLife: '2020-05-01' },
        stores: [libressl],
        packages,
      })
      const findings = await judge(model, { at: Date.parse('2026-01-01'), expiringWithin: 0 })
      for (const { severity, message } of findings) {
        expect(severity).toBe('info')
        expect(message).not.toMatch(/newest release of its line (?:no longer )?holds/)
      }
    }
  })

  it('from 3.12 on the bundle is of ca-certificates-bundle, and the tool of ca-certificates makes it anew', async () => {
    const owner = apk('ca-certificates-bundle', '20191127-r2')
    const found = await upgrades(
      '3.13.0',
      [store(bundle, old, { package: owner, aliases: [plain] })],
      [owner],
    )
    expect(found.length).toBeGreaterThan(0)
    for (const each of found) expect(each).toMatchObject({ names: ['ca-certificates'], proven: true })
  })
})
