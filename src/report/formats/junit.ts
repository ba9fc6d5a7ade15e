import { reaches } from '../../finding.ts'
import type { Rule } from '../../rule.ts'
import { escapeMarkup } from '../escape-markup.ts'
import { codeOf, remediesOf } from '../place.ts'
import { clientWords, refusalSentence } from '../refusals.ts'
import type { Report, ReportFinding, ReportTarget } from '../report.ts'
import { visible } from '../visible.ts'
import type { Format, FormatOptions } from './index.ts'

/**
 * JUnit's XML as Jenkins, GitLab, Azure and CircleCI read it: a suite a target, a case a rule. Findings that make the
 * exit status 1 (`--fail-on`) are failures; a case with none but lesser ones is skipped, and names them; what is not
 * shown stands in its output. A target that could not be read is an error.
 * @param rules all rules: what was looked for and not found is a passed case
 */
export function createJunit(rules: readonly Rule[]): Format {
  return {
    render(report, options) {
      const suites = report.targets.map(target => renderSuite(target, report, rules, options))
      // Jenkins' schema has the skipped ones counted by suites alone.
      const sum = (key: 'tests' | 'failures' | 'errors') =>
        suites.reduce((total, suite) => total + suite[key], 0)
      return [
        '<?xml version="1.0" encoding="UTF-8"?>',
        `<testsuites name="imgtrust" tests="${sum('tests')}" failures="${sum('failures')}" errors="${sum('errors')}">`,
        ...suites.map(({ xml }) => xml),
        '</testsuites>',
        '',
      ].join('\n')
    },
  }
}

/** The one escape function of this format: fit for XML 1.0 text and for attributes in double quotes. */
export function escapeXml(value: string): string {
  return escapeMarkup(value).replaceAll("'", '&apos;')
}

interface Suite {
  readonly xml: string
  readonly tests: number
  readonly failures: number
  readonly errors: number
  readonly skipped: number
}

function renderSuite(
  target: ReportTarget,
  report: Report,
  rules: readonly Rule[],
  options: FormatOptions,
): Suite {
  if (target.kind === 'server') return serverSuite(target, report)
  const name = escapeXml(visible(target.target))
  const scope = target.kind === 'dockerfile' ? 'dockerfile' : 'image'
  const known = rules.filter(rule => rule.scope === scope).map(({ id }) => id)
  const ids = [...new Set([...known, ...target.findings.map(({ rule }) => rule)])].sort()
  // A target that could not be read has passed nothing.
  const failed = target.error !== null
  const cases = ids.flatMap(rule => {
    const findings = target.findings.filter(finding => finding.rule === rule)
    if (failed && findings.length === 0) return []
    return [renderCase(rule, name, findings, target, options)]
  })
  const failures = cases.filter(one => one.outcome === 'failure').length
  const skipped = cases.filter(one => one.outcome === 'skipped').length
  const properties = [
    ['at', report.at],
    ['knowledge', report.tool.knowledge],
    ...(target.digest === null ? [] : [['digest', visible(target.digest)]]),
  ].map(([key = '', value = '']) => `      <property name="${escapeXml(key)}" value="${escapeXml(value)}"/>`)
  const unknowns = target.unknowns.map(({ what, why }) => `unknown: ${visible(what)}: ${visible(why)}`)
  const xml = [
    `  <testsuite name="${name}" tests="${cases.length + (failed ? 1 : 0)}" failures="${failures}" errors="${failed ? 1 : 0}" skipped="${skipped}">`,
    '    <properties>',
    ...properties,
    '    </properties>',
    ...cases.map(({ xml: part }) => part),
    ...(target.error === null ? [] : [renderError(name, target.error)]),
    ...(unknowns.length === 0 ? [] : [`    <system-out>${escapeXml(unknowns.join('\n'))}</system-out>`]),
    '  </testsuite>',
  ].join('\n')
  return { xml, tests: cases.length + (failed ? 1 : 0), failures, errors: failed ? 1 : 0, skipped }
}

