import { beforeEach, describe, expect, it, vi } from 'vitest'

const read: string[] = []
vi.mock('node:fs', async original => {
  const real = await original<typeof import('node:fs')>()
  return {
    ...real,
    readFileSync: (...args: Parameters<typeof real.readFileSync>) => {
      read.push(String(args[0]).replace(/^.*\/data\//, ''))
      return real.readFileSync(...args)
    },
  }
})

/** Each test begins with nothing in memory, as a new process does. */
beforeEach(() => {
  vi.resetModules()
  read.length = 0
})

describe('the built-in facts are read when they are asked for', () => {
  it('not at import', async () => {
    await import('../../src/knowledge/index.ts')
    expect(read).toEqual([])
  })

  it('one tag: its own repository, no other tags and no certificates', async () => {
    const { lookupImage } = await import('../../src/knowledge/base-images.ts')
    lookupImage('debian:buster-slim')
    expect(read).toEqual(['tags/debian.br'])
  })

  it('one tag on others: its own repository too, once', async () => {
    const { lookupImage } = await import('../../src/knowledge/base-images.ts')
    lookupImage('node:14')
    lookupImage('node:12')
    expect(read.filter(name => name.startsWith('tags/'))).toEqual(['tags/node.br'])
    expect(read).not.toContain('roots.json.br')
    expect(read).not.toContain('roots.der.br')
    expect(new Set(read).size).toBe(read.length)
  })

  it('a fingerprint: the list of roots, not the certificates', async () => {
    const { rootByFingerprint, rootDer } = await import('../../src/knowledge/roots.ts')
    rootByFingerprint('0'.repeat(64))
    expect(read).toEqual(['roots.json.br'])
    rootDer(0)
    rootDer(454)
    expect(read).toEqual(['roots.json.br', 'roots.der.br'])
  })

  it('the date: the manifest alone', async () => {
    const { knowledgeDate } = await import('../../src/knowledge/status.ts')
    knowledgeDate()
    expect(read).toEqual(['manifest.json'])
  })
})
