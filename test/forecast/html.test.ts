/** The forecast as a page. A browser opens it in test/real/tools/html.test.ts. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { page as format } from '../../src/forecast/formats/html.ts'
import type { Forecast, ForecastFinding } from '../../src/forecast/report.ts'
import { nastyNames } from '../support/nasty-names.ts'
import { imgtrust } from '../support/run.ts'
import { ending, hostile, options, sample } from './sample-forecast.ts'

const folder = mkdtempSync(join(tmpdir(), 'imgtrust-forecast-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const render = (forecast: Forecast) => format.render(forecast, options)
const section = (page: string, id: string) =>
  page.split(`<section id="${id}"`)[1]?.split('\n</section>')[0] ?? ''
const words = (markup: string) =>
  markup
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
const headline = (page: string) => words(page.split('<h1>')[1]!.split('</h1>')[0]!)

const finding = (severity: ForecastFinding['severity'], message = 'It breaks.'): ForecastFinding => ({
  rule: `${severity}-rule`,
  severity,
  message,
  remedy: {
    summary: 'Build on new',
    proven: true,
    fixable: true,
    steps: { dockerfile: 'FROM new', shell: 'mend it' },
  },
})

describe('the headline', () => {
  it('tells the first day that breaks something, and how far it is', () => {
    const forecast = sample([
      ending('2027-01-01', 'A', { one: [finding('warning')] }),
      ending('2027-02-01', 'B', { one: [finding('error')] }),
      ending('2027-02-01', 'C', { two: [finding('error')] }),
      ending('2027-03-01', 'D', { one: [finding('error', 'Later.')] }),
    ])
    expect(headline(render(forecast))).toBe('2 of 2 targets break on 2027-02-01 , in 70 days')
  })

  it('else what is to be mended, else that nothing breaks', () => {
    const warned = sample([ending('2026-11-23', 'A', { one: [finding('warning')] })], ['one'])
    expect(headline(render(warned))).toBe('Mend by 2026-11-23 , today')
    expect(headline(render(sample([ending('2027-01-01', 'A', { one: [finding('info')] })])))).toBe(
      'Nothing breaks until 2028-11-23',
    )
    expect(headline(render(sample([])))).toBe('Nothing breaks until 2028-11-23')
    expect(words(section(render(sample([])), 'days'))).toContain('Nothing changes until 2028-11-23.')
  })
})

describe('what breaks', () => {
  const forecast = sample([
    ending('2027-01-01', 'A', { one: [finding('warning', 'Told.')], two: [] }),
    ending('2027-02-01', 'B', { one: [finding('error')], two: [finding('error')] }),
    ending('2027-02-01', 'C', { one: [finding('error')] }),
    ending('2027-02-02', 'D', { two: [finding('info', 'Hushed.')] }),
  ])
  const page = render(forecast)
  const cards = section(page, 'findings').split('<article').slice(1)

  it('is one card a finding, for all its targets and with all that it comes with', () => {
    expect(cards).toHaveLength(2)
    expect(words(cards[0]!)).toContain('Told.')
    expect(cards[1]).toContain('data-targets="0 1"')
    expect(words(cards[1]!)).toContain('2027-02-01 in 70 days B expires C expires')
    expect(cards.join()).not.toContain('Hushed.')
  })

  it('comes with what mends it, in the chosen dialect', () => {
    expect(cards[1]).toContain('<code>FROM new</code>')
    const shell = section(format.render(forecast, { ...options, remedy: 'shell' }), 'findings')
    expect(shell.indexOf('<code>mend it</code>')).toBeLessThan(shell.indexOf('<code>FROM new</code>'))
  })

  it('leads from its day to its card', () => {
    const days = section(page, 'days').split('<article').slice(1)
    expect(days.map(one => /data-severity="(\w+)"/.exec(one)?.[1])).toEqual(['warning', 'error', 'info'])
    const [, id] = /href="#(finding-\d)"/.exec(days[1]!)!
    expect(cards[1]).toContain(`id="${id}"`)
    expect(words(days[1]!)).toContain('2027-02-01 in 70 days B expires 2 targets')
  })

  it('stands on the line of time as errors and warnings beside the changes', () => {
    const drawn = section(page, 'timeline')
    expect(drawn).toContain('<title>error-rule in 2 targets, 2027-02-01</title>')
    expect(drawn.match(/<path class="dot error" d="[^"]*"><title/g)).toHaveLength(1)
    expect(drawn.match(/<circle class="dot change"[^>]*><title/g)).toHaveLength(4)
    expect(drawn).toContain('2026-11-23, from here on')
  })
})

it('names what could not be read and what is not known', () => {
  const page = render(hostile('x.tar'))
  expect(words(section(page, 'failed'))).toContain('x.tar x.tar')
  expect(words(section(page, 'unknowns'))).toContain('x.tar x.tar')
})

for (const [what, name] of Object.entries(nastyNames)) {
  it(`makes no markup of a name: ${what}`, () => {
    const shape = (text: string) => [...text.matchAll(/<[^\s>]+/g)].map(([tag]) => tag)
    expect(shape(render(hostile(name)))).toEqual(shape(render(hostile('a'))))
  })
}

it('is written beside the text of the outage, and has its day and its line', async () => {
  const file = join(folder, 'forecast.html')
  const args = ['forecast', 'examples/addtrust/Dockerfile', '--at', '2020-01-01', '--within', '1y']
  const { stdout, status } = await imgtrust([...args, '--output', `html=${file}`])
  expect(status).toBe(0)
  expect(stdout).toMatch(/^2020-01-01 {2}today/)
  const page = readFileSync(file, 'utf8')
  expect(headline(page)).toBe('Breaks on 2020-05-30 , in 150 days')
  expect(section(page, 'findings')).toContain('<code>FROM python:3.14-slim</code>')
  const { stdout: direct } = await imgtrust([...args, '--format', 'html'])
  expect(direct).toBe(page)
})

it('refuses a format that a forecast has not, before anything is read', async () => {
  const { stderr, status } = await imgtrust(['forecast', 'no-such-file', '--output', 'sarif=x.sarif'])
  expect([status, stderr]).toEqual([2, expect.stringContaining("there is no format 'sarif' of a forecast")])
})
