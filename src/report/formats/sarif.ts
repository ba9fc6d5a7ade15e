import type { Rule } from '../../rule.ts'
import { exitStatus } from '../exit-status.ts'
import { packageUrl } from '../links.ts'
import { fileOf, fingerprints, plainPath, remediesOf } from '../place.ts'
import { plainJson } from '../plain-json.ts'
import { withRefusals } from '../refusals.ts'
import type { Report, ReportFinding, ReportTarget, ReportUnknown } from '../report.ts'
import { visible } from '../visible.ts'
import type { Format, FormatOptions } from './index.ts'
import { artifactOf, IMAGES, type LocationInput, locationOf } from './sarif-location.ts'
import { ruleTable } from './sarif-rules.ts'

/**
 * SARIF 2.1.0 (OASIS, docs.oasis-open.org/sarif/sarif/v2.1.0): one run, the table of all rules, a result a finding.
 * Dockerfiles are artifacts relative to the current folder, stores of images artifacts under a base that has no place
 * on disk, with image and layer as logical locations. What could not be read is a notification of the run.
 */
export function createSarif(rules: readonly Rule[]): Format {
  return { render: (report, options) => `${plainJson(sarifLog(withRefusals(report), rules, options), 2)}\n` }
}

/**
 * The one escape function of this format: the text of a message; JSON does the rest, and what is to be inserted by a
 * fix stays as it is. SARIF reads `[a](b)` as a link
 * (§3.11.6) and `{0}` as a placeholder (§3.11.5): names from an image are neither.
 */
export function escapeSarif(value: string): string {
  return value
    .split('\n')
    .map(visible)
    .join('\n')
    .replace(/\[(?=[^\]]*\]\()/g, '\\[')
    .replace(/\{(\d+)\}/g, '{{$1}}')
}

const NOTIFICATIONS = [
  notification('target-failed', 'TargetFailed', 'A target could not be read to its end.'),
  notification('unknown', 'NotKnown', 'Something could not be read or told: it raises no alarm.'),
]

function notification(id: string, name: string, text: string): object {
  return { id, name, shortDescription: { text }, fullDescription: { text }, help: { text } }
}

function sarifLog(report: Report, rules: readonly Rule[], options: FormatOptions): object {
  const { tool, targets } = report
  const known = fingerprints(report)
  const ids = [...new Set([...rules.map(({ id }) => id), ...rulesOf(report)])].sort()
  const images = targets.some(({ kind }) => kind !== 'dockerfile')
  return {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: tool.name,
            version: tool.version,
            semanticVersion: tool.version,
            informationUri: packageUrl,
            rules: ruleTable(ids, rules),
            notifications: NOTIFICATIONS,
            properties: { knowledge: tool.knowledge },
          },
        },
        // Two files of one commit, of lint and of scan, must not replace each other.
        automationDetails: { id: `imgtrust/${images ? 'scan' : 'lint'}/` },
        columnKind: 'utf16CodeUnits',
        ...(images ? { originalUriBaseIds: IMAGES.definition } : {}),
        invocations: [invocation(report, options)],
        results: targets.flatMap(target =>
          target.findings.map(finding =>
            result(finding, { target, report }, ids.indexOf(finding.rule), known.get(finding) ?? ''),
          ),
        ),
        properties: { at: report.at },
      },
    ],
  }
}

function rulesOf({ targets }: Report): string[] {
  return targets.flatMap(({ findings }) => findings.map(({ rule }) => rule))
}

/** Findings are no failure of the run: that is what a target is which could not be read. */
function invocation(report: Report, { failOn }: FormatOptions): object {
  const { targets, summary } = report
  return {
    executionSuccessful: summary.failed === 0,
    exitCode: exitStatus(report, failOn),
    toolExecutionNotifications: targets.flatMap(target => [
      ...(target.error === null ? [] : [failure(target, target.error)]),
      ...target.unknowns.map(entry => unknownNotification(entry, target)),
    ]),
  }
}

function failure(target: ReportTarget, error: string): object {
  return {
    descriptor: { id: 'target-failed', index: 0 },
    level: 'error',
    message: { text: escapeSarif(visible(error)) },
    ...(target.kind === 'dockerfile'
      ? { locations: [{ physicalLocation: { artifactLocation: artifactOf(plainPath(target.target)) } }] }
      : {}),
  }
}

function unknownNotification({ what, why, location }: ReportUnknown, target: ReportTarget): object {
  const where = target.kind === 'dockerfile' ? '' : `${target.target}: `
  const file = location.file
  return {
    descriptor: { id: 'unknown', index: 1 },
    level: 'note',
    message: { text: escapeSarif(`${visible(where)}${visible(what)}: ${visible(why)}`) },
    ...(file === undefined
      ? {}
      : {
          locations: [
            {
              physicalLocation: {
                artifactLocation: artifactOf(plainPath(file)),
                ...(location.line === undefined ? {} : { region: { startLine: location.line } }),
              },
            },
          ],
        }),
  }
}

const LEVELS = { error: 'error', warning: 'warning', info: 'note' } as const

function result(
  finding: ReportFinding,
  input: LocationInput,
  ruleIndex: number,
  fingerprint: string,
): object {
  const fixes = fixesOf(finding)
  return {
    ruleId: finding.rule,
    ruleIndex,
    level: LEVELS[finding.severity],
    message: { text: escapeSarif(messageOf(finding, input.target)) },
    locations: [locationOf(finding, input)],
    partialFingerprints: {
      'imgtrust/v1': fingerprint,
      // GitHub reckons this one itself where the file is in the checkout; stores of images never are.
      ...(fileOf(finding) === null ? { primaryLocationLineHash: `${fingerprint.slice(0, 16)}:1` } : {}),
    },
    ...(fixes.length === 0 ? {} : { fixes }),
    ...(finding.roots.length === 0 ? {} : { properties: { roots: finding.roots } }),
  }
}

function messageOf(finding: ReportFinding, target: ReportTarget): string {
  const remedies = remediesOf(finding).map(({ summary, steps }) => {
    const code = target.kind === 'dockerfile' ? steps.dockerfile : (steps.shell ?? steps.dockerfile)
    return `${visible(summary)}${code ? `:\n${code}` : '.'}`
  })
  return [visible(finding.message), ...remedies].join('\n\n')
}

/** Each proven remedy that is an edit of the Dockerfile, once: a tool may offer them, one excludes the other. */
function fixesOf(finding: ReportFinding): object[] {
  const file = fileOf(finding)
  if (file === null) return []
  const fixes = remediesOf(finding).flatMap(({ proven, edits, summary }) => {
    if (!proven || edits === undefined || edits.length === 0) return []
    const replacements = edits.map(({ line, column, endLine, endColumn, text }) => ({
      deletedRegion: { startLine: line, startColumn: column, endLine, endColumn },
      insertedContent: { text },
    }))
    return [
      {
        description: { text: escapeSarif(visible(summary)) },
        artifactChanges: [{ artifactLocation: artifactOf(file), replacements }],
      },
    ]
  })
  return fixes.filter(
    (fix, index) => fixes.findIndex(one => JSON.stringify(one) === JSON.stringify(fix)) === index,
  )
}
