/** The fleet in words, for formats for people; nothing is escaped yet. */
import type { Report, ReportFleet, ReportFleetBase, ReportFleetDay } from './report.ts'

/** Lines of each list that are shown: the rest is in JSON. */
export const MOST_LINES = 10

/** `80 of 200 images break on 2021-10-01` */
export function fleetHeadline({ broken, images }: ReportFleet, at: Report['at']): string {
  const day = at.slice(0, 10)
  if (broken === 0) return `none of ${images} images is known to break on ${day}`
  return `${broken} of ${images} images ${broken === 1 ? 'breaks' : 'break'} on ${day}`
}

/** `AddTrust External Root ends` */
export function whatHappens({ why, root, day }: ReportFleetDay, at: Report['at']): string {
  const past = day <= at.slice(0, 10)
  if (why === 'root-missing') return `${root.name} ${past ? 'is' : 'will be'} needed and not there`
  return past ? `${root.name} ended` : `${root.name} ends`
}

/** `alpine 3.8.5, ADD alpine-3.8.5 in /`, as much of it as is known; else the layers' digest. */
export function baseName({ base, distribution, names, createdBy }: ReportFleetBase): string {
  const system = [distribution?.id, distribution?.version].filter(part => typeof part === 'string').join(' ')
  const said =
    names.length === 0 ? '' : `${names[0]}${names.length > 1 ? ` and ${names.length - 1} more` : ''}`
  const parts = [said || system, shorten((createdBy ?? '').trim())].filter(part => part !== '')
  return parts.length === 0 ? shortDigest(base) : parts.join(', ')
}

/** `mend it and 80 images are mended` */
export function whatMends({ mended, affected }: ReportFleetBase): string {
  if (mended === 0) return `part of what is wrong in ${count(affected)}`
  const more = affected - mended
  const also = more === 0 ? '' : `, and part of what is wrong in ${more} more`
  return `mend it and ${count(mended)} ${mended === 1 ? 'is' : 'are'} mended${also}`
}

/** `40 on sha256:1a2b3c4d5e6f`, the bases by what they are called; those of few images at the end. */
export function standingOn({ bases, images }: ReportFleetDay, fleet: ReportFleet): string {
  const named = bases.slice(0, 3).map(({ base, images: number }) => {
    const known = fleet.bases.find(one => one.base === base)
    return `${number} on ${known ? baseName(known) : shortDigest(base)}`
  })
  const [first] = bases
  if (bases.length === 1 && first?.images === images) return named.join().replace(/^\d+/, count(images))
  const rest = bases.length - named.length
  if (rest > 0) named.push(`the others on ${rest} more`)
  return `${count(images)}${named.length === 0 ? '' : `: ${named.join('; ')}`}`
}

export function shortDigest(digest: string): string {
  return digest.slice(0, 'sha256:'.length + 12)
}

function count(images: number): string {
  return `${images} image${images === 1 ? '' : 's'}`
}

function shorten(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 59)}…`
}
