/** Trust stores and certificates as components of a CycloneDX document. */
import { rootByFingerprint, rootDer } from '../../knowledge/roots.ts'
import { isUnknown } from '../../model.ts'
import { readCertificate } from '../../trust/certificate.ts'
import type { ReportRoot, ReportStore, ReportTarget } from '../report.ts'

interface Property {
  readonly name: string
  readonly value: string
}

/** Names in the order given; nothing stands for null, a list for the same name several times. */
export function properties(values: Readonly<Record<string, string | null | readonly string[]>>): Property[] {
  return Object.entries(values).flatMap(([name, value]) => {
    if (value === null) return []
    return (typeof value === 'string' ? [value] : value).map(one => ({ name, value: one }))
  })
}

export function refOfCertificate(sha256: string): string {
  return `certificate:sha256:${sha256}`
}

interface StorePart {
  readonly component: { readonly 'bom-ref': string }
  readonly roots: readonly ReportRoot[]
}

/** The stores of an image, or those that a Dockerfile's stages will have. */
export function storesOf(target: ReportTarget, index: number): StorePart[] {
  return [
    ...target.stores.map(store => ({
      component: storeComponent(store, `store:${index}:${store.path}`, null),
      roots: store.roots,
    })),
    ...target.stages.flatMap((stage, number) =>
      stage.stores.map(store => ({
        component: storeComponent(
          store,
          `store:${index}:stage:${number}:${store.path}`,
          stageName(target, number),
        ),
        roots: store.roots,
      })),
    ),
  ]
}

function storeComponent(store: ReportStore, ref: string, stage: string | null) {
  return {
    type: 'file',
    'bom-ref': ref,
    name: store.path,
    properties: properties({
      'imgtrust:format': store.format,
      'imgtrust:release': store.release,
      'imgtrust:match': store.match,
      'imgtrust:missing': store.differs?.missing.map(({ sha256 }) => sha256) ?? [],
      'imgtrust:extra': store.differs?.extra.map(({ sha256 }) => sha256) ?? [],
      'imgtrust:stage': stage,
      'imgtrust:layer': store.layer === null ? null : String(store.layer),
      'imgtrust:alias': store.aliases,
      'imgtrust:consumer': store.consumers,
      'imgtrust:unknown': store.unknown,
    }),
  }
}

function stageName({ stages }: ReportTarget, number: number): string {
  return stages[number]?.name ?? String(number)
}

interface Found {
  readonly name: string
  readonly subject: string | null
  readonly notBefore: string | null
  readonly notAfter: string
  readonly status: readonly string[]
  readonly occurrences: { readonly location: string; readonly additionalContext?: string }[]
}

/** All certificates of all targets, each once, by fingerprint, with every place where it stands. */
export function certificateComponents(targets: readonly ReportTarget[]): object[] {
  const found = new Map<string, Found>()
  const add = (
    sha256: string,
    one: Omit<Found, 'occurrences'>,
    location: string,
    context: readonly string[],
  ) => {
    const entry = found.get(sha256) ?? { ...one, occurrences: [] }
    const occurrence = {
      location,
      ...(context.length === 0 ? {} : { additionalContext: context.join(', ') }),
    }
    if (!entry.occurrences.some(known => JSON.stringify(known) === JSON.stringify(occurrence)))
      entry.occurrences.push(occurrence)
    found.set(sha256, entry)
  }
  for (const target of targets) {
    const whose = targets.length === 1 ? [] : [target.target]
    const ofStore = (store: ReportStore, stage: readonly string[]) => {
      for (const root of store.roots) {
        const layer = root.layer ?? store.layer
        const context = [...whose, ...stage, ...(layer === null ? [] : [`layer ${layer}`])]
        add(root.sha256, { ...root, subject: root.subject ?? null }, store.path, context)
      }
    }
    for (const store of target.stores) ofStore(store, [])
    for (const [number, stage] of target.stages.entries())
      for (const store of stage.stores) ofStore(store, [`stage ${stageName(target, number)}`])
    for (const { sha256, subject, notAfter, path, layer } of target.certificates) {
      const context = [...whose, ...(layer === null ? [] : [`layer ${layer}`])]
      add(sha256, { name: subject, subject, notBefore: null, notAfter, status: [] }, path, context)
    }
  }
  return [...found]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([sha256, one]) => certificateComponent(sha256, one))
}

function certificateComponent(sha256: string, found: Found): object {
  const known = namesOf(sha256)
  const subjectName = known?.subject ?? found.subject
  return {
    type: 'cryptographic-asset',
    'bom-ref': refOfCertificate(sha256),
    name: found.name,
    hashes: [{ alg: 'SHA-256', content: sha256 }],
    cryptoProperties: {
      assetType: 'certificate',
      certificateProperties: {
        ...(subjectName === null ? {} : { subjectName }),
        ...(known === null ? {} : { issuerName: known.issuer }),
        ...(found.notBefore === null ? {} : { notValidBefore: found.notBefore }),
        notValidAfter: found.notAfter,
        certificateFormat: 'X.509',
      },
    },
    evidence: { occurrences: found.occurrences },
    properties: properties({ 'imgtrust:status': found.status }),
  }
}

/** What the certificate itself says, where the built-in facts hold its bytes. */
function namesOf(sha256: string): { readonly subject: string; readonly issuer: string } | null {
  const root = rootByFingerprint(sha256)
  const certificate = root === null ? null : readCertificate(rootDer(root.index))
  if (certificate === null || isUnknown(certificate)) return null
  return { subject: certificate.subject.text, issuer: certificate.issuer.text }
}
