/** Each target: its stores and who reads them, the layers that brought them, what lies elsewhere, what is not known. */
import type { Report, ReportClient, ReportStage, ReportStore, ReportTarget } from '../report.ts'
import { type Html, html } from './markup.ts'
import { labelOf, type RootSet } from './root-sets.ts'
import { count, day, KINDS, SEVERITIES, systemName, targetId } from './words.ts'

type Sets = ReadonlyMap<ReportStore, RootSet>

export function renderTargets(report: Report, sets: Sets): Html {
  // One or two are opened: nobody wants to click for the only thing that there is.
  const open = report.targets.length <= 2 ? html` open` : null
  return html`${report.targets.map(
    (target, index) =>
      html`<details class="target" id="${targetId(index)}"${open}><summary>${renderHeading(target)}</summary>
${renderBody(target, sets)}
</details>
`,
  )}`
}

function renderHeading(target: ReportTarget): Html {
  const about = [KINDS[target.kind], systemName(target.distribution), target.platform]
    .filter(Boolean)
    .join(' · ')
  const counts = SEVERITIES.map(severity => ({
    severity,
    number: target.findings.filter(finding => finding.severity === severity).length,
  })).filter(({ number }) => number > 0)
  return html`<span class="name">${target.target}</span> <span class="quiet">${about}</span> <span class="tallies">${
    target.error === null ? null : html`<span class="badge error">Failed</span> `
  }${counts.map(
    ({ severity, number }) => html`<span class="tally ${severity}">${number} ${severity}</span> `,
  )}</span>`
}

function renderBody(target: ReportTarget, sets: Sets): Html {
  const { stores, stages, clients, certificates, unknowns, error, distribution } = target
  const empty =
    error === null && stores.length === 0 && target.kind !== 'dockerfile' && target.kind !== 'server'
  return html`<div class="body">${error === null ? null : html`<p class="failure"><b>Failed</b> ${error}</p>`}
${facts([
  ['Source', target.source],
  ['Clients of', clientsOf(target)],
  ['Reference', target.reference === target.target ? null : target.reference],
  ['Digest', target.digest],
  ['End of life', distribution?.endOfLife ?? null],
  ['Configuration', target.config],
])}
${empty ? html`<p class="quiet">No trust store found.</p>` : null}
${stores.map(store => renderStore(store, target, sets))}
${stages.map((stage, index) => renderStage(stage, index === stages.length - 1, target, sets))}
${clients.length === 0 ? null : html`<details><summary>${count(clients.length, 'program')} that ${clients.length === 1 ? 'speaks' : 'speak'} TLS</summary><ul>${clients.map(client => html`<li>${clientName(client)}${client.path === null ? null : html` <code>${client.path}</code>`}</li>`)}</ul></details>`}
${certificates.length === 0 ? null : html`<details><summary>${count(certificates.length, 'certificate')} elsewhere</summary><ul>${certificates.map(one => html`<li><code>${one.path}</code> ${one.subject} <span class="life">ends ${day(one.notAfter)}${one.layer === null ? '' : `, layer ${one.layer}`}</span></li>`)}</ul></details>`}
${unknowns.length === 0 ? null : html`<h3>Not known</h3><ul class="unknowns">${unknowns.map(({ what, why }) => html`<li><b>${what}</b> ${why}</li>`)}</ul>`}
</div>`
}

/** Whose clients a server was held against. */
function clientsOf({ image }: ReportTarget): string | null {
  if (!image) return null
  return [image.reference ?? image.file ?? image.source, image.platform, systemName(image.distribution)]
    .filter(Boolean)
    .join(' · ')
}

/** A program with the library that verifies for it: `wget 1.18 (GnuTLS 3.5.8)`. */
export function clientName({ program, version, library, libraryVersion }: ReportClient): string {
  const name = [program, version].filter(Boolean).join(' ')
  return library === null ? name : `${name} (${[library, libraryVersion].filter(Boolean).join(' ')})`
}

