import { describe, expect, it } from 'vitest'
import { addDays, dayStart } from '../../src/clock.ts'
import type { Finding } from '../../src/finding.ts'
import { judge } from '../../src/judge.ts'
import { endOfLife, lifecycle } from '../../src/knowledge/lifecycles.ts'
import { applyToDockerfile } from '../../src/remedy/dialects/dockerfile.ts'
import { render } from '../../src/remedy/dialects/index.ts'
import { expiringWithin, traceText } from '../support/examples.ts'

const at = (instant: number | string) => (typeof instant === 'string' ? Date.parse(instant) : instant)
const judged = (text: string, instant: number | string, more = {}) =>
  judge(traceText(text), { at: at(instant), expiringWithin, prove: { retrace: traceText }, ...more })
const of = (findings: readonly Finding[], rule: string) => findings.filter(finding => finding.rule === rule)

const sentry = 'FROM sentry:9.1.2\n\nRUN pip install sentry-plugins\n\nCMD ["sentry", "run", "web"]\n'
const line =
  'RUN sed -i "/AddTrust_External_Root.crt/d" /etc/ca-certificates.conf && update-ca-certificates -f -v'

describe('the story', () => {
  it('of 2020-05-29 has no root that breaks', async () => {
    expect(of(await judged(sentry, '2020-05-29'), 'expired-root-kept')).toEqual([])
  })

  it('of 2020-05-31 names the one of 17 that does, and the line', async () => {
    const model = traceText(sentry)
    const [found] = of(await judged(sentry, '2020-05-31'), 'expired-root-kept')
    expect(found?.severity).toBe('error')
    expect(found?.location.line).toBe(1)
    expect(found?.roots).toHaveLength(17)
    expect(found?.message).toMatch(/17 expired roots .* one of them, AddTrust External Root \(2020-05-30\)/)
    const shown = [found!.remedy!, ...found!.alternatives].map(remedy => render(remedy, 'dockerfile', model))
    expect(shown).toContain(line)
    expect(shown.indexOf(line)).toBe(shown.length - 1)
    expect([found!.remedy!, ...found!.alternatives].every(({ proven }) => proven)).toBe(true)
  })

  it('of 2021-10-01 has a second root in the same line', async () => {
    const model = traceText(sentry)
    const [found] = of(await judged(sentry, '2021-10-01'), 'expired-root-kept')
    expect(render([found!.remedy!, ...found!.alternatives].at(-1)!, 'dockerfile', model)).toBe(
      'RUN sed -i -e "/AddTrust_External_Root.crt/d" -e "/DST_Root_CA_X3.crt/d" /etc/ca-certificates.conf && update-ca-certificates -f -v',
    )
  })
})

describe('time', () => {
  it.each([
    ['2020-05-30T10:48:37Z', 0],
    ['2020-05-30T10:48:38Z', 0],
    ['2020-05-30T10:48:39Z', 1],
  ])('a breaking root at %s: %i', async (instant, count) => {
    expect(of(await judged(sentry, instant), 'expired-root-kept')).toHaveLength(count)
  })

  it.each([
    [-1, 0],
    [0, 1],
  ])('a release ends when its last day is over (%i s)', async (seconds, count) => {
    const last = endOfLife('alpine', '3.11')!
    const instant = addDays(dayStart(last), 1) + seconds * 1000
    const found = of(await judged('FROM alpine:3.11\n', instant), 'end-of-life-base-image')
    expect(found).toHaveLength(count)
  })

  it.each([
    ['standardEnd', -1, null],
    ['standardEnd', 0, 'info'],
    ['endOfLife', -1, 'info'],
    ['endOfLife', 0, 'warning'],
  ] as const)('Debian past its %s by %i s: %s', async (which, seconds, severity) => {
    const instant = addDays(dayStart(lifecycle('debian', '12')![which]!), 1) + seconds * 1000
    const [found] = of(await judged('FROM debian:12\n', instant), 'end-of-life-base-image')
    expect(found?.severity ?? null).toBe(severity)
  })

  it.each([
    [181, -1, 0],
    [181, 0, 1],
  ])('a frozen base is stale after 180 days (%i days, %i s)', async (days, seconds, count) => {
    const model = traceText('FROM node:14.5.0-buster\n')
    const base = model.stages[0]!.base
    const frozen = base.kind === 'image' ? base.image.until! : ''
    const instant = addDays(dayStart(frozen), days) + seconds * 1000
    // Only its age is asked for here: roots that matter would make it stale earlier.
    const findings = await judged('FROM node:14.5.0-buster\n', instant)
    expect(of(findings, 'stale-base-image')).toHaveLength(count)
  })
})

