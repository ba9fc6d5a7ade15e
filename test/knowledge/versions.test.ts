import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import {
  compareApk,
  compareDebian,
  compareDotted,
  compareOpenssl,
  compareRpm,
} from '../../src/knowledge/versions.ts'

const sign = (value: number) => (value < 0 ? '<' : value > 0 ? '>' : '=')
const dpkg = spawnSync('dpkg', ['--version']).status === 0

const debian = [
  '20161130+nmu1',
  '20161130+nmu1+deb9u1',
  '20200601~deb9u1',
  '20200601~deb9u2',
  '20200601',
  '20200601~deb10u1',
  '20230311',
  '20230311+deb12u1',
  '20230311+deb12u1~deb11u1',
  '20250419~deb12u2',
  '1.0.2g-1ubuntu4.19',
  '1.0.2g-1ubuntu4.20',
  '1.0.2g-1ubuntu4.20+esm13',
  '3.6.7-4+deb10u4',
  '3.6.7-4+deb10u12',
  '1:1.0',
  '0:1.0',
  '1.0',
  '1.0-0',
  '1.0-',
  '1.0~',
  '1.0~~',
  '1.0a',
  '1.0+',
  '1.0.0',
  '1.00',
  '1.0-1',
  '2.0-1-2',
  '99999999999999999999',
  '100000000000000000000',
  'a',
  '1a1',
] // prettier-ignore

describe('orders of versions', () => {
  it.skipIf(!dpkg)(`of Debian, as dpkg itself compares them${dpkg ? '' : ' (skipped: no dpkg here)'}`, () => {
    for (const [index, a] of debian.entries()) {
      for (const b of debian.slice(index)) {
        if (/[-]$|^a/.test(a + b) || b.startsWith('a') || a.endsWith('-')) continue
        const less = spawnSync('dpkg', ['--compare-versions', a, 'lt', b]).status === 0
        const more = spawnSync('dpkg', ['--compare-versions', a, 'gt', b]).status === 0
        expect(sign(compareDebian(a, b)), `${a} ${b}`).toBe(less ? '<' : more ? '>' : '=')
      }
    }
  })

  it.each([
    ['1.0~rc1', '<', '1.0'],
    ['20200601~deb9u1', '<', '20200601'],
    ['1.0.2g-1ubuntu4.9', '<', '1.0.2g-1ubuntu4.20'],
    ['1:0.1', '>', '9.9'],
    ['1.0', '=', '1.0-0'],
  ])('Debian: %s %s %s', (a, relation, b) => expect(sign(compareDebian(a, b))).toBe(relation))

  // Pairs of rpm's own test suite (tests/rpmvercmp.at).
  it.each([
    ['1.0', '=', '1.0'],
    ['1.0', '<', '2.0'],
    ['2.0.1', '<', '2.0.1a'],
    ['5.5p1', '<', '5.5p2'],
    ['5.5p10', '>', '5.5p1'],
    ['10xyz', '<', '10.1xyz'],
    ['xyz.4', '<', '8'],
    ['1.0010', '>', '1.9'],
    ['1.05', '=', '1.5'],
    ['2_0', '=', '2.0'],
    ['1.0~rc1', '<', '1.0'],
    ['1.0^', '>', '1.0'],
    ['1.0^git1', '<', '1.01'],
    ['2021.2.50-72.el7_9', '>', '2020.2.41-70.0.el7_8'],
  ])('RPM: %s %s %s', (a, relation, b) => {
    expect(sign(compareRpm(a, b))).toBe(relation)
    expect(sign(compareRpm(b, a))).toBe({ '<': '>', '>': '<', '=': '=' }[relation])
  })

  // As `apk version -t` says.
  it.each([
    ['20191127-r1', '<', '20191127-r2'],
    ['20191127-r10', '>', '20191127-r2'],
    ['1.1.1l-r0', '>', '1.1.1k-r9'],
    ['3.3.3p1-r3', '>', '3.3.3-r3'],
    ['1.0_rc1', '<', '1.0'],
    ['1.0_p1', '>', '1.0'],
    ['1.0', '<', '1.0.1'],
    ['2.40', '>', '2.9'],
  ])('apk: %s %s %s', (a, relation, b) => expect(sign(compareApk(a, b))).toBe(relation))

  it.each([
    ['1.0.2', '<', '1.0.2g'],
    ['1.0.2z', '<', '1.0.2za'],
    ['1.0.2zl', '<', '1.1.0'],
    ['1.1.1w', '<', '3.0.0'],
  ])('OpenSSL: %s %s %s', (a, relation, b) => expect(sign(compareOpenssl(a, b))).toBe(relation))

  it('of numbers between dots', () => expect(sign(compareDotted('2.9', '2.10'))).toBe('<'))
})
