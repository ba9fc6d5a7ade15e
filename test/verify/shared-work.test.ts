/** What several clients of one server share is done once: structure, not time. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { rootCertificates } from 'node:tls'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { verify } from '../../src/index.ts'
import { allRoots, rootDer } from '../../src/knowledge/roots.ts'
import { isUnknown } from '../../src/model.ts'
import { readCertificate } from '../../src/trust/certificate.ts'
import { makeElf } from '../support/elf.ts'
import { outage, writeRoot } from '../support/outage.ts'

const counts = vi.hoisted(() => ({
  /** Digests of what was signed, with the key that it was held against. */
  signatures: [] as string[],
  /** Fingerprints of the certificates that were read whole. */
  read: [] as string[],
  /** How many paths were built. */
  paths: 0,
}))

vi.mock('node:crypto', async original => {
  const crypto = await original<typeof import('node:crypto')>()
  const told = (...parts: readonly Uint8Array[]) =>
    parts.map(part => crypto.createHash('sha256').update(part).digest('hex')).join(' ')
  return {
    ...crypto,
    verify: (...args: Parameters<typeof crypto.verify>) => {
      const key = args[2] as import('node:crypto').KeyObject
      counts.signatures.push(
        told(args[1] as Uint8Array, args[3] as Uint8Array, key.export({ type: 'spki', format: 'der' })),
      )
      return crypto.verify(...args)
    },
  }
})

vi.mock('../../src/trust/extensions.ts', async original => {
  const extensions = await original<typeof import('../../src/trust/extensions.ts')>()
  return {
    ...extensions,
    readExtensions: (...args: Parameters<typeof extensions.readExtensions>) => {
      counts.read.push(Buffer.from(args[1].bytes).toString('latin1'))
      return extensions.readExtensions(...args)
    },
  }
})

vi.mock('../../src/path/predict.ts', async original => {
  const { predict } = await original<typeof import('../../src/path/predict.ts')>()
  return {
    predict: (...args: Parameters<typeof predict>) => {
      counts.paths++
      return predict(...args)
    },
  }
})

const twice = (all: readonly string[]) => all.filter((each, index) => all.indexOf(each) !== index)

let folder: string
const { old, fresh, cross, inter, leaf } = outage()
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'imgtrust-shared-work-'))
  writeFileSync(join(folder, 'chain.pem'), [leaf, inter, cross].map(({ pem }) => pem).join(''))
  writeRoot(join(folder, 'root'), [old.pem, fresh.pem, ...rootCertificates].join('\n'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))
beforeEach(() => {
  counts.signatures.length = 0
  counts.read.length = 0
  counts.paths = 0
})

const asked = (options: Parameters<typeof verify>[1]) =>
  verify([join(folder, 'chain.pem')], { host: 'www.example.com', offline: true, ...options })

describe('several clients of one server', () => {
  it('hold each certificate against each key once, and read each certificate once', async () => {
    const report = await asked({ image: `dir:${join(folder, 'root')}` })
    const verdicts = report.targets[0]!.verdicts!
    expect(verdicts.map(({ accepted }) => accepted).sort()).toEqual([false, true])
    expect(verdicts.find(({ accepted }) => !accepted)!.afterRemedy!.accepted).toBe(true)
    expect(counts.signatures.length).toBeGreaterThan(2)
    expect(twice(counts.signatures)).toEqual([])
    expect(counts.read.length).toBeGreaterThan(rootCertificates.length)
    expect(twice(counts.read).length).toBe(0)
  })

  it('build their paths once where their way and their store are one', async () => {
    const more = join(folder, 'more')
    writeRoot(more, [old.pem, fresh.pem].join('\n'))
    const clientsAndPaths = async (program: string) => {
      writeFileSync(join(more, 'usr/bin', program), makeElf({ needed: ['libssl.so.1.1'] }))
      counts.paths = 0
      const { targets } = await asked({ image: `dir:${more}` })
      return [targets[0]!.verdicts!.length, counts.paths]
    }
    const [, two] = await clientsAndPaths('curl')
    const [, three] = await clientsAndPaths('wget')
    expect(three).toBeGreaterThan(two!)
    // It goes the way of wget.
    expect(await clientsAndPaths('openssl')).toEqual([4, three])
  })
})

describe('one client and the built-in roots', () => {
  it('reads those alone whose name is asked for', async () => {
    const { verdicts } = (await asked({ client: 'openssl-1.1.1l' })).targets[0]!
    expect(verdicts!.map(({ reason }) => reason)).toEqual(['unknown-issuer'])
    // The three that were sent; none of the store's has the name of their issuer.
    expect(counts.read.length).toBe(3)
  })

  it('has none that can’t be read, so that none need be', () => {
    for (const { index, sha256 } of allRoots()) {
      const certificate = readCertificate(rootDer(index))
      expect(isUnknown(certificate) ? certificate.unknown : certificate.sha256).toBe(sha256)
    }
  })
})
