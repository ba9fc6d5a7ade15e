/** Many targets at once: the base images to mend first, and which image holds which root that matters. */
import { reaches } from '../../finding.ts'
import type { Report, ReportTarget } from '../report.ts'
import { type Html, html } from './markup.ts'
import { isBreaking } from './moments.ts'
import { compare, count, finalStores, systemName, targetId } from './words.ts'

const COLUMNS = 12

/** Null for a single target. */
export function renderBases(report: Report): Html | null {
  const rows = basesOf(report)
  if (report.targets.length < 2 || rows.length === 0) return null
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Base images, scrolls sideways"><table class="bases"><thead><tr><th scope="col">Base</th><th scope="col" class="num">Targets</th><th scope="col" class="num">Errors</th><th scope="col" class="num">Warnings</th><th scope="col">End of life</th><th scope="col">What mends most</th></tr></thead><tbody>${rows.map(
    ({ base, targets, errors, warnings, endOfLife, remedy }) =>
      html`<tr><th scope="row">${base}</th><td class="num">${targets}</td><td class="num${errors > 0 ? ' bad-text' : ''}">${errors}</td><td class="num">${warnings}</td><td>${endOfLife ?? ''}</td><td>${remedy ?? ''}</td></tr>`,
  )}</tbody></table></div>`
}

/** By what they stand on, those with most errors first. */
function basesOf(report: Report) {
  const groups = new Map<string, ReportTarget[]>()
  for (const target of report.targets) {
    if (target.kind === 'server') continue
    const base = target.kind === 'dockerfile' ? target.stages.at(-1)?.base : systemName(target.distribution)
    const key = base || 'not known'
    groups.set(key, [...(groups.get(key) ?? []), target])
  }
  return [...groups]
    .map(([base, targets]) => {
      const findings = targets.flatMap(target => target.findings)
      const number = (severity: string) => findings.filter(one => one.severity === severity).length
      return {
        base,
        targets: targets.length,
        errors: number('error'),
        warnings: number('warning'),
        endOfLife: targets[0]?.distribution?.endOfLife ?? null,
        remedy: mostCommon(
          findings.flatMap(({ severity, remedy }) =>
            remedy && reaches(severity, 'warning') ? [remedy.summary] : [],
          ),
        ),
      }
    })
    .sort(
      (a, b) =>
        b.errors - a.errors || b.warnings - a.warnings || b.targets - a.targets || compare(a.base, b.base),
    )
}

function mostCommon(values: readonly string[]): string | null {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1] || compare(a[0], b[0]))[0]?.[0] ?? null
}

/** Null for a single target, or where no root stands in an error or a warning. */
export function renderMatrix(report: Report): Html | null {
  const { columns, left } = columnsOf(report)
  const rows = report.targets
    .map((target, index) => ({ target, index }))
    .filter(({ target }) => target.kind !== 'server')
  if (rows.length < 2 || columns.length === 0) return null
  return html`<p class="quiet">Roots of errors and warnings, those that break chains first.${left > 0 ? ` ${count(left, 'further root')} not shown.` : ''}</p>
<ul class="legend"><li><span class="cell expired">✕</span>there, expired</li><li><span class="cell lost">⊘</span>there, distrusted or removed</li><li><span class="cell there">●</span>there</li><li><span class="cell absent">–</span>not there</li><li><span class="cell unknown">?</span>not known</li><li><span class="cell there found">●</span>part of an error or a warning</li></ul>
<div class="scroll tall" tabindex="0" role="region" aria-label="Images and roots, scrolls"><table class="matrix"><thead><tr><th scope="col">Target</th>${columns.map(
    ({ name, sha256 }) =>
      html`<th scope="col" class="up" title="${sha256}"><span>${name.slice(0, 60)}</span></th>`,
  )}</tr></thead><tbody>${rows.map(({ target, index }) => {
    const cell = cellsOf(target)
    return html`<tr><th scope="row"><a href="#${targetId(index)}">${target.target}</a></th>${columns.map(({ sha256 }) => cell(sha256))}</tr>
`
  })}</tbody></table></div>`
}

function columnsOf(report: Report) {
  const roots = new Map<string, { sha256: string; name: string; targets: number; breaking: boolean }>()
  for (const target of report.targets) {
    const mine = new Map(
      target.findings
        .filter(({ severity }) => reaches(severity, 'warning'))
        .flatMap(finding => finding.roots)
        .map(root => [root.sha256, root] as const),
    )
    for (const { sha256, name, notAfter } of mine.values()) {
      const breaking = notAfter <= report.at && isBreaking(sha256)
      const known = roots.get(sha256) ?? { sha256, name, targets: 0, breaking }
      known.targets++
      roots.set(sha256, known)
    }
  }
  const sorted = [...roots.values()].sort(
    (a, b) =>
      Number(b.breaking) - Number(a.breaking) ||
      b.targets - a.targets ||
      compare(a.name, b.name) ||
      compare(a.sha256, b.sha256),
  )
  return { columns: sorted.slice(0, COLUMNS), left: Math.max(0, sorted.length - COLUMNS) }
}

const CELLS = {
  expired: ['✕', 'there, expired'],
  lost: ['⊘', 'there, distrusted or removed'],
  there: ['●', 'there'],
  absent: ['–', 'not there'],
  unknown: ['?', 'not known'],
} as const

function cellsOf(target: ReportTarget): (sha256: string) => Html {
  const stores = finalStores(target)
  const status = new Map(
    stores.flatMap(store => store.roots).map(root => [root.sha256, root.status] as const),
  )
  const blind =
    target.error !== null ||
    stores.some(store => store.unknown !== null) ||
    (target.kind === 'dockerfile' && (target.stages.at(-1)?.unknown ?? null) !== null)
  const found = new Set(
    target.findings
      .filter(({ severity }) => reaches(severity, 'warning'))
      .flatMap(({ roots }) => roots.map(({ sha256 }) => sha256)),
  )
  return sha256 => {
    const here = status.get(sha256)
    const kind =
      here === undefined
        ? blind
          ? 'unknown'
          : 'absent'
        : here.includes('expired')
          ? 'expired'
          : here.some(one => one !== 'expiring')
            ? 'lost'
            : 'there'
    const [sign, words] = CELLS[kind]
    return html`<td class="cell ${kind}${found.has(sha256) ? ' found' : ''}"><span aria-hidden="true">${sign}</span><span class="spoken">${words}</span></td>`
  }
}
