/** A server's part of the report: what it sent, and what each client says of it. */
import { formatInstant } from '../clock.ts'
import { rootByFingerprint } from '../knowledge/roots.ts'
import { isUnknown, type UnknownEntry } from '../model.ts'
import { couldHaveIssued } from '../path/issuers.ts'
import type { SentChain, ServerTarget } from '../server/sent.ts'
import type { Certificate } from '../trust/certificate.ts'
import { commonName } from '../trust/names.ts'
import type { Advice } from '../verify/advice.ts'
import type { AfterRemedy } from '../verify/after-remedy.ts'
import type { Certificates } from '../verify/certificates.ts'
import type { ClientVerdict } from '../verify/judge.ts'
import type { Subject } from '../verify/subject.ts'
import { buildStore, emptyTarget, type ReportSettings } from './build.ts'
import type { ReportClient, ReportSent, ReportTarget, ReportVerdict } from './report.ts'

/** What became of one server. */
export interface ServerResult {
  readonly target: ServerTarget
  readonly chain: SentChain
  readonly sent: readonly Certificate[]
  /** Those of the subject's roots. */
  readonly certificates: Certificates
  readonly subject: Subject
  readonly verdicts: readonly ClientVerdict[]
  /** For each verdict, in their order. */
  readonly after: readonly (AfterRemedy | null)[]
  readonly advice: readonly Advice[]
  readonly unknowns: readonly UnknownEntry[]
}

/** A server, an image or a store that could not be read. */
export function failedServer(
  target: string,
  error: string,
  sent: { readonly how: string; readonly host: string } | null,
): ReportTarget {
  return {
    ...emptyServer(target),
    ...(sent ? { source: sent.how, host: sent.host } : {}),
    error,
  }
}

function emptyServer(target: string): ReportTarget {
  return {
    ...emptyTarget(target, 'server'),
    image: null,
    sent: [],
    verdicts: [],
    advice: [],
  }
}

export function buildServer(result: ServerResult, settings: ReportSettings): ReportTarget {
  const { target, chain, subject, verdicts, after, advice, unknowns } = result
  const untold = verdicts.flatMap(({ client, store, why }) =>
    why === null
      ? []
      : [
          {
            what: `whether ${client.client.program} accepts ${chain.host}`,
            why,
            location: store ? { path: store.path } : {},
          },
        ],
  )
  return {
    ...emptyServer(target.typed),
    source: chain.how,
    reference:
      target.kind === 'file'
        ? null
        : `${target.host.includes(':') ? `[${target.host}]` : target.host}:${target.port}`,
    host: chain.host,
    image: subject.image,
    stores: subject.model.stores.map(store => buildStore(store, settings)).sort(byPath),
    clients: subject.clients.map(({ client }) => clientOf(client)),
    sent: buildSent(result, settings),
    verdicts: verdicts.map((verdict, index) => buildVerdict(verdict, after[index] ?? null, subject)),
    advice: advice.map(({ kind, certificates, accepted }) => ({
      kind,
      certificates: certificates.map(({ sha256 }) => sha256),
      accepted,
    })),
    unknowns: [...unknowns, ...untold],
  }
}

function byPath(a: { readonly path: string }, b: { readonly path: string }): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0
}

function clientOf({ program, version, library, libraryVersion, build, path }: ReportClient): ReportClient {
  return { program, version, library, libraryVersion, build, path }
}

function buildVerdict(
  { client, store, accepted, reason, chain, brokenBy, basis }: ClientVerdict,
  after: AfterRemedy | null,
  subject: Subject,
): ReportVerdict {
  return {
    client: clientOf(client.client),
    store: store?.path ?? null,
    accepted,
    reason,
    chain: [...chain],
    brokenBy,
    basis,
    afterRemedy: after && {
      accepted: after.accepted,
      chain: [...after.chain],
      remedy: subject.rendered(after.remedy),
    },
  }
}

function buildSent(
  { sent, subject, certificates }: ServerResult,
  { at, expiringWithin }: ReportSettings,
): ReportSent[] {
  const used = wayUp(sent)
  return sent.map((certificate, index) => {
    const { sha256, subject: name, issuer, notBefore, notAfter } = certificate
    const stores = subject.model.stores.filter(({ roots }) => roots.some(root => root.sha256 === sha256))
    const twins = twinsOf(certificate, subject, certificates)
    const duplicate = sent.findIndex(each => each.sha256 === sha256) < index
    const status: ReportSent['status'] = []
    if (notAfter < at) status.push('expired')
    else if (notAfter < at + expiringWithin) status.push('expiring')
    if (notBefore > at) status.push('not-yet-valid')
    if (duplicate) status.push('duplicate')
    else if (!used.has(sha256)) status.push('stray')
    if (twins.length > 0 && !certificate.selfIssued) status.push('cross-signed')
    return {
      sha256,
      subject: name.text,
      issuer: issuer.text,
      notBefore: formatInstant(notBefore),
      notAfter: formatInstant(notAfter),
      name: rootByFingerprint(sha256)?.name ?? commonName(name),
      issuerName: commonName(issuer),
      status,
      stores: stores.map(({ path }) => path).sort(),
      sameKey: twins.map(twin => twin.sha256).sort(),
    }
  })
}

/** All that could stand above the server's own certificate, by names. */
function wayUp(sent: readonly Certificate[]): ReadonlySet<string> {
  const used = new Set([sent[0]!.sha256])
  const todo = [sent[0]!]
  for (let below = todo.pop(); below; below = todo.pop()) {
    for (const each of sent) {
      if (used.has(each.sha256) || !couldHaveIssued(each, below)) continue
      used.add(each.sha256)
      todo.push(each)
    }
  }
  return used
}

/** The roots of the stores that have this certificate's name and key and are others. */
function twinsOf(certificate: Certificate, { model }: Subject, certificates: Certificates): Certificate[] {
  const found = new Map<string, Certificate>()
  for (const { roots } of model.stores) {
    const read = certificates.of(roots)
    if (isUnknown(read)) continue
    for (const root of read.named(certificate.subject))
      if (root.sha256 !== certificate.sha256 && Buffer.compare(root.spki, certificate.spki) === 0)
        found.set(root.sha256, root)
  }
  return [...found.values()]
}