function renderStage(stage: ReportStage, final: boolean, target: ReportTarget, sets: Sets): Html {
  const { name, line, base, distribution, stores, unknown } = stage
  return html`<section class="stage"><h3>${final ? 'Final stage' : 'Stage'}${name === null ? '' : ` ${name}`} <span class="quiet">line ${line}, from <code>${base}</code>${distribution === null ? '' : `, ${systemName(distribution)}`}</span></h3>
${unknown !== null ? html`<p class="unknowns"><b>Stores not known</b> ${unknown}</p>` : stores.length === 0 ? html`<p class="quiet">No trust store after its last instruction.</p>` : null}
${stores.map(store => renderStore(store, target, sets))}</section>`
}

function renderStore(store: ReportStore, target: ReportTarget, sets: Sets): Html {
  const set = sets.get(store)
  const expired = store.roots.filter(({ status }) => status.includes('expired')).length
  const list = (values: readonly string[]) => (values.length === 0 ? null : values.join(', '))
  const names = (roots: readonly { readonly name: string }[]) => list(roots.map(({ name }) => name))
  return html`<section class="store"><h3>${store.path}</h3>
<p>${store.unknown !== null ? html`<b>Not known</b> ${store.unknown}` : html`${set ? html`<a href="#${set.id}">${count(store.roots.length, 'root')}</a>` : 'no roots'} · ${labelOf(store)}${expired > 0 ? html` · <b class="bad-text">${expired} expired</b>` : null}`}</p>
${facts([
  ['Read by', list(store.consumers.map(consumer => readerName(consumer, target)))],
  ['Brought by', layerOf(store)],
  ['Also at', list(store.aliases)],
  ['Fed by', list(store.sources)],
  ['Lacks', names(store.differs?.missing ?? [])],
  ['Adds', names(store.differs?.extra ?? [])],
])}</section>`
}

function layerOf({ layer, createdBy }: ReportStore): Html | null {
  if (layer === null) return null
  return html`layer ${layer}${createdBy === null ? null : html`: <code>${createdBy}</code>`}`
}

function readerName(consumer: string, { clients }: ReportTarget): string {
  const client = clients.find(({ program }) => program === consumer || program === `busybox ${consumer}`)
  const library = client?.library && [client.library, client.libraryVersion].filter(Boolean).join(' ')
  return library ? `${consumer} (${library})` : consumer
}

function facts(rows: readonly (readonly [string, string | Html | null])[]): Html | null {
  const told = rows.filter(([, value]) => value !== null)
  if (told.length === 0) return null
  return html`<dl>${told.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>`
}

/** What could not be read or told, once for all targets that share it. */
export function renderUnknowns(report: Report): Html | null {
  const groups = new Map<string, { what: string; why: string; targets: Set<number> }>()
  report.targets.forEach((target, index) => {
    for (const { what, why } of target.unknowns) {
      const key = JSON.stringify([what, why])
      const group = groups.get(key) ?? { what, why, targets: new Set() }
      group.targets.add(index)
      groups.set(key, group)
    }
  })
  if (groups.size === 0) return null
  const name = (index: number) =>
    html`<a href="#${targetId(index)}">${report.targets[index]?.target ?? ''}</a>`
  return html`<ul class="unknowns">${[...groups.values()].map(({ what, why, targets }) => {
    const [first = 0] = targets
    return html`<li><b>${what}</b> ${why} <span class="quiet">${targets.size === 1 ? name(first) : count(targets.size, 'target')}</span></li>`
  })}</ul>`
}

/** Targets that could not be read to their end. */
export function renderFailures(report: Report): Html | null {
  const failed = report.targets.flatMap(({ target, error }, index) =>
    error === null ? [] : [{ target, error, index }],
  )
  if (failed.length === 0) return null
  return html`<ul class="failures">${failed.map(({ target, error, index }) => html`<li><a href="#${targetId(index)}">${target}</a> ${error}</li>`)}</ul>`
}
