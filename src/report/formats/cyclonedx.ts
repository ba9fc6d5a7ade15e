import { createHash } from 'node:crypto'
import { imageName } from '../place.ts'
import { plainJson } from '../plain-json.ts'
import type { Report, ReportTarget } from '../report.ts'
import { certificateComponents, properties, refOfCertificate, storesOf } from './cyclonedx-parts.ts'
import type { Format } from './index.ts'

/**
 * CycloneDX 1.6 in JSON (ECMA-424), an inventory to join with those of other scanners: each certificate is a
 * cryptographic asset with the places where it stands, each trust store a file that depends on its roots. One image is
 * the subject of the document; several stand beside each other. Same content, same bytes, serial number included.
 */
export const cyclonedx: Format = {
  render(report) {
    const document = bom(report)
    const serialNumber = `urn:uuid:${uuidOf(JSON.stringify(document))}`
    const { bomFormat, specVersion, ...rest } = document
    return `${escapeCycloneDx({ bomFormat, specVersion, serialNumber, ...rest })}\n`
  },
}

/** The one escape function of this format: names stay whole, so that they can be joined; no character acts. */
export function escapeCycloneDx(value: unknown): string {
  return plainJson(value, 2)
}

function bom(report: Report) {
  const { targets, tool } = report
  const subjects = targets.map((target, index) => subject(target, index, report))
  const [only] = subjects
  const stores = targets.flatMap(storesOf)
  const certificates = certificateComponents(targets)
  const systems = targets.flatMap(system)
  const components = [
    ...(subjects.length === 1 ? [] : subjects),
    ...systems,
    ...stores.map(({ component }) => component),
    ...certificates,
  ]
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      lifecycles: phases(targets).map(phase => ({ phase })),
      tools: { components: [{ type: 'application', name: tool.name, version: tool.version }] },
      ...(subjects.length === 1 && only ? { component: only } : {}),
      properties: properties({ 'imgtrust:at': report.at, 'imgtrust:knowledge': tool.knowledge }),
    },
    components,
    dependencies: [
      ...targets.map((target, index) => ({
        ref: refOfTarget(index),
        dependsOn: unique([
          ...(target.distribution === null ? [] : [`system:${index}`]),
          ...storesOf(target, index).map(({ component }) => component['bom-ref']),
          ...target.certificates.map(({ sha256 }) => refOfCertificate(sha256)),
        ]),
      })),
      ...stores.map(({ component, roots }) => ({
        ref: component['bom-ref'],
        dependsOn: unique(roots.map(({ sha256 }) => refOfCertificate(sha256))),
      })),
    ],
  }
}

export function refOfTarget(index: number): string {
  return `target:${index}`
}

function phases(targets: readonly ReportTarget[]): string[] {
  return unique(targets.map(({ kind }) => (kind === 'dockerfile' ? 'pre-build' : 'post-build')))
}

function subject(target: ReportTarget, index: number, report: Report): object {
  const { kind, reference, digest, platform, error, unknowns } = target
  const tag = reference === null ? null : (/:([^/:@]+)(?:@|$)/.exec(reference)?.[1] ?? null)
  const purl = purlOf(target)
  return {
    type: kind === 'dockerfile' ? 'file' : 'container',
    'bom-ref': refOfTarget(index),
    name: kind === 'dockerfile' ? target.target : imageName(target, { ...report, targets: [target] }),
    ...versionOf(tag ?? digest),
    ...(purl === null ? {} : { purl }),
    properties: properties({
      'imgtrust:target': target.target,
      'imgtrust:reference': reference,
      'imgtrust:digest': digest,
      'imgtrust:platform': platform,
      'imgtrust:error': error,
      'imgtrust:unknown': unknowns.map(({ what, why }) => `${what}: ${why}`),
    }),
  }
}

/** The schema takes no longer one. */
const MOST_VERSION = 1024

function versionOf(version: string | null): { version?: string } {
  return version === null ? {} : { version: version.slice(0, MOST_VERSION) }
}

/** `pkg:oci/…` (the purl specification's type for images), qualifiers in the order of their keys. */
function purlOf({ reference, digest, platform }: ReportTarget): string | null {
  if (reference === null || digest === null) return null
  const repository = reference.replace(/@.*$/s, '').replace(/:[^/:]*$/, '')
  const tag = /:([^/:@]+)(?:@|$)/.exec(reference)?.[1]
  const name = repository.slice(repository.lastIndexOf('/') + 1).toLowerCase()
  const arch = platform?.split('/')[1]
  const qualifiers = [
    ...(arch ? [`arch=${encode(arch)}`] : []),
    `repository_url=${encode(repository)}`,
    ...(tag ? [`tag=${encode(tag)}`] : []),
  ]
  return `pkg:oci/${encode(name)}@${encode(digest)}?${qualifiers.join('&')}`
}

function encode(value: string): string {
  return encodeURIComponent(value.replace(/\p{Cs}/gu, '\ufffd'))
}

function system({ distribution }: ReportTarget, index: number): object[] {
  if (distribution === null) return []
  const { id, version, endOfLife } = distribution
  return [
    {
      type: 'operating-system',
      'bom-ref': `system:${index}`,
      name: id,
      ...versionOf(version),
      properties: properties({ 'imgtrust:endOfLife': endOfLife }),
    },
  ]
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)].sort()
}

/** RFC 9562 §5.5: a name-based UUID (version 5) in the namespace of URLs. */
function uuidOf(content: string): string {
  const namespace = Buffer.from('6ba7b8119dad11d180b400c04fd430c8', 'hex')
  const hash = createHash('sha1')
    .update(namespace)
    .update(`https://www.npmjs.com/package/imgtrust#${content}`)
    .digest()
    .subarray(0, 16)
  hash[6] = (hash[6]! & 0x0f) | 0x50
  hash[8] = (hash[8]! & 0x3f) | 0x80
  const hex = hash.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
