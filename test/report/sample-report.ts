import type { FormatOptions } from '../../src/report/formats/index.ts'
import type { Report, ReportFinding, ReportTarget } from '../../src/report/report.ts'

export const options: FormatOptions = {
  color: false,
  width: 100,
  show: 'warning',
  failures: true,
  failOn: 'warning',
  remedy: 'dockerfile',
}

export const finding = (changes: Partial<ReportFinding> = {}): ReportFinding => ({
  rule: 'expired-root-kept',
  severity: 'error',
  message: 'The store keeps AddTrust External Root, which ended 2020-05-30.',
  location: {
    file: './app/Dockerfile',
    line: 2,
    column: 6,
    endLine: 2,
    endColumn: 20,
    text: 'FROM sentry:9.1.2',
  },
  roots: [],
  remedy: {
    summary: 'Build on debian:13',
    proven: true,
    fixable: false,
    steps: { dockerfile: 'FROM debian:13', shell: 'sudo first' },
    edits: [{ line: 2, column: 6, endLine: 2, endColumn: 18, text: 'debian:13' }],
    alternatives: [],
  },
  ...changes,
})

export const target = (changes: Partial<ReportTarget> = {}): ReportTarget => ({
  target: './app/Dockerfile',
  kind: 'dockerfile',
  source: 'file',
  reference: null,
  digest: null,
  platform: null,
  distribution: null,
  stores: [],
  certificates: [],
  clients: [],
  stages: [],
  findings: [],
  unknowns: [],
  config: null,
  error: null,
  ...changes,
})

export function report(...targets: ReportTarget[]): Report {
  const count = (severity: string) =>
    targets.flatMap(one => one.findings).filter(one => one.severity === severity).length
  return {
    version: 1,
    at: '2020-05-31T00:00:00Z',
    tool: { name: 'imgtrust', version: '0.1.0', knowledge: '2026-10-20' },
    targets,
    summary: {
      error: count('error'),
      warning: count('warning'),
      info: count('info'),
      unknown: targets.flatMap(one => one.unknowns).length,
      failed: targets.filter(one => one.error !== null).length,
    },
  }
}

/** An image whose every free text is `name`, with findings of each severity, an unknown and a failure. */
export function hostileReport(name: string): Report {
  const remedy = {
    summary: name,
    proven: true,
    fixable: true,
    steps: { dockerfile: `RUN ${name}`, shell: name },
    edits: [{ line: 1, column: 1, endLine: 1, endColumn: 1, text: name }],
  }
  const root = {
    sha256: 'ab'.repeat(32),
    name,
    notBefore: '2000-01-01T00:00:00Z',
    notAfter: '2001-01-01T00:00:00Z',
    subject: name,
  }
  const all = (location: ReportFinding['location']) =>
    (['error', 'warning', 'info'] as const).map(severity =>
      finding({
        severity,
        message: name,
        location,
        roots: [{ sha256: root.sha256, name, notAfter: root.notAfter }],
        remedy: { ...remedy, alternatives: [remedy] },
      }),
    )
  const image = target({
    target: name,
    kind: 'image',
    source: name,
    reference: name,
    digest: name,
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
        roots: [{ ...root, status: ['expired'] }],
      },
    ],
    certificates: [
      { path: `/x/${name}`, sha256: 'cd'.repeat(32), subject: name, notAfter: root.notAfter, layer: 1 },
    ],
    clients: [{ program: name, version: name, library: name, libraryVersion: name, build: name, path: name }],
    findings: all({ path: `/${name}`, layer: 0 }),
    unknowns: [{ what: name, why: name, location: {} }],
    error: name,
  })
  const dockerfile = target({
    target: name,
    findings: all({ file: name, line: 1, column: 1, endLine: 1, endColumn: 2, stage: name, text: name }),
    unknowns: [{ what: name, why: name, location: { file: name, line: 1 } }],
    error: name,
  })
  return report(image, dockerfile)
}
