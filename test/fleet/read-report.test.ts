import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { parseReport, readReport } from '../../src/fleet/read-report.ts'
import { inShard, parseShard } from '../../src/fleet/shard.ts'
import { limits } from '../../src/limits.ts'
import { json } from '../../src/report/formats/json.ts'
import { ndjson } from '../../src/report/formats/ndjson.ts'
import type { Report } from '../../src/report/report.ts'
import { imgtrustJson, root } from '../support/run.ts'

const folder = mkdtempSync(join(tmpdir(), 'imgtrust-read-report-'))
afterAll(() => rmSync(folder, { recursive: true }))

const made = imgtrustJson(['scan', 'examples/outage/image.tar', 'dir:/nonexistent', '--at', '2020-05-31'])
const options = {} as Parameters<typeof json.render>[1]
const rendered = (report: Report) => ({
  json: json.render(report, options),
  ndjson: ndjson.render(report, options),
})

describe('a report that is read', () => {
  it('is the one that was written, in both forms, to the byte', async () => {
    const { report } = await made
    for (const text of Object.values(rendered(report)))
      expect(JSON.stringify(parseReport(text, 'x'))).toBe(JSON.stringify(report))
  })

  it('is written in parts as it is in one', async () => {
    const { report } = await made
    const hostile = {
      ...report,
      targets: report.targets.map(one => ({ ...one, target: 'imgtrust: the targets' })),
    }
    for (const one of [report, hostile, { ...report, targets: [] }])
      expect([...json.parts!(one, options)].join('')).toBe(`${JSON.stringify(one, null, 2)}\n`)
  })

  it('is told as cut wherever it is cut', async () => {
    const { report } = await made
    for (const text of Object.values(rendered(report))) {
      const steps = Array.from({ length: 60 }, (_, i) => 1 + Math.floor((text.length - 3) * (i / 60)))
      for (const at of steps)
        expect(() => parseReport(text.slice(0, at), 'x.json'), `${at}`).toThrow(
          /^x\.json .*(?:cut|no report)/,
        )
    }
  })

  it.each([
    ['', /no report of imgtrust/],
    ['null', /no report/],
    ['[]', /no report/],
    ['{"version":1}', /no report/],
    ['{"version":2,"tool":{"name":"imgtrust"},"targets":[]}', /version 2.*knows version 1/],
    ['{"version":1,"tool":{"name":"imgtrust"},"events":[]}', /no targets/],
    ['{"version":1,"tool":{"name":"trivy"},"targets":[]}', /no report/],
    ['{"type":"report","version":1}\n{"type":"finding"}\n{"type":"summary"}\n', /before any target/],
  ])('%s is refused in one line', (text, words) => {
    expect(() => parseReport(text, 'x')).toThrow(words)
    expect(() => parseReport(text, 'x')).toThrow(expect.objectContaining({ name: 'JobError' }))
  })

  it.each([
    ['targets.0.findings', undefined],
    ['targets.0.findings.0.severity', 'grave'],
    ['targets.0.stores.0.roots.0.sha256', 'XYZ'],
    ['targets.0.stores.0.roots.0.notAfter', '2020-13-45T00:00:00Z'],
    ['targets.0.findings.0.location', null],
    ['targets.0.findings.0.remedy.alternatives', {}],
    ['targets.0.stores.0.layer', -1],
    ['targets.1.error', 5],
    ['summary.error', '1'],
    ['at', '2020'],
    ['shard', { number: 0, of: 1, positions: [] }],
  ])('is refused where %s is %j', async (path, value) => {
    const copy: Record<string, unknown> = structuredClone({ ...(await made).report })
    const keys = path.split('.')
    const last = keys.pop() as string
    const parent = keys.reduce((at, key) => at[key] as Record<string, unknown>, copy)
    expect(path === 'shard' || last in parent).toBe(true)
    parent[last] = value
    expect(() => parseReport(JSON.stringify(copy), 'x')).toThrow(/^x is no report/)
  })

  it('of more bytes than are read is refused before it is parsed', async () => {
    async function* endless() {
      const chunk = Buffer.alloc(1 << 20, 0x20)
      for (let bytes = 0; bytes <= limits.reportBytes; bytes += chunk.length) yield chunk
    }
    await expect(readReport('-', endless())).rejects.toMatchObject({ code: 'limit' })
  })

  it('may have what this version does not know', async () => {
    const { report } = await made
    const newer = { ...report, targets: report.targets.map(one => ({ ...one, later: { __proto__: null } })) }
    expect(parseReport(JSON.stringify(newer), 'x').targets).toHaveLength(2)
  })
})

describe('parts of a list', () => {
  const names = readFileSync(join(root, 'docs/reference/formats.md'), 'utf8').split(/\s+/)
  it.each([1, 2, 7, 20])('of %i: every target is in exactly one', of => {
    for (const name of names) {
      const parts = Array.from({ length: of }, (_, i) => i + 1).filter(number =>
        inShard(name, { number, of }),
      )
      expect(parts).toHaveLength(1)
    }
  })

  it('are of about one size', () => {
    const many = Array.from({ length: 4000 }, (_, i) => `registry.example.com/team/app-${i}:1`)
    for (let number = 1; number <= 4; number++) {
      const size = many.filter(name => inShard(name, { number, of: 4 })).length
      expect(Math.abs(size - 1000)).toBeLessThan(120)
    }
  })

  it('are told by I/N, I from 1', () => {
    expect(parseShard('2/20')).toEqual({ number: 2, of: 20 })
    for (const bad of ['', '2', '0/20', '21/20', '-1/2', '1/0', '1/99999', 'a/b', '1/2/3'])
      expect(() => parseShard(bad), bad).toThrow(/--shard/)
    expect(() => parseShard('0/20')).toThrow('JOB_COMPLETION_INDEX + 1')
  })
})
