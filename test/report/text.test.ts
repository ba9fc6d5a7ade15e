import { describe, expect, it } from 'vitest'
import { text } from '../../src/report/formats/text.ts'
import type { ReportFinding, ReportTarget } from '../../src/report/report.ts'
import { nastyNames } from '../support/nasty-names.ts'
import { options, report, finding as sample, target as sampleTarget } from './sample-report.ts'

const finding = (changes: Partial<ReportFinding> = {}): ReportFinding =>
  sample({
    location: { file: 'Dockerfile', line: 2, column: 6 },
    remedy: {
      summary: 'Remove it before CMD',
      proven: true,
      fixable: true,
      steps: { dockerfile: 'RUN first\nRUN second', shell: 'sudo first' },
      alternatives: [],
    },
    ...changes,
  })

const target = (changes: Partial<ReportTarget> = {}): ReportTarget =>
  sampleTarget({ target: 'Dockerfile', ...changes })

describe('text', () => {
  it('shows place, severity, message, rule and the remedy ready to copy', () => {
    const lines = text.render(report(target({ findings: [finding()] })), options).split('\n')
    expect(lines[0]).toBe('Dockerfile')
    expect(lines.join('\n')).toMatch(/2:6 +error/)
    const copied = lines.filter(line => line.startsWith('        RUN ')).map(line => line.trim())
    expect(copied).toEqual(['RUN first', 'RUN second'])
    expect(lines.at(-2)).toMatch(/^1 error in 1 target · judged at 2020-05-31 · knowledge of 2026-10-20$/)
  })

  it('shows remedies in the dialect that was asked for', () => {
    const shown = text.render(report(target({ findings: [finding()] })), { ...options, remedy: 'shell' })
    expect(shown).toContain('        sudo first')
    expect(shown).not.toContain('RUN first')
  })

  it('counts infos without showing them, and shows them when asked', () => {
    const info = finding({ severity: 'info', message: 'A quiet fact.' })
    const hidden = text.render(report(target({ findings: [info] })), options)
    expect(hidden).not.toContain('A quiet fact.')
    expect(hidden).toMatch(
      /nothing to mend in 1 target[\s\S]*1 finding of severity info not shown: --fail-on info/,
    )
    expect(text.render(report(target({ findings: [info] })), { ...options, show: 'info' })).toContain(
      'A quiet fact.',
    )
  })

  it('says why a target failed', () => {
    const shown = text.render(report(target({ error: 'x.tar: truncated; fetch it again' })), options)
    expect(shown).toMatch(/failed +x\.tar: truncated; fetch it again/)
    expect(shown).toMatch(/^1 failed in 1 target/m)
  })

  it('leaves a failure to standard error where both are one terminal', () => {
    const shown = text.render(report(target({ error: 'x.tar: truncated' })), { ...options, failures: false })
    expect(shown).not.toContain('truncated')
    expect(shown).toMatch(/^1 failed in 1 target/)
  })

  it('wraps what is long and never breaks a line to copy', () => {
    const long = `RUN ${'word '.repeat(60).trim()}`
    const remedy = finding().remedy
    if (!remedy) throw new Error('the fixture has a remedy')
    const shown = text.render(
      report(
        target({
          findings: [
            finding({
              message: 'word '.repeat(60).trim(),
              remedy: { ...remedy, steps: { dockerfile: long } },
            }),
          ],
        }),
      ),
      { ...options, width: 60 },
    )
    expect(shown).toContain(long)
    const prose = shown.split('\n').filter(line => !line.includes('RUN '))
    expect(Math.max(...prose.slice(0, -2).map(line => line.length))).toBeLessThanOrEqual(60)
  })

  describe('names from an image have no power over a terminal', () => {
    for (const [what, name] of Object.entries(nastyNames)) {
      it(what, () => {
        const shown = text.render(
          report(
            target({
              target: name,
              kind: 'image',
              source: name,
              platform: name,
              distribution: { id: name, version: name, endOfLife: null },
              stores: [
                {
                  path: `/${name}`,
                  aliases: [name],
                  sources: [name],
                  format: 'pem-bundle',
                  consumers: [name],
                  layer: 0,
                  createdBy: name,
                  release: name,
                  match: 'exact',
                  unknown: null,
                  roots: [
                    {
                      sha256: '0'.repeat(64),
                      name,
                      notBefore: '2000-01-01T00:00:00Z',
                      notAfter: '2001-01-01T00:00:00Z',
                      status: ['expired'],
                    },
                  ],
                },
              ],
              findings: [finding({ message: name, location: { path: name } })],
              unknowns: [{ what: name, why: name, location: {} }],
              error: name,
            }),
          ),
          options,
        )
        // A line feed of ours is the only control character that may come out.
        expect(shown.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u)
      })
    }
  })
})
