/** docs/corpus.md: the figures of the snapshot for people. */
import { severities } from '../../src/finding.ts'
import { countOf, type Snapshot } from './snapshot.ts'

export function corpusPage(snapshot: Snapshot): string {
  const { bases, run } = snapshot
  const rules = Object.entries(snapshot.findings).map(([rule, found]) =>
    row([`[${rule}](rules/${rule}.md)`, ...severities.map(severity => number(countOf(found, severity)))]),
  )
  const told = bases.known + bases.unknown
  return `# The corpus

\`npm run corpus -- DIR…\` lints the Dockerfiles of public repositories and keeps what came of it in
[test/corpus](../test/corpus): which repositories at which commits, every finding by its place, and what could not be
told. The Dockerfiles themselves stay where they are. A change of a rule or of the trace shows there as a difference.

${number(snapshot.files)} Dockerfiles of ${number(snapshot.repositories)} repositories, judged on ${snapshot.at}: ${number(snapshot.withFindings)} have a finding.
${snapshot.crashed.length === 0 ? 'None made it crash' : `${number(snapshot.crashed.length)} made it crash`}; ${number(sum(snapshot.refused))} were refused, as an engine would (templates, files cut short).

| rule | ${severities.join(' | ')} |
| --- | ${severities.map(() => '---:').join(' | ')} |
${rules.join('\n')}

## Base images

| FROM names | |
| --- | ---: |
| an official image whose store is known | ${number(bases.known)} |
| an official image whose store is not known | ${number(bases.unknown)} (${percent(bases.unknown, told)}) |
| an official image by a tag that the facts never saw | ${number(bases['no tag'])} |
| an image by its digest | ${number(bases.digest)} |
| Windows | ${number(bases.windows)} |
| a variable without a value | ${number(bases.unresolved)} |
| anything else: private images and those of other people | ${number(bases.other)} |

## What can't be told

The most frequent reasons for which a shipped stage's stores are unknown:

| reason | files |
| --- | ---: |
${Object.entries(snapshot.unknowns)
  .slice(0, 15)
  .map(([why, count]) => row([why.replaceAll('|', '\\|').replaceAll('<', '&lt;'), number(count)]))
  .join('\n')}

## Time

${number(run.seconds)} seconds for all in one process of at most ${number(run.peakMegabytes)} MB; the middle file takes ${run.middle} ms, one of a hundred more than
${run.ninetyNinth} ms.
`
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}

function number(value: number): string {
  return value.toLocaleString('en')
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)} %`
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((a, b) => a + b, 0)
}