describe('which one wins at one FROM', () => {
  it('is the end of life as a warning, with the age of the store in it', async () => {
    const findings = await judged('FROM node:14\n', '2026-08-16')
    expect(of(findings, 'stale-base-image')).toEqual([])
    expect(of(findings, 'end-of-life-base-image')[0]?.message).toMatch(/frozen since 2023-05-02/)
  })

  it('is none of them while the end of life is only information', async () => {
    const findings = await judged(sentry, '2021-10-01')
    expect(of(findings, 'end-of-life-base-image')[0]?.severity).toBe('info')
    expect(of(findings, 'stale-base-image')[0]?.severity).toBe('warning')
  })
})

describe('remedies, applied', () => {
  const files: [string, string, string][] = [
    ['the story', sentry, '2020-05-31'],
    ['two roots', sentry, '2021-10-01'],
    ['CRLF', sentry.replaceAll('\n', '\r\n'), '2020-05-31'],
    ['another user', 'FROM sentry:9.1.2\nUSER sentry\nENTRYPOINT ["/e"]\nCMD ["web"]\n', '2020-05-31'],
    ['a bare bundle', 'FROM alpine:3.8\nUSER nobody\nCMD ["sh"]\n', '2020-05-31'],
    [
      'many stages',
      'FROM node:14 AS build\nRUN npm ci\n\nFROM sentry:9.1.2\nCOPY --from=build /app /app\nCMD ["x"]\n',
      '2020-05-31',
    ],
    ['a stage on a stage', 'FROM sentry:9.1.2 AS base\n\nFROM base\nCMD ["x"]\n', '2020-05-31'],
    ['an open end', 'FROM sentry:9.1.2\nRUN true', '2020-05-31'],
    ['an old release', 'FROM node:14\nCMD ["node"]\n', '2026-08-16'],
    [
      'no store',
      'FROM debian:trixie-slim\nRUN apt-get update && apt-get install -y --no-install-recommends curl\nRUN curl -fsSLO https://example.com/a\n',
      '2026-08-16',
    ],
    [
      'ENV that switches off',
      'FROM debian:trixie\nENV NODE_TLS_REJECT_UNAUTHORIZED=0\nCMD ["x"]\n',
      '2026-08-16',
    ],
  ]

  it.each(
    files,
  )('%s: the finding is gone, the text is stable, line ends are kept', async (_, text, instant) => {
    const model = traceText(text)
    const before = await judged(text, instant)
    const remedies = before.flatMap(finding =>
      [finding.remedy, ...finding.alternatives].flatMap(remedy =>
        remedy?.proven ? [{ finding, remedy }] : [],
      ),
    )
    expect(remedies.length).toBeGreaterThan(0)
    for (const { finding, remedy } of remedies) {
      const fixed = applyToDockerfile(model, remedy.steps)!
      expect(fixed).not.toBe(text)
      if (text.includes('\r\n')) expect(fixed.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
      const after = await judged(fixed, instant)
      const alarms = (findings: readonly Finding[]) =>
        findings.filter(({ severity }) => severity !== 'info').length
      expect(of(after, finding.rule).filter(({ severity }) => severity === finding.severity)).toEqual([])
      expect(alarms(after)).toBeLessThanOrEqual(alarms(before))
      expect(
        applyToDockerfile(
          traceText(fixed),
          remedy.steps.filter(({ kind }) => kind !== 'edit-text'),
        ),
      ).toBe(fixed)
    }
  })

  it('are marked where nothing can prove them', async () => {
    const [found] = of(
      await judge(traceText(sentry), { at: at('2020-05-31'), expiringWithin }),
      'expired-root-kept',
    )
    expect(found?.remedy?.proven).toBe(false)
    expect(found?.alternatives).toEqual([])
  })

  it('keep a reference behind options and a name', async () => {
    const text = 'FROM --platform=linux/amd64 node:14 AS app\nCMD ["node"]\n'
    const [found] = of(await judged(text, '2026-08-16'), 'end-of-life-base-image')
    expect(applyToDockerfile(traceText(text), found!.remedy!.steps)).toMatch(
      /^FROM --platform=linux\/amd64 node:\d+ AS app\nCMD/,
    )
  })
})
