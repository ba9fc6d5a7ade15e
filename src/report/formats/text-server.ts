/** A server in text: what it sent, and for each store the path that its programs take. */
import type picocolors from 'picocolors'
import { clientWords, nameIn, verdictWords } from '../refusals.ts'
import type { Report, ReportAdvice, ReportSent, ReportTarget, ReportVerdict } from '../report.ts'
import { visible } from '../visible.ts'
import type { FormatOptions } from './index.ts'

export interface ServerPen extends FormatOptions {
  readonly paint: ReturnType<typeof picocolors.createColors>
}

const hows: Readonly<Record<string, string>> = {
  file: 'read from a file',
  'tls1.0': 'read from TLS 1.0',
  'tls1.1': 'read from TLS 1.1',
  'tls1.2': 'read from TLS 1.2',
  'tls1.3': 'read from TLS 1.3',
}

export function renderServer(target: ReportTarget, pen: ServerPen): string {
  const { paint } = pen
  const about = [
    target.host === undefined ? '' : `asked as ${shown(target.host)}`,
    target.source === null ? '' : (hows[target.source] ?? shown(target.source)),
    imageWords(target),
  ].filter(part => part !== '')
  const name = paint.bold(paint.underline(shown(target.target)))
  const head = about.length > 0 ? `${name}  ${paint.dim(about.join(' · '))}` : name
  const failure =
    target.error === null || !pen.failures ? [] : [`  ${paint.red('failed')}  ${shown(target.error)}`]
  const unknowns = target.unknowns.map(
    ({ what, why }) => `  ${paint.dim('unknown')}  ${shown(what)}: ${shown(why)}`,
  )
  const parts = [
    ...((target.sent ?? []).length > 0 ? [renderSent(target, pen)] : []),
    ...groupsOf(target).map(group => renderGroup(group, target, pen)),
    ...((target.advice ?? []).length > 0 ? [renderAdvice(target, pen)] : []),
    ...(unknowns.length > 0 ? [unknowns.join('\n')] : []),
    ...failure,
  ]
  return [head, ...parts].join('\n\n')
}

function imageWords({ image, stores }: ReportTarget): string {
  if (image == null) return stores.length > 0 ? 'no image' : ''
  const name = image.file ?? image.reference ?? image.kind
  const system = [image.distribution?.id, image.distribution?.version].filter(Boolean).join(' ')
  return `clients of ${shown(name)}${system === '' ? '' : ` (${shown(system)})`}`
}

/** Names end at a width that leaves the dates in sight. */
function shown(value: string, most = 200): string {
  const text = visible(value)
  return text.length > most ? `${text.slice(0, most - 1)}…` : text
}

const day = (time: string) => time.slice(0, 10)

function renderSent(target: ReportTarget, { paint }: ServerPen): string {
  const sent = target.sent ?? []
  const width = Math.min(44, Math.max(...sent.map(({ name }) => shown(name, 44).length)))
  const issuers = Math.min(44, Math.max(...sent.map(({ issuerName }) => shown(issuerName, 44).length)))
  const lines = sent.flatMap((each, index) => {
    const marks = marksOf(each, target).map(mark => paint.yellow(mark))
    const ended = each.status.includes('expired')
    const dates = `${day(each.notBefore)} to ${day(each.notAfter)}`
    return [
      `    ${index + 1}  ${shown(each.name, 44).padEnd(width)}  signed by ${shown(each.issuerName, 44).padEnd(issuers)}  ${ended ? paint.red(`${dates}  expired`) : dates}`,
      ...marks.map(mark => `       ${mark}`),
    ]
  })
  return [`  What the server sends`, ...lines].join('\n')
}

/** What to know of a certificate beside its dates. */
function marksOf(each: ReportSent, target: ReportTarget): string[] {
  const { status, sameKey } = each
  const marks: string[] = []
  if (status.includes('not-yet-valid')) marks.push('not valid yet')
  if (status.includes('expiring')) marks.push('ends soon')
  if (status.includes('duplicate')) marks.push('sent before')
  if (status.includes('stray')) marks.push('fits nowhere above the server’s own certificate')
  if (each.stores.length > 0) marks.push(`is in ${each.stores.map(path => shown(path)).join(', ')}`)
  if (status.includes('cross-signed')) {
    const twin = target.stores.flatMap(({ roots }) => roots).find(root => sameKey.includes(root.sha256))
    if (twin)
      marks.push(
        `cross-signed: a second certificate of ${shown(twin.name, 60)}, which the store holds as a root until ${day(twin.notAfter)}`,
      )
  }
  return marks
}

