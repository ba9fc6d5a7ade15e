/** What each format says of a report. Schemas and other programs are asked in test/real/tools. */
import { describe, expect, it } from 'vitest'
import { rules } from '../../src/index.ts'
import { applyEdits } from '../../src/remedy/dialects/text.ts'
import { placeEdits } from '../../src/report/edits.ts'
import { type FormatOptions, formats } from '../../src/report/formats/index.ts'
import type { Report, ReportFinding } from '../../src/report/report.ts'
import { finding, options, report, target } from './sample-report.ts'

const render = async (format: string, ...args: [Report, Partial<typeof options>?]) =>
  (await formats[format]!()).render(args[0], { ...options, ...args[1] })
const json = async (format: string, input: Report) => JSON.parse(await render(format, input))

const image = (reference: string, changes: Parameters<typeof target>[0] = {}) =>
  target({
    target: reference,
    kind: 'image',
    source: 'registry',
    reference: `docker.io/library/${reference}`,
    digest: `sha256:${'12'.repeat(32)}`,
    platform: 'linux/amd64',
    ...changes,
  })

const ofStore = (changes: Partial<ReportFinding> = {}) =>
  finding({
    rule: 'expired-root',
    location: { path: '/etc/ssl/cert.pem', layer: 0 },
    roots: [{ sha256: 'ab'.repeat(32), name: 'A', notAfter: '2020-01-01T00:00:00Z' }],
    ...changes,
  })

