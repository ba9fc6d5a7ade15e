/** forecast: what it foretells is what Node.js reads of the certificates, and what a later lint then says. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import ICAL from 'ical.js'
import { afterAll, describe, expect, it } from 'vitest'
import { formatDay } from '../../src/clock.ts'
import { escapeIcs, ics } from '../../src/forecast/formats/ics.ts'
import { text } from '../../src/forecast/formats/text.ts'
import type { Forecast } from '../../src/forecast/report.ts'
import { forecast, lint } from '../../src/index.ts'
import { nastyNames } from '../support/nasty-names.ts'
import { debian, folderWith, sketchRoot } from '../support/rootfs.ts'
import { imgtrust, root, validBy } from '../support/run.ts'
import { ending, hostile, options, sample } from './sample-forecast.ts'

const valid = validBy<Forecast>('forecast')
const ADDTRUST = 'examples/addtrust/Dockerfile'
const folders: string[] = []
const folder = (files: Readonly<Record<string, string>>) => {
  const made = folderWith(files)
  folders.push(made)
  return made
}
afterAll(() => {
  for (const made of folders) rmSync(made, { recursive: true, force: true })
})

const run = async (args: readonly string[], options = {}) => {
  const { stdout, ...rest } = await imgtrust(['forecast', ...args, '--format', 'json'], options)
  return { ...rest, forecast: valid(stdout) }
}

const roots = ['A', 'B', 'C', 'D', 'E'].map((name, index) =>
  sketchRoot(`Root ${name}`, `27030${index + 1}235959Z`),
)
const rootfs = folder(debian(roots))

describe('an image', () => {
  it('loses each root on the day that its certificate says', async () => {
    const { forecast, status } = await run([`dir:${rootfs}`, '--at', '2027-03-01', '--within', '1y'])
    const ends = forecast.events.filter(({ kind }) => kind === 'root-expires')
    expect(ends.map(({ day, sha256, asKnownOn }) => [day, sha256, asKnownOn])).toEqual(
      roots.map(({ notAfter, sha256 }) => [formatDay(notAfter), sha256, null]),
    )
    expect(status).toBe(0)
  })

  it('is told of nothing before --at, and nothing behind --within', async () => {
    const { forecast } = await run([`dir:${rootfs}`, '--at', '2027-03-02', '--within', '2d'])
    expect(forecast.events.map(({ day }) => day)).toEqual(['2027-03-02', '2027-03-03'])
    const second = await run([`dir:${rootfs}`, '--at', '2027-03-05T23:59:59Z', '--within', '1d'])
    expect(second.forecast.events.map(({ day }) => day)).toEqual(['2027-03-05'])
    const after = await run([`dir:${rootfs}`, '--at', '2027-03-06', '--within', '1d'])
    expect(after.forecast.events).toEqual([])
  })

  it('is told the end of its distribution, as known on a day where that is to come', async () => {
    const { forecast } = await run([`dir:${rootfs}`, '--at', '2026-12-01'])
    // https://wiki.debian.org/LTS: Debian 12 until the end of June 2028.
    const end = forecast.events.find(({ kind }) => kind === 'end-of-life')
    expect(end).toMatchObject({ day: '2028-06-30', name: 'Debian 12' })
    expect(end?.asKnownOn).toMatch(/^\d{4}-\d\d-\d\d$/)
  })
})

describe('the Dockerfile of the outage, seen from the January before', () => {
  const seen = run([ADDTRUST, '--at', '2020-01-01', '--within', '1y'])

  it('foretells AddTrust’s end and the error that comes with it', async () => {
    const { forecast } = await seen
    const end = forecast.events.find(
      ({ day, name }) => day === '2020-05-30' && name === 'AddTrust External Root',
    )
    expect(end).toMatchObject({ kind: 'root-expires', asKnownOn: null })
    expect(end?.targets[0]?.findings).toMatchObject([{ rule: 'expired-root-kept', severity: 'error' }])
  })

  it('foretells on each day what a lint of the day after says, and a lint of the day before does not', async () => {
    const { forecast } = await seen
    const foretold = forecast.events.flatMap(({ day, targets }) =>
      targets.flatMap(({ findings }) => findings.map(({ rule, severity }) => ({ day, rule, severity }))),
    )
    expect(foretold.length).toBeGreaterThan(0)
    const lintOn = async (at: number) =>
      (await lint([join(root, ADDTRUST)], { at, expiringWithin: 0 })).targets[0]?.findings ?? []
    for (const { day, rule, severity } of foretold) {
      const at = Date.parse(`${day}T00:00:00Z`)
      const has = (findings: readonly { readonly rule: string; readonly severity: string }[]) =>
        findings.some(finding => finding.rule === rule && finding.severity === severity)
      expect([day, rule, has(await lintOn(at - 1)), has(await lintOn(at + 86_400_000))]).toEqual([
        day,
        rule,
        false,
        true,
      ])
    }
  })

  it('tells the removal with its bug, and the tag that grows stale', async () => {
    const { forecast } = await seen
    const kinds = forecast.events.map(({ day, kind, summary }) => `${day} ${kind} ${summary}`).join('\n')
    expect(kinds).toMatch(/^2020-06-12 root-removed AddTrust External Root leaves .*bug 1645199/m)
    // sentry:9.1.2 had its last build on 2019-10-23.
    expect(kinds).toMatch(/^2020-04-21 base-stale sentry:9\.1\.2/m)
  })
})

describe('many targets', () => {
  const many = folder({
    'a/Dockerfile': 'FROM debian:12\nRUN apt-get update && apt-get install -y ca-certificates\n',
    'b/Dockerfile': 'FROM debian:12-slim\nRUN apt-get update && apt-get install -y ca-certificates\n',
    'c/Dockerfile': 'FROM example.org/nobody/knows\n',
  })

  it('share one event for one thing', async () => {
    const { forecast, status } = await run([many, '--at', '2026-11-23'])
    const end = forecast.events.filter(({ kind }) => kind === 'end-of-life')
    expect(end.map(({ targets }) => targets.map(({ target }) => target))).toEqual([
      [join(many, 'a/Dockerfile'), join(many, 'b/Dockerfile')],
    ])
    expect(forecast.targets[2]?.unknowns).toMatchObject([{ why: expect.stringMatching(/example\.org/) }])
    expect(status).toBe(0)
  })

  it('come from a list, and one that fails does not stop the others', async () => {
    const stdin = `# images\n${join(many, 'a')}\n./none\ndir:${rootfs}\n`
    const { forecast, status, stderr } = await run(['--from-file', '-', '--at', '2026-11-23'], { stdin })
    expect(forecast.targets.map(({ error }) => error === null)).toEqual([true, false, true])
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    expect(status).toBe(2)
  })

  it('are counted in the text', async () => {
    const { stdout } = await imgtrust(['forecast', many, '--at', '2026-11-23'])
    expect(stdout).toMatch(
      /^2028-06-30 {2}in 585 days\n {2}Debian 12 gets its last updates .*\n {4}in 2 of 3 targets:/m,
    )
    expect(stdout).toMatch(/then warning {2}end-of-life-base-image/)
    expect(stdout).toMatch(/unknown .*c\/Dockerfile/)
  })
})

describe('the text of a fleet', () => {
  const finding = (message: string) => ({ rule: 'expired-root', severity: 'error', message }) as const
  const of = (...names: string[]) => Object.fromEntries(names.map(name => [name, [finding('It breaks.')]]))

  it('says a finding once for all targets that get it, and names the first', () => {
    const names = ['one', 'two', 'three', 'four', 'five', 'six', 'seven']
    const end = ending('2027-01-01', 'Some Root', { ...of(...names.slice(0, 6)), seven: [finding('Else.')] })
    const lines = text.render(sample([end], names), options).split('\n')
    expect(lines.filter(line => line.includes('expired-root'))).toEqual([
      '  then error  expired-root',
      '  then error  expired-root  seven',
    ])
    const [first] = lines.flatMap((line, index) => (line.endsWith('It breaks.') ? [index] : []))
    expect(lines[first! + 1]).toBe('    in 6 of 7 targets: one, two, three, four, five and 1 more')
  })

  it('tells it apart where it is graver for some', () => {
    const milder = { ...finding('It breaks.'), severity: 'warning' } as const
    const end = ending('2027-01-01', 'Some Root', { ...of('one'), two: [milder] })
    const told = text
      .render(sample([end]), options)
      .split('\n')
      .filter(line => line.includes('expired-root'))
    expect(told).toEqual(['  then error  expired-root  one', '  then warning  expired-root  two'])
  })

  it('says once what is not known of several', () => {
    const unknowns = [{ what: 'roots of /store', why: 'nobody said' }]
    const two = sample([], ['one', 'two', 'three'])
    const targets = two.targets.map((target, index) => (index < 2 ? { ...target, unknowns } : target))
    expect(text.render({ ...two, targets }, options)).toMatch(
      /^unknown {2}roots of \/store: nobody said\n {4}in 2 of 3 targets: one, two\n\n/,
    )
  })
})

describe('a certificate of the build context', () => {
  it('is foretold to end', async () => {
    const context = folder({
      Dockerfile:
        'FROM debian:12\nRUN apt-get update && apt-get install -y ca-certificates\nCOPY corp.crt /usr/local/share/ca-certificates/\nRUN update-ca-certificates\n',
      'corp.crt': sketchRoot('Corp Root', '270401000000Z').pem,
    })
    const found = await forecast([join(context, 'Dockerfile')], { at: Date.parse('2026-12-01') })
    expect(
      found.events.filter(({ name }) => name === 'Corp Root').map(({ day, kind }) => [day, kind]),
    ).toEqual([
      ['2027-04-01', 'certificate-expires'],
      ['2027-04-01', 'root-expires'],
    ])
  })
})

it('says what mends a finding to come as a lint of that day does', async () => {
  const { forecast } = await run([ADDTRUST, '--at', '2020-01-01', '--within', '1y'])
  const told = forecast.events
    .flatMap(({ targets }) => targets.flatMap(({ findings }) => findings))
    .find(({ rule }) => rule === 'expired-root-kept')
  const { targets } = await lint([join(root, ADDTRUST)], { at: Date.parse('2020-05-31') })
  const { alternatives: _, ...remedy } = targets[0]!.findings.find(
    ({ rule }) => rule === 'expired-root-kept',
  )!.remedy!
  expect(told?.remedy).toEqual(remedy)
  expect(remedy.proven).toBe(true)
})

describe('wrong flags', () => {
  it.each([
    [['--within', 'soon'], /'soon' is no duration/],
    [['--at', '2020-02-30'], /no such day/],
    [['--from-file', '-', '-'], /standard input is the list/],
  ])('%j', async (args, message) => {
    const { stderr, status } = await imgtrust(['forecast', ...args], { stdin: 'x' })
    expect([status, stderr]).toEqual([2, expect.stringMatching(message)])
  })
})

describe('the calendar', () => {
  const events = (calendar: string) =>
    new ICAL.Component(ICAL.parse(calendar)).getAllSubcomponents('vevent').map(each => new ICAL.Event(each))

  it('is read by ical.js: a whole day an event, each with its own identity', async () => {
    const { stdout } = await imgtrust(['forecast', ADDTRUST, '--at', '2020-01-01', '--format', 'ics'])
    const read = events(stdout)
    const { forecast } = await run([ADDTRUST, '--at', '2020-01-01'])
    expect(read.map(({ startDate }) => [startDate.isDate, startDate.toString()])).toEqual(
      forecast.events.map(({ day }) => [true, day]),
    )
    expect(new Set(read.map(({ uid }) => uid)).size).toBe(read.length)
    const end = read.find(({ summary }) => summary.startsWith('AddTrust External Root expires'))
    expect(end?.startDate.toString()).toBe('2020-05-30')
    expect(end?.endDate.toString()).toBe('2020-05-31')
    expect(end?.description).toMatch(/error expired-root-kept: .* OpenSSL 1\.0\.2u/)
  })

  it('keeps its identities from run to run', async () => {
    const at = (day: string) => forecast([join(root, ADDTRUST)], { at: Date.parse(day) })
    const ids = (found: Forecast) => events(ics.render(found, options)).map(({ uid }) => uid)
    const [first, second] = [ids(await at('2020-01-01')), ids(await at('2020-05-01'))]
    expect(second.filter(id => first.includes(id)).length).toBeGreaterThan(5)
  })

  it('has lines of 75 octets that end in CR LF', async () => {
    const { stdout } = await imgtrust(['forecast', ADDTRUST, '--at', '2020-01-01', '--format', 'ics'])
    expect(stdout.endsWith('END:VCALENDAR\r\n')).toBe(true)
    for (const line of stdout.split('\r\n')) {
      expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75)
      expect(line).not.toMatch(/[\r\n]/)
    }
  })

  for (const [what, name] of Object.entries(nastyNames)) {
    it(`${what} stays within its property, and acts on no terminal`, () => {
      const found: Forecast = hostile(name)
      const calendar = ics.render(found, options)
      expect(calendar.replaceAll('\r\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u)
      const [event, ...more] = events(calendar)
      expect(more).toEqual([])
      expect(event?.startDate.toString()).toBe('2027-01-01')
      expect(event?.component.getAllProperties().map(({ name }) => name)).toEqual([
        ...['uid', 'dtstamp', 'dtstart', 'dtend', 'summary', 'description', 'categories', 'transp'],
      ])
      expect(text.render(found, options)).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u)
    })
  }

  it('escapes what RFC 5545 names', () => {
    expect(escapeIcs('a;b,c\\d\ne:"')).toBe('a\\;b\\,c\\\\d\\ne:"')
  })
})
