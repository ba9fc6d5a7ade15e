/** Verdicts in words, and refusals as findings for formats that know nothing else. */
import type { RefusalReason, ReportClient, ReportFinding, ReportTarget, ReportVerdict } from './report.ts'

/** What a refusal is called where a format wants a rule. */
export const refusalRule = 'server-refused'

const words: Readonly<Record<RefusalReason, string>> = {
  'certificate-expired': 'a certificate of its path has expired',
  'not-yet-valid': 'a certificate of its path is not valid yet',
  'unknown-issuer': 'its path leads to no root of the store',
  'self-signed': 'it is self-signed and not in the store',
  'hostname-mismatch': 'the certificate is made out to other names',
  'weak-key': 'a key of its path is too short',
  'weak-signature': 'a signature of its path is too weak',
  'not-a-ca': 'a certificate of its path may not stand above others',
  'path-length': 'its path is longer than a certificate of it allows',
  'name-constraint': 'a certificate of its path is not for this name',
  'wrong-purpose': 'a certificate of its path is not for servers',
  'bad-signature': 'a signature of its path does not fit',
  'unhandled-extension': 'a certificate of its path has a critical extension that the client does not know',
  'no-store': 'the client has no trust store',
}

export function reasonWords(reason: RefusalReason | null): string {
  return reason === null ? 'it is refused' : words[reason]
}

/** `busybox wget (LibreSSL 2.7.5)`. */
export function clientWords({ program, library, libraryVersion }: ReportClient): string {
  const by = [library, libraryVersion].filter(part => part !== null).join(' ')
  return by === '' ? program : `${program} (${by})`
}

/** The name of a certificate of the path, for people. */
export function nameIn(target: ReportTarget, sha256: string): string {
  const sent = target.sent?.find(each => each.sha256 === sha256)
  const root = target.stores.flatMap(({ roots }) => roots).find(each => each.sha256 === sha256)
  return sent?.name ?? root?.name ?? sha256.slice(0, 16)
}

/** `refused: certificate-expired`, `accepted`, `can't be told`. */
export function verdictWords({ accepted, reason }: ReportVerdict): string {
  if (accepted === null) return "can't be told"
  return accepted ? 'accepted' : `refused: ${reason}`
}

/** One sentence on a refusal. */
export function refusalSentence(verdict: ReportVerdict, target: ReportTarget): string {
  const { client, reason, brokenBy, store } = verdict
  const by = brokenBy === null ? '' : ` (${nameIn(target, brokenBy)})`
  const of = store === null ? '' : ` with ${store}`
  return `${clientWords(client)}${of} refuses ${target.host ?? target.target}: ${reasonWords(reason)}${by}.`
}

/** A target's findings, and its refusals in the same form. */
export function findingsOf(target: ReportTarget): readonly ReportFinding[] {
  if (target.kind !== 'server') return target.findings
  const refused = (target.verdicts ?? []).filter(({ accepted }) => accepted === false)
  return [
    ...target.findings,
    ...refused.map((verdict): ReportFinding => {
      const { store, afterRemedy } = verdict
      return {
        rule: refusalRule,
        severity: 'error',
        message: refusalSentence(verdict, target),
        location: store === null ? {} : { path: store },
        roots: [],
        remedy: afterRemedy?.accepted ? { ...afterRemedy.remedy, alternatives: [] } : null,
      }
    }),
  ]
}

/** The report with refusals among the findings: for formats that know nothing else. */
export function withRefusals<R extends { readonly targets: readonly ReportTarget[] }>(report: R): R {
  if (!report.targets.some(({ kind }) => kind === 'server')) return report
  return { ...report, targets: report.targets.map(target => ({ ...target, findings: findingsOf(target) })) }
}