interface Group {
  readonly store: string | null
  readonly verdict: ReportVerdict
  readonly verdicts: readonly ReportVerdict[]
}

/** Programs of one store that say the same for the same reason, by the same path. */
function groupsOf(target: ReportTarget): Group[] {
  const groups = new Map<string, ReportVerdict[]>()
  for (const verdict of target.verdicts ?? []) {
    const { store, accepted, reason, chain, brokenBy, basis, afterRemedy } = verdict
    if (accepted === null) continue
    const key = JSON.stringify([store, accepted, reason, chain, brokenBy, basis, afterRemedy])
    groups.set(key, [...(groups.get(key) ?? []), verdict])
  }
  return [...groups.values()]
    .map(verdicts => ({ store: verdicts[0]!.store, verdict: verdicts[0]!, verdicts }))
    .sort((a, b) => Number(a.verdict.accepted) - Number(b.verdict.accepted))
}

function renderGroup({ store, verdict, verdicts }: Group, target: ReportTarget, pen: ServerPen): string {
  const { paint } = pen
  const programs = verdicts.map(each => shown(clientWords(each.client))).join(', ')
  const head = verdict.accepted ? paint.green('accepted') : paint.red('refused')
  const where = store === null ? 'no trust store' : shown(store)
  return [
    `  ${head}  by ${programs}${paint.dim(` · ${where}`)}${verdict.reason === null ? '' : ` · ${paint.red(verdict.reason)}`}${paint.dim(` · ${basisWords(verdict)}`)}`,
    ...renderPath(verdict, target, pen),
    ...renderAfter(verdict, target, pen),
  ].join('\n')
}

/** How sure it is. */
function basisWords({ basis }: ReportVerdict): string {
  if (basis === 'measured') return 'as measured with it'
  return basis === 'source' ? 'by its source' : 'by the nearest version known'
}

