import { describe, expect, it } from 'vitest'
import { drawing } from '../../src/trace/drawn.ts'

describe('packages that bring ca-certificates along', () => {
  const debian = (version: string) => ({ id: 'debian', version })
  const alpine = (version: string) => ({ id: 'alpine', version })
  // Held against apt itself in test/real/trace; Alpine's against published logs of `apk add`.
  const cases = [
    ['apt', 'curl', debian('12'), 'recommends'],
    ['apt', 'curl', debian('8'), 'recommends'],
    ['apt', 'default-jre-headless', debian('12'), 'depends'],
    ['apt', 'openjdk-21-jre-headless', debian('13'), 'depends'],
    ['apt', 'python3', debian('12'), 'recommends'],
    ['apt', 'python3', debian('8'), 'perhaps-recommends'],
    ['apt', 'frobnicate', debian('8'), 'unknown'],
    ['apt', 'build-essential', debian('12'), 'never'],
    ['apt', 'openssl', { id: 'ubuntu', version: '14.04' }, 'never'],
    ['apt', 'frobnicate', debian('12'), 'unknown'],
    ['apk', 'curl', alpine('3.11.13'), 'depends'],
    ['apk', 'git', alpine('3.20'), 'depends'],
    ['apk', 'curl', alpine('3.21'), 'never'],
    ['apk', 'curl', alpine('edge'), 'unknown'],
    ['apk', 'bash', alpine('3.6'), 'never'],
    ['apk', 'frobnicate', alpine('3.6'), 'unknown'],
    ['rpm', 'curl', { id: 'centos', version: '7' }, 'never'],
  ] as const
  for (const [manager, name, distribution, expected] of cases) {
    it(`${manager} ${name} of ${distribution.id} ${distribution.version}: ${expected}`, () => {
      expect(drawing(manager, name, distribution)).toBe(expected)
    })
  }
})
