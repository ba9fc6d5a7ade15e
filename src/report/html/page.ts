/** The page of a report: first what matters, then when, then everything else. */
import { reaches } from '../../finding.ts'
import type { FormatOptions } from '../formats/index.ts'
import type { Report, ReportTarget } from '../report.ts'
import { renderDocument, type Section } from './document.ts'
import { cardsOf, renderFilter, renderFindings } from './findings.ts'
import { renderBases, renderMatrix } from './fleet.ts'
import { type Html, html } from './markup.ts'
import { renderFleet } from './mend-first.ts'
import { renderRootSets, rootSets } from './root-sets.ts'
import { isServer, renderServer } from './servers.ts'
import { renderStory } from './story.ts'
import { renderFailures, renderTargets, renderUnknowns } from './targets.ts'
import { renderTimeline } from './timeline.ts'
import { clock, count, dayMarkup, SEVERITIES, systemName } from './words.ts'

/** A report as one self-contained page. */
export function renderPage(report: Report, options: FormatOptions): string {
  return renderDocument({
    title: titleOf(report),
    headline: renderVerdict(report),
    about: `${aboutOf(report)}, judged at ${clock(report.at)} with the knowledge of ${report.tool.knowledge}${report.summary.unknown > 0 ? `, ${count(report.summary.unknown, 'thing')} not known` : ''}`,
    sections: sectionsOf(report, options),
    at: report.at,
    tool: report.tool,
    large: isLarge(report),
  })
}

function sectionsOf(report: Report, options: FormatOptions): readonly Section[] {
  const cards = cardsOf(report)
  const dialects = { chosen: options.remedy, others: !isLarge(report) }
  const sets = rootSets(report)
  const servers = report.targets.flatMap((target, index) =>
    isServer(target) ? [renderServer(target, index, report.at, dialects)] : [],
  )
  const shown = SEVERITIES.filter(severity => reaches(severity, options.show))
  const hidden = cards.filter(({ finding }) => !reaches(finding.severity, options.show)).length
  const onlyServers = servers.length > 0 && servers.length === report.targets.length
  return [
    { id: 'failed', title: 'Could not be read', body: renderFailures(report) },
    {
      id: 'servers',
      title: 'What servers send, and who accepts it',
      body: servers.length === 0 ? null : html`${servers}`,
    },
    { id: 'bases', title: 'Mend first', body: renderFleet(report) ?? renderBases(report) },
    {
      id: 'findings',
      title: 'What breaks, and what mends it',
      body:
        cards.length === 0
          ? onlyServers
            ? null
            : html`<p class="quiet">${report.summary.failed > 0 ? 'Nothing was found in what could be read.' : 'Nothing to mend.'}</p>`
          : html`${renderFilter(cards, report, shown)}${hidden === 0 ? null : html`<p class="quiet">${count(hidden, 'finding')} of severity info not shown at first. <button type="button" id="all">Show all</button></p>`}${renderFindings(cards, report, dialects)}`,
    },
    {
      id: 'story',
      title: 'Why a root that ended breaks servers in order',
      body: renderStory(report),
    },
    { id: 'matrix', title: 'Which image holds which root', body: renderMatrix(report) },
    { id: 'timeline', title: 'When roots end', body: renderTimeline(report) },
    { id: 'unknowns', title: 'Not known', body: renderUnknowns(report) },
    {
      id: 'targets',
      title: 'Stores, readers, layers',
      body: report.targets.length === 0 ? null : renderTargets(report, sets),
    },
    { id: 'roots', title: 'Roots', body: sets.size === 0 ? null : renderRootSets(sets, report.at) },
  ]
}

/** Then what is out of sight is laid out late, and remedies come in the chosen dialect alone. */
function isLarge({ targets }: Report): boolean {
  return targets.length > 50
}

function titleOf(report: Report): string {
  const [first] = report.targets
  const what =
    report.targets.length === 1 && first ? first.target.slice(0, 200) : count(report.targets.length, 'target')
  return `imgtrust: ${what}`
}

/** The only target by its name, else how many they are. */
function aboutOf({ targets }: Report): string {
  const [only] = targets
  if (!only || targets.length > 1) return count(targets.length, 'target')
  const image = only.image && (only.image.reference ?? only.image.file ?? only.image.source)
  const system = systemName(only.image?.distribution ?? only.distribution)
  const name = image ? `The programs of ${image}` : only.target
  return `${name.slice(0, 300)}${system === null ? '' : ` (${system})`}`
}

/** The headline: who refuses whom where that is all, else how many findings there are. */
function renderVerdict(report: Report): Html {
  const { summary, targets } = report
  const servers = targets.filter(isServer)
  const [server] = servers
  if (server && targets.length === 1 && summary.failed === 0 && summary.error + summary.warning === 0) {
    const headline = renderServerVerdict(server)
    if (headline) return headline
  }
  if (report.fleet && report.fleet.broken > 0 && summary.failed === 0) {
    const { broken, images } = report.fleet
    return html`<span class="error">${broken} of ${count(images, 'image')} ${broken === 1 ? 'breaks' : 'break'}</span> on ${dayMarkup(report.at)}`
  }
  const refused = servers
    .flatMap(({ verdicts = [] }) => verdicts)
    .filter(({ accepted }) => accepted === false).length
  const parts = [
    ['error', summary.error, 'error'],
    ['error', refused, 'refusal'],
    ['warning', summary.warning, 'warning'],
    ['error', summary.failed, 'failed target'],
  ] as const
  const told = parts.filter(([, number]) => number > 0)
  if (told.length > 0)
    return html`${told.map(([kind, number, noun], index) => html`${index > 0 ? ', ' : ''}<span class="${kind}">${count(number, noun)}</span>`)}`
  return html`<span class="good">Nothing to mend</span>`
}

/** Null where nothing can be told of the only server. */
function renderServerVerdict({ verdicts = [], host, target }: ReportTarget): Html | null {
  const told = verdicts.filter(({ accepted }) => accepted !== null)
  const refused = told.filter(({ accepted }) => accepted === false)
  const [first] = refused
  const name = (host ?? target).slice(0, 120)
  if (told.length === 0) return null
  if (!first)
    return html`<span class="good">${told.length === 1 ? (told[0]?.client.program ?? '') : `All ${told.length} programs`} ${told.length === 1 ? 'accepts' : 'accept'}</span> ${name}`
  const who =
    refused.length === 1
      ? `${first.client.program} refuses`
      : `${refused.length} of ${verdicts.length} programs refuse`
  return html`<span class="error">${who}</span> ${name}`
}
