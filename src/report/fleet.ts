/** What the images of a report have in common: a pure function of it, so that merged reports say the same. */
import { createHash } from 'node:crypto'
import { reaches } from '../finding.ts'
import type {
  Report,
  ReportBreak,
  ReportDistribution,
  ReportFinding,
  ReportFleet,
  ReportFleetBase,
  ReportFleetDay,
  ReportTarget,
} from './report.ts'

/** The report with its fleet where it has several images that were read beside each other; else as it is. */
export function withFleet(report: Report): Report {
  const fleet = fleetOf(report)
  return fleet === null ? report : { ...report, fleet }
}

/**
 * Which images break on which day, through which root, and from which base. A base is known by its layers alone (their
 * ChainID up to the one that brought a store): images that share them are mended by one rebuild.
 * @returns null for fewer than two images, and for reports of anything else
 */
export function fleetOf({ targets, at }: Pick<Report, 'targets' | 'at'>): ReportFleet | null {
  const images = targets.filter(({ breaks }) => breaks !== undefined)
  if (images.length < 2) return null
  const day = at.slice(0, 10)
  const days = new Map<string, Day>()
  const bases = new Map<string, Base>()
  const chains = new Chains()
  let broken = 0
  for (const target of images) {
    const { breaks = [], layers = [] } = target
    const ids = chains.of(layers)
    const baseOf = (layer: number | null | undefined) =>
      layer === null || layer === undefined ? null : (ids[layer] ?? null)
    if (breaks.some(one => one.day <= day)) broken++
    addDays(days, breaks, baseOf)
    addBases(bases, target, baseOf)
  }
  countStanding(bases, images, chains)
  return {
    images: images.length,
    broken,
    days: [...days.values()].map(dayOf).sort(byDay),
    bases: [...bases.values()].map(told).sort(byMended),
  }
}

type BaseOf = (layer: number | null | undefined) => string | null

interface Day {
  readonly first: ReportBreak
  images: number
  readonly bases: Map<string, number>
}

function addDays(days: Map<string, Day>, breaks: readonly ReportBreak[], baseOf: BaseOf): void {
  const mine = new Map<string, { readonly first: ReportBreak; readonly bases: Set<string> }>()
  for (const one of breaks) {
    const key = `${one.day} ${one.why} ${one.root.sha256}`
    const known = mine.get(key) ?? { first: one, bases: new Set() }
    const base = baseOf(one.layer)
    if (base !== null) known.bases.add(base)
    mine.set(key, known)
  }
  for (const [key, { first, bases }] of mine) {
    const day = days.get(key) ?? { first, images: 0, bases: new Map<string, number>() }
    day.images++
    for (const base of bases) day.bases.set(base, (day.bases.get(base) ?? 0) + 1)
    days.set(key, day)
  }
}

function dayOf({ first: { day, why, root }, images, bases }: Day): ReportFleetDay {
  const counted = [...bases].map(([base, number]) => ({ base, images: number }))
  counted.sort((a, b) => b.images - a.images || compare(a.base, b.base))
  return { day, why, root: { ...root }, images, bases: counted }
}

interface Base {
  readonly base: string
  readonly layers: number
  readonly createdBy: string | null
  readonly distributions: Map<string, ReportDistribution | null>
  readonly names: Set<string>
  readonly remedies: Map<string, number>
  images: number
  affected: number
  mended: number
  error: number
  warning: number
}

/** What of a target weighs, by the base that brought it; a target is mended with a base that brought all of it. */
function addBases(bases: Map<string, Base>, target: ReportTarget, baseOf: BaseOf): void {
  const findings = target.findings.filter(({ severity }) => reaches(severity, 'warning'))
  const breaks = target.breaks ?? []
  const layerBy = new Map<string, number>()
  let strange = target.error !== null
  for (const layer of [...findings.map(({ location }) => location.layer), ...breaks.map(one => one.layer)]) {
    const base = baseOf(layer)
    if (base === null) strange = true
    else layerBy.set(base, layer as number)
  }
  for (const [id, layer] of layerBy) {
    const base = bases.get(id) ?? newBase(id, layer, target)
    bases.set(id, base)
    base.affected++
    if (layerBy.size === 1 && !strange) base.mended++
    for (const finding of findings) if (baseOf(finding.location.layer) === id) addFinding(base, finding)
  }
}

function addFinding(base: Base, { severity, remedy }: ReportFinding): void {
  if (severity === 'error') base.error++
  else base.warning++
  if (remedy !== null) base.remedies.set(remedy.summary, (base.remedies.get(remedy.summary) ?? 0) + 1)
}

function newBase(base: string, layer: number, { stores }: ReportTarget): Base {
  return {
    base,
    layers: layer + 1,
    createdBy: stores.find(store => store.layer === layer)?.createdBy ?? null,
    distributions: new Map(),
    names: new Set(),
    remedies: new Map(),
    images: 0,
    affected: 0,
    mended: 0,
    error: 0,
    warning: 0,
  }
}

/** Who stands on a base, whether it brought them anything bad or not. */
function countStanding(bases: Map<string, Base>, images: readonly ReportTarget[], chains: Chains): void {
  for (const { layers = [], distribution, baseName } of images) {
    for (const id of new Set(chains.of(layers))) {
      const base = id === null ? undefined : bases.get(id)
      if (base === undefined) continue
      base.images++
      base.distributions.set(JSON.stringify(distribution), distribution)
      if (baseName !== undefined) base.names.add(baseName)
    }
  }
}

function told({ distributions, names, remedies, ...base }: Base): ReportFleetBase {
  const [distribution = null] = distributions.size === 1 ? distributions.values() : []
  const [first] = [...remedies].sort((a, b) => b[1] - a[1] || compare(a[0], b[0]))
  return {
    base: base.base,
    layers: base.layers,
    createdBy: base.createdBy,
    distribution,
    names: [...names].sort(),
    images: base.images,
    affected: base.affected,
    mended: base.mended,
    error: base.error,
    warning: base.warning,
    remedy: first?.[0] ?? null,
  }
}

/** ChainIDs (OCI image specification, "Layer ChainID"), each reckoned once. */
class Chains {
  readonly #known = new Map<string, string>()

  /** Of each layer the ChainID up to it; null from a layer on that is not known. */
  of(diffIds: readonly (string | null)[]): (string | null)[] {
    let under: string | null = null
    let broken = false
    return diffIds.map(diffId => {
      broken ||= diffId === null
      if (broken || diffId === null) return null
      under = under === null ? diffId : this.#next(`${under} ${diffId}`)
      return under
    })
  }

  #next(text: string): string {
    const chain = this.#known.get(text) ?? `sha256:${createHash('sha256').update(text).digest('hex')}`
    this.#known.set(text, chain)
    return chain
  }
}

function byDay(a: ReportFleetDay, b: ReportFleetDay): number {
  return compare(a.day, b.day) || compare(a.root.name, b.root.name) || compare(a.root.sha256, b.root.sha256)
}

function byMended(a: ReportFleetBase, b: ReportFleetBase): number {
  return b.mended - a.mended || b.affected - a.affected || b.error - a.error || compare(a.base, b.base)
}

/** By code units: the same on every machine. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
