import { createHash } from 'node:crypto'
import type { Inputs } from '../inputs.ts'
import { lines, type Part } from '../output.ts'

export interface RawRoot {
  readonly sha256: string
  readonly labels: readonly string[]
  readonly debian: string
  readonly subject: string
  readonly serial: string
  readonly notBefore: string
  readonly notAfter: string
  readonly key: string
  readonly mozilla: readonly { date: string; version: string | null; change: string; bug?: number }[]
}

const source =
  'history of lib/ckfw/builtins/certdata.txt in nss-dev/nss; certifi; ca-certificates of Debian and Alpine'

/** Two parts: what is known of each root, and the certificates themselves, which few commands need. */
export function rootsParts(inputs: Inputs): Part[] {
  const roots = inputs.json<RawRoot[]>('roots.json')
  const pem = inputs.text('roots.pem.gz', /^$/g)
  const ders = [...pem.matchAll(/-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----/g)].map(match =>
    Buffer.from(match[1]!.replace(/\s/g, ''), 'base64'),
  )
  if (ders.length !== roots.length) throw new Error(`${ders.length} certificates for ${roots.length} roots`)
  const asOf = inputs.asOf('roots.json')
  const table = roots.map((root, index) => {
    const sha256 = createHash('sha256').update(ders[index]!).digest('hex')
    if (sha256 !== root.sha256) throw new Error(`certificate ${index} is not the root ${root.sha256}`)
    return [
      root.sha256,
      nameOf(root),
      root.labels,
      root.debian,
      root.subject,
      root.serial,
      Date.parse(root.notBefore) / 1000,
      Date.parse(root.notAfter) / 1000,
      root.key,
      root.mozilla.flatMap(event =>
        changes(event.change).map(change => [event.date, event.version, event.bug ?? 0, ...change]),
      ),
      ders[index]!.length,
    ]
  })
  return [
    {
      name: 'roots',
      entries: roots.length,
      asOf,
      source,
      files: new Map([['roots.json.br', lines(table)]]),
      counts: { events: roots.reduce((sum, root) => sum + root.mozilla.length, 0) },
    },
    {
      name: 'root-certificates',
      entries: ders.length,
      asOf,
      source,
      files: new Map([['roots.der.br', Buffer.concat(ders)]]),
    },
  ]
}

/** `added:trusted` is one change; `trusted distrust-after:2025-04-15` is two. */
function changes(text: string): unknown[][] {
  return text.split(' ').map(word => {
    const [change, detail] = word.split(':') as [string, string?]
    if (change === 'added') return [change, detail]
    if (change === 'distrust-after') return [change, detail]
    return [change]
  })
}

/** The newest label in Mozilla's data, else the subject's CN, else its last OU or O. */
export function nameOf(root: Pick<RawRoot, 'labels' | 'subject'>): string {
  const label = root.labels.at(-1)?.trim()
  if (label) return label
  const parts = [...root.subject.matchAll(/(?:^|, )([A-Za-z]+)=((?:\\.|[^\\,])*)/g)].map(match => ({
    type: match[1]!,
    value: match[2]!.replace(/\\(.)/g, '$1'),
  }))
  const last = (type: string) => parts.filter(part => part.type === type).at(-1)?.value
  return last('CN') ?? last('OU') ?? last('O') ?? root.subject
}
