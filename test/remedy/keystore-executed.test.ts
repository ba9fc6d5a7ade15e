/** The line that takes a root out of a Java keystore is run by the real keytool, on a store that keytool made. */
import { spawnSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { scan } from '../../src/index.ts'
import { rootDer, rootsByName } from '../../src/knowledge/roots.ts'

const hasKeytool = spawnSync('keytool', ['-help']).error === undefined
const STORE = '/usr/lib/jvm/java-8/jre/lib/security/cacerts'

describe.skipIf(!hasKeytool)('a Java keystore (skipped: no keytool)', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'imgtrust-keystore-'))
    for (const path of [STORE, '/usr/bin/keytool', '/usr/lib/jvm/java-8/jre/bin/java'])
      mkdirSync(join(folder, path, '..'), { recursive: true })
    writeFileSync(join(folder, '/usr/bin/keytool'), '')
    writeFileSync(join(folder, '/usr/lib/jvm/java-8/jre/bin/java'), '')
    for (const name of ['AddTrust External Root', 'ISRG Root X1', 'USERTrust RSA Certification Authority']) {
      const pem = join(folder, 'root.pem')
      const [root] = rootsByName(name)
      writeFileSync(pem, new X509Certificate(rootDer(root!.index)).toString())
      const alias = name.toLowerCase().replaceAll(' ', '-')
      const made = spawnSync('keytool', [
        ...['-importcert', '-noprompt', '-alias', alias, '-file', pem],
        ...['-keystore', join(folder, STORE), '-storetype', 'jks', '-storepass', 'changeit'],
      ])
      expect(made.status, String(made.stdout)).toBe(0)
    }
  }, 60_000)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const scanned = async () => {
    const { targets } = await scan([`dir:${folder}`], { at: Date.parse('2020-05-31T00:00:00Z') })
    const store = targets[0]?.stores.find(({ path }) => path === STORE)
    const finding = targets[0]?.findings.find(
      ({ rule, location }) => rule === 'expired-root' && location.path === STORE,
    )
    return { names: store?.roots.map(({ name }) => name), finding }
  }

  it('loses the root by the line that is shown', async () => {
    const before = await scanned()
    expect(before.names).toEqual([
      'AddTrust External Root',
      'ISRG Root X1',
      'USERTrust RSA Certification Authority',
    ])
    const remedies = [before.finding?.remedy, ...(before.finding?.remedy?.alternatives ?? [])]
    const line = remedies.map(remedy => remedy?.steps.shell).find(shell => shell?.includes('keytool'))
    expect(line).toMatch(/-delete .*addtrust-external-root/)
    const ran = spawnSync('sh', ['-e', '-c', line!.replaceAll(STORE, join(folder, STORE))], {
      encoding: 'utf8',
    })
    expect(ran.status, ran.stdout + ran.stderr).toBe(0)
    const after = await scanned()
    expect(after.names).toEqual(['ISRG Root X1', 'USERTrust RSA Certification Authority'])
    expect(after.finding).toBeUndefined()
  }, 60_000)
})