function renderPath(
  { chain, brokenBy, accepted, reason, store }: ReportVerdict,
  target: ReportTarget,
  { paint }: ServerPen,
): string[] {
  const lines = chain.map((sha256, index) => {
    const sent = target.sent?.find(each => each.sha256 === sha256)
    const root = target.stores.flatMap(({ roots }) => roots).find(each => each.sha256 === sha256)
    const from = root
      ? `a root of ${shown(root && store !== null ? store : 'the store')}`
      : `sent as ${(target.sent ?? []).findIndex(each => each.sha256 === sha256) + 1}`
    const notAfter = sent?.notAfter ?? root?.notAfter ?? ''
    const ended = notAfter !== '' && (sent?.status.includes('expired') || root?.status.includes('expired'))
    const fault =
      sha256 === brokenBy && reason !== 'unknown-issuer' ? paint.red(`  <- breaks it: ${reason}`) : ''
    const end = ended ? paint.red(`, expired ${day(notAfter)}`) : ''
    return `    ${'   '.repeat(index)}${index === 0 ? '' : '└─ '}${shown(nameIn(target, sha256), 60)}  ${paint.dim(`(${from}${end ? '' : ')'}`)}${end}${end ? paint.dim(')') : ''}${fault}`
  })
  const top = chain.at(-1)
  if (!accepted && (reason === 'unknown-issuer' || reason === 'no-store') && top !== undefined) {
    const issuer = target.sent?.find(each => each.sha256 === top)?.issuerName
    if (issuer !== undefined)
      lines.push(
        `    ${'   '.repeat(chain.length)}└─ ${shown(issuer, 60)}  ${paint.red('neither sent nor in the store')}`,
      )
  }
  return lines
}

function renderAfter({ afterRemedy }: ReportVerdict, target: ReportTarget, pen: ServerPen): string[] {
  // What was tried and mends nothing is for machines to know, not for people to run.
  if (afterRemedy === null || afterRemedy.accepted === false) return []
  const { accepted, remedy } = afterRemedy
  const outcome = accepted ? pen.paint.green('then accepted') : "whether it is accepted then can't be told"
  const { steps } = remedy
  const host = target.image?.kind === 'host' || target.image?.kind === 'rootfs'
  const code =
    steps[pen.remedy] ?? (host ? steps.shell : steps.dockerfile) ?? steps.dockerfile ?? steps.shell ?? null
  return [
    `    ${pen.paint.green('mend')}  ${visible(remedy.summary)}: ${outcome}`,
    ...(code === null ? [] : code.split('\n').map(line => `        ${pen.paint.bold(visible(line))}`)),
  ]
}

function renderAdvice(target: ReportTarget, { paint }: ServerPen): string {
  const lines = (target.advice ?? []).map(advice => `    ${adviceWords(advice, target)}`)
  return [`  ${paint.green('What the server’s owner can do')}`, ...lines].join('\n')
}

function adviceWords({ kind, certificates, accepted }: ReportAdvice, target: ReportTarget): string {
  const numbers = certificates.map(
    sha256 =>
      `${(target.sent ?? []).findIndex(each => each.sha256 === sha256) + 1} (${shown(nameIn(target, sha256), 60)})`,
  )
  const which = `certificate ${numbers.join(' and ')}`
  const asked = target.verdicts?.length ?? 0
  switch (kind) {
    case 'stop-sending':
      return `stop sending ${which}: then ${accepted === asked ? (asked === 1 ? 'the program accepts it' : `${asked === 2 ? 'both' : `all ${asked}`} programs accept it`) : `${accepted} of ${asked} programs accept it`}`
    case 'send-issuer': {
      const issuer = target.sent?.find(each => each.sha256 === certificates[0])?.issuerName ?? ''
      return `send the certificate of ${shown(issuer, 60)}, which signed ${which}; where that is the root itself, the store lacks it`
    }
    case 'renew':
      return `renew ${which}: it has ended`
    case 'other-name':
      return `use a certificate that is made out to ${shown(target.host ?? '')}`
  }
}

/** Servers side by side, where there are several, and the last line that counts. */
export function renderVerifySummary(report: Report, pen: ServerPen): string {
  const { paint } = pen
  const { targets, tool, at } = report
  const verdicts = targets.flatMap(target => target.verdicts ?? [])
  const count = (value: boolean | null) => verdicts.filter(({ accepted }) => accepted === value).length
  const [refused, accepted, untold] = [count(false), count(true), count(null)]
  const parts = [
    refused > 0 ? paint.red(`${refused} refused`) : '',
    accepted > 0 ? paint.green(`${accepted} accepted`) : '',
    untold > 0 ? `${untold} can't be told` : '',
    report.summary.failed > 0 ? paint.red(`${report.summary.failed} failed`) : '',
  ].filter(part => part !== '')
  const when = at.endsWith('T00:00:00Z') ? day(at) : at
  const tail = paint.dim(`· judged at ${when} · knowledge of ${tool.knowledge}`)
  const line = `${parts.length > 0 ? parts.join(', ') : 'nothing to tell'} ${tail}`
  return targets.length > 1 ? `${sideBySide(targets, pen)}\n\n${line}` : line
}

function sideBySide(targets: readonly ReportTarget[], { paint }: ServerPen): string {
  const width = Math.max(...targets.map(({ target }) => shown(target, 48).length))
  const lines = targets.map(target => {
    const said = new Map<string, string[]>()
    for (const verdict of target.verdicts ?? []) {
      const words = verdictWords(verdict)
      said.set(words, [...(said.get(words) ?? []), verdict.client.program])
    }
    const told = [...said].map(
      ([words, programs]) => `${words} (${[...new Set(programs)].map(each => shown(each)).join(', ')})`,
    )
    const text = target.error !== null ? paint.red('failed') : told.join('; ')
    return `    ${shown(target.target, 48).padEnd(width)}  ${text}${whyItWorks(target, targets)}`
  })
  return ['  Side by side', ...lines].join('\n')
}

/** Beside servers that are refused, what those do otherwise that are not. */
function whyItWorks(target: ReportTarget, targets: readonly ReportTarget[]): string {
  const verdicts = target.verdicts ?? []
  const works = verdicts.length > 0 && verdicts.every(({ accepted }) => accepted === true)
  const others = targets.some(({ verdicts: some }) =>
    some?.some(({ reason }) => reason === 'certificate-expired'),
  )
  if (!works || !others) return ''
  if (target.sent?.every(({ status }) => !status.includes('expired')))
    return ': it sends no expired certificate'
  const top = verdicts[0]?.chain.at(-1)
  return top === undefined ? '' : `: its path ends at ${shown(nameIn(target, top), 60)}`
}