/** A case a verdict: one that can't be told is skipped. */
function serverSuite(target: ReportTarget, report: Report): Suite {
  const name = escapeXml(visible(target.target))
  const verdicts = target.verdicts ?? []
  const cases = verdicts.map(verdict => {
    const { client, accepted, reason } = verdict
    const by = escapeXml(visible(clientWords(client) + (client.path === null ? '' : ` ${client.path}`)))
    const head = `    <testcase name="${by}" classname="${name}"`
    if (accepted === true) return `${head}/>`
    const text = escapeXml(visible(refusalSentence(verdict, target)))
    return accepted === null
      ? `${head}><skipped message="it can&apos;t be told"/></testcase>`
      : `${head}><failure type="${reason}" message="${text}">${text}</failure></testcase>`
  })
  const failed = target.error !== null
  const failures = verdicts.filter(({ accepted }) => accepted === false).length
  const skipped = verdicts.filter(({ accepted }) => accepted === null).length
  const tests = cases.length + (failed ? 1 : 0)
  const unknowns = target.unknowns.map(({ what, why }) => `unknown: ${visible(what)}: ${visible(why)}`)
  const xml = [
    `  <testsuite name="${name}" tests="${tests}" failures="${failures}" errors="${failed ? 1 : 0}" skipped="${skipped}">`,
    '    <properties>',
    `      <property name="at" value="${escapeXml(report.at)}"/>`,
    `      <property name="knowledge" value="${escapeXml(report.tool.knowledge)}"/>`,
    '    </properties>',
    ...cases,
    ...(target.error === null ? [] : [renderError(name, target.error)]),
    ...(unknowns.length === 0 ? [] : [`    <system-out>${escapeXml(unknowns.join('\n'))}</system-out>`]),
    '  </testsuite>',
  ].join('\n')
  return { xml, tests, failures, errors: failed ? 1 : 0, skipped }
}

function renderCase(
  rule: string,
  suite: string,
  findings: readonly ReportFinding[],
  target: ReportTarget,
  options: FormatOptions,
): { readonly xml: string; readonly outcome: 'passed' | 'skipped' | 'failure' } {
  const failing = findings.filter(({ severity }) => reaches(severity, options.failOn))
  const shown =
    failing.length > 0 ? failing : findings.filter(({ severity }) => reaches(severity, options.show))
  const rest = findings.filter(finding => !shown.includes(finding))
  const outcome = failing.length > 0 ? 'failure' : shown.length > 0 ? 'skipped' : 'passed'
  const told = (some: readonly ReportFinding[]) =>
    escapeXml(some.map(finding => describe(finding, target, options)).join('\n\n'))
  const parts = [
    ...(outcome === 'passed' ? [] : [renderOutcome(outcome, shown, told(shown))]),
    ...(rest.length === 0 ? [] : [`      <system-out>${told(rest)}</system-out>`]),
  ]
  const head = `    <testcase name="${escapeXml(rule)}" classname="${suite}"`
  const xml = parts.length === 0 ? `${head}/>` : [`${head}>`, ...parts, '    </testcase>'].join('\n')
  return { xml, outcome }
}

function renderOutcome(
  outcome: 'failure' | 'skipped',
  findings: readonly ReportFinding[],
  content: string,
): string {
  const [first] = findings
  const number = findings.length === 1 ? '' : `${findings.length} findings: `
  const message = escapeXml(number + visible(first?.message ?? ''))
  const gravest = findings.some(one => one.severity === 'error') ? 'error' : first?.severity
  const type = outcome === 'failure' ? ` type="${gravest}"` : ''
  return `      <${outcome}${type} message="${message}">${content}</${outcome}>`
}

function renderError(suite: string, error: string): string {
  const message = escapeXml(visible(error))
  return [
    `    <testcase name="target-failed" classname="${suite}">`,
    `      <error type="target-failed" message="${message}">${message}</error>`,
    '    </testcase>',
  ].join('\n')
}

/** Place, sentence, remedies: what a person needs who sees nothing but this. */
function describe(finding: ReportFinding, target: ReportTarget, options: FormatOptions): string {
  const { location, severity, message } = finding
  const place =
    location.line === undefined
      ? visible(location.path ?? target.target)
      : `${visible(location.file ?? target.target)}:${location.line}:${location.column ?? 1}`
  const remedies = remediesOf(finding).map((remedy, index) => {
    const code = codeOf(remedy, target, options.remedy)
    const lines = code === null ? [] : code.split('\n').map(line => `    ${visible(line)}`)
    return [`${index === 0 ? 'mend' : 'or'}: ${visible(remedy.summary)}`, ...lines].join('\n')
  })
  return [`${place}: ${severity}: ${visible(message)}`, ...remedies].join('\n')
}
