import { describe, expect, it } from 'vitest'
import { dayStart } from '../../src/clock.ts'
import { readConfig } from '../../src/config/config.ts'
import { settle } from '../../src/config/settings.ts'
import { configTemplate } from '../../src/config/template.ts'

const names = { rules: ['expired-root', 'expired-root-kept', 'stale-base-image'], formats: ['text', 'json'] }
const read = (text: string) => readConfig(text, '.imgtrust.yaml', names)

describe('a configuration', () => {
  it('says all that it may say', () => {
    const config = read(`preset: strict
rules:
  stale-base-image: off
fail-on: error
expiring-within: 30d
format: json
ignore:
  - rule: expired-root
    target: registry.example.com/*
    root: DST Root CA X3
    until: 2027-01-31
    reason: nobody uses it
bases:
  registry.example.com/node:*: node:24
policy:
  forbid:
    - ${'a'.repeat(64)}
`)
    expect(config).toMatchObject({
      file: '.imgtrust.yaml',
      preset: 'strict',
      rules: { 'stale-base-image': 'off' },
      failOn: 'error',
      expiringWithin: 30 * 86_400_000,
      format: 'json',
      ignores: [
        {
          rule: 'expired-root',
          target: 'registry.example.com/*',
          root: 'DST Root CA X3',
          until: dayStart('2027-01-31'),
          reason: 'nobody uses it',
          line: 8,
        },
      ],
    })
    expect([...config.bases]).toEqual([['registry.example.com/node:*', 'node:24']])
    expect(config.policy?.forbid).toHaveLength(1)
  })

  it.each(['', '# nothing\n', 'rules:\n', 'ignore:\n'])('may be empty: %j', text =>
    expect(read(text)).toMatchObject({ rules: {}, ignores: [] }))

  it('is what init writes, as it stands and with every comment taken away', () => {
    expect(read(configTemplate()).preset).toBe('recommended')
    const whole = configTemplate()
      .split('\n')
      .filter(line => !/^#\s{3}/.test(line) || /^# {3}(?:- |\S+: )|^# {5}\S+:/.test(line))
      .map(line => line.replace(/^# (?=(?:[a-z-]+:| {2}))/, ''))
      .join('\n')
    expect(() => readConfig(whole, 'x', { ...names, rules: [...names.rules, 'unknown-root'] })).not.toThrow()
  })
})

describe('what is wrong is told with file, line, key and what would be right', () => {
  it.each([
    ['rule:\n  a: off\n', /:1: .*"rule".*"rules"/],
    ['rules:\n  expired-rot: off\n', /:2: .*"expired-rot".*"expired-root"/],
    ['rules:\n  expired-root: warn\n', /:2: .*"warn".*warning/],
    ['fail-on: fatal\n', /:1: .*"fatal"/],
    ['expiring-within: soon\n', /:1: .*90d/],
    ['format: sarf\n', /:1: .*"sarf"/],
    ['preset: strickt\n', /:1: .*"strict"/],
    ['ignore: all\n', /:1: ignore must be a list/],
    ['ignore:\n  - rule: expired-root\n', /:2: .*"reason"/],
    ['ignore:\n  - reason: why\n', /:2: .*"rule"/],
    ['ignore:\n  - rule: expired-root\n    reason: why\n    until: tomorrow\n', /:4: until is no day/],
    ['authfile: /home/me/auth.json\n', /:1: .*--authfile/],
    ['ca-file: x.pem\n', /:1: .*--ca-file/],
    ['plain-http: [evil.example]\n', /:1: .*--plain-http/],
    ['- a\n- b\n', /:1: /],
    ['rules: {a: [}\n', /:1: .*YAML/],
    ['preset: strict\npreset: outage\n', /:2: /],
  ])('%j', (text, words) => expect(() => read(text)).toThrow(words))
})

describe('what counts', () => {
  const config = read('preset: outage\nrules:\n  expired-root: info\nexpiring-within: 30d\n')
  it('is the flag before the file, the file before the preset, the preset before the defaults', () => {
    expect(settle({}, null, names.rules)).toEqual({
      rules: {},
      failOn: 'warning',
      expiringWithin: 90 * 86_400_000,
    })
    expect(settle({}, config, names.rules)).toEqual({
      rules: { 'stale-base-image': 'off', 'expired-root': 'info' },
      failOn: 'error',
      expiringWithin: 30 * 86_400_000,
    })
    const told = settle(
      { rules: { 'expired-root': 'error' }, failOn: 'never', expiringWithin: 1 },
      config,
      names.rules,
    )
    expect(told).toEqual({
      rules: { 'stale-base-image': 'off', 'expired-root': 'error' },
      failOn: 'never',
      expiringWithin: 1,
    })
  })
})