describe('sarif', () => {
  it('has the table of all rules, from their metadata', async () => {
    const log = await json('sarif', report(target({ findings: [finding()] })))
    const table = log.runs[0].tool.driver.rules
    expect(table.map((rule: { id: string }) => rule.id)).toEqual((await rules()).map(({ id }) => id).sort())
    for (const rule of table) {
      expect(rule.help.markdown.length).toBeGreaterThan(100)
      expect(rule.fullDescription.text).not.toMatch(/[`*]/)
      expect(rule.helpUri).toMatch(/^https:/)
    }
    const [result] = log.runs[0].results
    expect(table[result.ruleIndex].id).toBe(result.ruleId)
  })

  it('places a finding in its Dockerfile, by a relative URI', async () => {
    const [result] = (await json('sarif', report(target({ findings: [finding()] })))).runs[0].results
    expect(result.locations[0].physicalLocation).toMatchObject({
      artifactLocation: { uri: 'app/Dockerfile' },
      region: { startLine: 2, startColumn: 6, endLine: 2, endColumn: 20 },
    })
  })

  it('places a finding of an image by store, layer and image', async () => {
    const [result] = (await json('sarif', report(image('alpine:3.11', { findings: [ofStore()] })))).runs[0]
      .results
    const [place] = result.locations
    expect(place.physicalLocation.artifactLocation.uri).toBe('docker.io/library/alpine/etc/ssl/cert.pem')
    expect(place.logicalLocations.map((one: { name: string }) => one.name)).toEqual([
      '/etc/ssl/cert.pem',
      'layer 0',
      'docker.io/library/alpine:3.11',
    ])
  })

  it('offers proven remedies as fixes, and those alone', async () => {
    const unproven = { ...finding().remedy!, proven: false }
    const log = await json('sarif', report(target({ findings: [finding(), finding({ remedy: unproven })] })))
    const [first, second] = log.runs[0].results
    expect(first.fixes[0].artifactChanges[0].replacements[0]).toEqual({
      deletedRegion: { startLine: 2, startColumn: 6, endLine: 2, endColumn: 18 },
      insertedContent: { text: 'debian:13' },
    })
    expect(second.fixes).toBeUndefined()
  })

  it('tells what could not be read', async () => {
    const log = await json('sarif', report(target({ error: 'x: no such file; check the path' }), target()))
    const [invocation] = log.runs[0].invocations
    expect(invocation).toMatchObject({ executionSuccessful: false, exitCode: 2 })
    expect(invocation.toolExecutionNotifications[0]).toMatchObject({ level: 'error' })
  })
})

describe("sarif's exit code", () => {
  it.each([
    ['error', 'warning', 1],
    ['info', 'warning', 0],
    ['info', 'info', 1],
    ['error', 'never', 0],
  ] as const)('of a finding of severity %s with --fail-on %s is %i', async (severity, failOn, exitCode) => {
    const found = report(target({ findings: [finding({ severity })] }))
    const [invocation] = JSON.parse(await render('sarif', found, { failOn })).runs[0].invocations
    expect(invocation).toMatchObject({ executionSuccessful: true, exitCode })
  })
})

describe('fingerprints', () => {
  const of = async (...targets: Parameters<typeof report>) =>
    (await json('sarif', report(...targets))).runs[0].results.map(
      (result: { partialFingerprints: Record<string, string> }) => result.partialFingerprints['imgtrust/v1'],
    )
  const moved = finding({ location: { ...finding().location, line: 90, endLine: 90 } })

  it('stay when lines move', async () => {
    expect(await of(target({ findings: [moved] }))).toEqual(await of(target({ findings: [finding()] })))
  })
  it('change with the line', async () => {
    const other = finding({ location: { ...finding().location, text: 'FROM node' } })
    expect(await of(target({ findings: [other] }))).not.toEqual(await of(target({ findings: [finding()] })))
  })
  it('differ where the same line stands twice', async () => {
    expect(new Set(await of(target({ findings: [finding(), moved] }))).size).toBe(2)
  })
  it('stay when an image is built anew, and change with its roots', async () => {
    const first = await of(image('app:1', { findings: [ofStore()] }))
    expect(await of(image('app:2', { digest: null, findings: [ofStore()] }))).toEqual(first)
    expect(await of(image('app:1', { findings: [ofStore({ roots: [] })] }))).not.toEqual(first)
  })
  it('tell images of one repository apart', async () => {
    const [one, two] = await of(
      image('app:1', { findings: [ofStore()] }),
      image('app:2', { findings: [ofStore()] }),
    )
    expect(one).not.toBe(two)
  })
})

describe('github', () => {
  it('annotates the line, with the remedy below the sentence', async () => {
    expect(await render('github', report(target({ findings: [finding()] })))).toBe(
      '::error file=app/Dockerfile,line=2,endLine=2,col=6,endColumn=20,title=expired-root-kept::' +
        'The store keeps AddTrust External Root, which ended 2020-05-30.%0A%0ABuild on debian:13:%0AFROM debian:13\n',
    )
  })
  it('names image and store where there is no file', async () => {
    const text = await render(
      'github',
      report(image('alpine:3.11', { findings: [ofStore({ severity: 'info' })] })),
    )
    expect(text).toMatch(/^::notice title=expired-root%3A alpine%3A3\.11::\/etc\/ssl\/cert\.pem: The store/)
  })
})

describe('gitlab', () => {
  it('is what the Code Quality widget asks for', async () => {
    const [issue] = await json('gitlab', report(target({ findings: [finding()] })))
    expect(issue).toMatchObject({
      check_name: 'expired-root-kept',
      severity: 'critical',
      location: { path: 'app/Dockerfile', lines: { begin: 2, end: 2 } },
    })
    expect(issue.fingerprint).toMatch(/^[0-9a-f]{64}$/)
  })
  it('does not hide a target that failed', async () => {
    expect((await json('gitlab', report(target({ error: 'no such file' }))))[0].severity).toBe('blocker')
  })
})

describe('junit', () => {
  it('has a suite a target, a case a rule, and counts that are right', async () => {
    const text = await render(
      'junit',
      report(target({ findings: [finding(), finding()] }), target({ error: 'gone' })),
    )
    const ofDockerfiles = (await rules()).filter(({ scope }) => scope === 'dockerfile').length
    expect(text).toContain(
      `<testsuites name="imgtrust" tests="${ofDockerfiles + 1}" failures="1" errors="1">`,
    )
    expect(text).toMatch(/<failure type="error" message="2 findings: The store/)
    expect(text.match(/<testcase name="target-failed"/g)).toHaveLength(1)
  })
  it('fails where --fail-on makes the exit status 1, skips what is shown below it, and passes what is not shown', async () => {
    const outcome = async (severity: 'error' | 'warning' | 'info', changes: Partial<FormatOptions>) => {
      const text = await render('junit', report(target({ findings: [finding({ severity })] })), changes)
      const [, counted] = /<testsuites .* failures="(\d)" errors="0"/.exec(text) ?? []
      expect(counted).toBe(text.includes('<failure') ? '1' : '0')
      expect(text.includes('skipped="1"')).toBe(text.includes('<skipped message='))
      return text.includes('<failure') ? 'failure' : text.includes('<skipped') ? 'skipped' : 'passed'
    }
    expect(await outcome('error', { failOn: 'error' })).toBe('failure')
    expect(await outcome('warning', { failOn: 'error' })).toBe('skipped')
    expect(await outcome('info', { failOn: 'error' })).toBe('passed')
    expect(await outcome('info', { failOn: 'info', show: 'info' })).toBe('failure')
    expect(await outcome('error', { failOn: 'never' })).toBe('skipped')
  })
})

describe('markdown', () => {
  it('has a table of targets and each remedy to copy', async () => {
    const text = await render('markdown', report(target({ findings: [finding()] })))
    expect(text).toMatch(/^### imgtrust: 1 error$/m)
    expect(text).toContain('| `./app/Dockerfile` |  | 1 | 0 | 0 |  |')
    expect(text).toContain('```dockerfile\nFROM debian:13\n```')
  })
  it('fits into a job summary', async () => {
    const many = Array.from({ length: 400 }, (_, index) =>
      target({ target: `${index}`, findings: [finding({ message: 'x'.repeat(9000) })] }),
    )
    const text = await render('markdown', report(...many))
    expect(Buffer.byteLength(text)).toBeLessThan(1024 * 1024)
    expect(text).toMatch(/\d+ more targets are left out/)
  })
})

describe('cyclonedx', () => {
  const root = {
    sha256: 'ab'.repeat(32),
    name: 'A',
    notBefore: '2000-01-01T00:00:00Z',
    notAfter: '2020-01-01T00:00:00Z',
    status: ['expired' as const],
  }
  const store = (path: string) => ({
    path,
    aliases: [],
    sources: [],
    format: 'pem-bundle' as const,
    consumers: ['wget'],
    layer: 0,
    createdBy: null,
    release: 'alpine/base 3.11.13',
    match: 'exact' as const,
    unknown: null,
    roots: [root],
  })

  it('lists a certificate once, with every place where it stands', async () => {
    const bom = await json('cyclonedx', report(image('alpine:3.11', { stores: [store('/a'), store('/b')] })))
    const [asset, ...more] = bom.components.filter(
      (one: { type: string }) => one.type === 'cryptographic-asset',
    )
    expect(more).toEqual([])
    expect(asset.evidence.occurrences).toEqual([
      { location: '/a', additionalContext: 'layer 0' },
      { location: '/b', additionalContext: 'layer 0' },
    ])
    expect(bom.metadata.component).toMatchObject({
      type: 'container',
      name: 'docker.io/library/alpine',
      version: '3.11',
      purl: `pkg:oci/alpine@sha256%3A${'12'.repeat(32)}?arch=amd64&repository_url=docker.io%2Flibrary%2Falpine&tag=3.11`,
    })
  })

  it('has a serial number of its content', async () => {
    const serial = async (...targets: Parameters<typeof report>) =>
      (await json('cyclonedx', report(...targets))).serialNumber
    const first = await serial(image('a:1', { stores: [store('/a')] }))
    expect(await serial(image('a:1', { stores: [store('/a')] }))).toBe(first)
    expect(await serial(image('a:1', { stores: [store('/b')] }))).not.toBe(first)
  })

  it('names only what it lists', async () => {
    const bom = await json(
      'cyclonedx',
      report(image('a:1', { stores: [store('/a')] }), image('a:2', { stores: [store('/a')] })),
    )
    const refs = bom.components.map((one: { 'bom-ref': string }) => one['bom-ref'])
    expect(new Set(refs).size).toBe(refs.length)
    for (const { ref, dependsOn } of bom.dependencies)
      for (const one of [ref, ...dependsOn]) expect(refs).toContain(one)
  })
})

describe('edits by lines and columns', () => {
  it('say what edits by offsets say', () => {
    const text = 'FROM a\r\nRUN x 𝒳 b\nCMD c'
    const edits = [
      { start: 5, end: 6, text: 'q' },
      { start: text.indexOf('b'), end: text.indexOf('b') + 1, text: 'z' },
      { start: text.length, end: text.length, text: '\nEND' },
    ]
    const starts = [0, ...[...text.matchAll(/\n/g)].map(match => match.index + 1)]
    const back = placeEdits(text, edits).map(({ line, column, endLine, endColumn, text: replacement }) => ({
      start: starts[line - 1]! + column - 1,
      end: starts[endLine - 1]! + endColumn - 1,
      text: replacement,
    }))
    expect(applyEdits(text, back)).toBe(applyEdits(text, edits))
  })
})
