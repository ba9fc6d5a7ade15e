import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readElf } from '../../src/trust/elf.ts'
import { makeElf } from '../support/elf.ts'

const programs = [
  '/bin/ls',
  '/bin/sh',
  '/usr/bin/openssl',
  '/usr/bin/curl',
  '/usr/bin/git',
  process.execPath,
].filter(path => existsSync(path))
const hasReadelf = spawnSync('readelf', ['--version']).status === 0

describe('what a program loads', () => {
  test.skipIf(!hasReadelf || process.platform !== 'linux').each(programs)(
    '%s: as readelf says (skipped: no readelf)',
    path => {
      const said = spawnSync('readelf', ['-d', path], { maxBuffer: 64 << 20 }).stdout.toString()
      const expected = [...said.matchAll(/\(NEEDED\).*\[(.+)\]/g)].map(found => found[1])
      expect(readElf(readFileSync(path))?.needed).toEqual(expected)
    },
  )

  test.each([
    ['64 bits', { bits: 64 }],
    ['32 bits', { bits: 32 }],
    ['64 bits, big-endian', { bits: 64, big: true }],
    ['32 bits, big-endian', { bits: 32, big: true }],
  ] as const)('%s', (_, how) => {
    const content = makeElf({
      ...how,
      needed: ['libssl.so.3', 'libc.so.6'],
      runPath: '$ORIGIN/../lib:/opt/lib',
    })
    expect(readElf(content)).toEqual({
      needed: ['libssl.so.3', 'libc.so.6'],
      runPath: ['$ORIGIN/../lib', '/opt/lib'],
      machine: 62,
    })
  })

  test('a static program needs nothing', () => {
    expect(readElf(makeElf({ needed: [], static: true }))).toEqual({ needed: [], runPath: [], machine: 62 })
  })

  test('no ELF, and an ELF cut or changed anywhere: null or a value, never thrown', () => {
    const content = makeElf({ needed: ['libssl.so.3'] })
    expect(readElf(Buffer.from('#!/bin/sh\n'.repeat(20)))).toBeNull()
    expect(readElf(Buffer.alloc(0))).toBeNull()
    for (let at = 0; at < content.length; at++) {
      readElf(content.subarray(0, at))
      for (const value of [0x00, 0x7f, 0xff]) {
        const changed = Buffer.from(content)
        changed[at] = value
        readElf(changed)
      }
    }
  })
})
