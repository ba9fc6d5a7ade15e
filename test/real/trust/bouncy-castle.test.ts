/** Bouncy Castle's keystores, written by its own provider through keytool. */
import { execFileSync } from 'node:child_process'
import { createHash, X509Certificate } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { allRoots, rootDer } from '../../../src/knowledge/roots.ts'
import { naming } from '../../../src/read-images.ts'
import { buildImageModel } from '../../../src/trust/model.ts'
import { pemOf } from '../../support/certificate.ts'
import { missing } from '../../support/program.ts'
import { treeOf } from '../../support/tree.ts'

const version = '1.78.1'
const url = `https://repo1.maven.org/maven2/org/bouncycastle/bcprov-jdk18on/${version}/bcprov-jdk18on-${version}.jar`
const jar = join(tmpdir(), 'imgtrust-real', `bcprov-${version}.jar`)
const tools = missing('keytool')

async function fetched(): Promise<string> {
  if (existsSync(jar)) return ''
  try {
    const answer = await fetch(url)
    const bytes = Buffer.from(await answer.arrayBuffer())
    const sum = await (await fetch(`${url}.sha1`)).text()
    if (createHash('sha1').update(bytes).digest('hex') !== sum.trim())
      return 'what came is not what is stated'
    mkdirSync(join(tmpdir(), 'imgtrust-real'), { recursive: true })
    writeFileSync(`${jar}.new`, bytes)
    renameSync(`${jar}.new`, jar)
    return ''
  } catch (error) {
    return String(error)
  }
}

describe.skipIf(tools)(`Bouncy Castle's keystores (missing: ${tools || 'none'})`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'imgtrust-bc-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const roots = allRoots().slice(-6)
  let why = ''

  const keytool = (...args: string[]) =>
    execFileSync(
      'keytool',
      [...args, '-providerclass', 'org.bouncycastle.jce.provider.BouncyCastleProvider', '-providerpath', jar],
      { stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 64 << 20 },
    ).toString()

  beforeAll(async () => {
    why = await fetched()
    if (why) return
    for (const type of ['BKS', 'UBER', 'BCFKS']) {
      const file = join(folder, type)
      for (const { index } of type === 'BKS' ? roots : roots.slice(0, 1)) {
        const pem = join(folder, `${index}.pem`)
        writeFileSync(pem, pemOf(Buffer.from(rootDer(index))))
        const store = ['-keystore', file, '-storetype', type, '-storepass', 'of its own']
        keytool('-importcert', '-noprompt', '-alias', `root-${index}`, '-file', pem, ...store)
      }
    }
  })

  const modelOf = (type: string) => {
    const tree = treeOf({ '/app/trust.bin': readFileSync(join(folder, type)) })
    const config = { user: null, env: {} }
    const image = { kind: 'image', source: 'x', reference: 'x', digest: null, platform: null } as const
    return buildImageModel({ ...image, layers: [], config }, tree, naming)
  }

  it('BKS holds what keytool lists', ctx => {
    if (why) return ctx.skip(`the provider can't be fetched: ${why}`)
    const { stores, unknowns } = modelOf('BKS')
    const listed = keytool(
      ...['-list', '-rfc', '-keystore', join(folder, 'BKS'), '-storetype', 'BKS', '-storepass', 'of its own'],
    )
      .split(/(?<=-----END CERTIFICATE-----)/)
      .filter(block => block.includes('BEGIN CERTIFICATE'))
      .map(block => new X509Certificate(block.slice(block.indexOf('-----BEGIN'))))
      .map(({ fingerprint256 }) => fingerprint256.replaceAll(':', '').toLowerCase())
    expect(listed).toHaveLength(roots.length)
    expect(stores).toMatchObject([{ path: '/app/trust.bin', format: 'bks' }])
    expect(stores[0]!.roots.map(({ sha256 }) => sha256).sort()).toEqual(listed.sort())
    expect(stores[0]!.roots.map(({ alias }) => alias).sort()).toEqual(
      roots.map(({ index }) => `root-${index}`).sort(),
    )
    expect(unknowns).toEqual([])
  })

  it.each([
    ['UBER', /BKS keystore \/app\/trust\.bin/, /UBER/],
    ['BCFKS', /BCFKS keystore \/app\/trust\.bin/, /encrypted as a whole/],
  ])('%s is told as unknown', (type, what, reason) => {
    if (why) return
    const { stores, unknowns } = modelOf(type)
    expect(stores).toEqual([])
    expect(unknowns).toMatchObject([
      { what: expect.stringMatching(what), why: expect.stringMatching(reason) },
    ])
  })
})
