/** Reports made for the browser: many images by the built-in roots, and a server with the path of each program. */
import { allRoots, statusAt } from '../../../src/knowledge/roots.ts'
import { withFleet } from '../../../src/report/fleet.ts'
import type {
  Report,
  ReportFinding,
  ReportRoot,
  ReportTarget,
  ReportVerdict,
} from '../../../src/report/report.ts'
import { finding, report, target } from '../../report/sample-report.ts'

const AT = '2021-10-01T00:00:00Z'
const time = (instant: number) => `${new Date(instant).toISOString().slice(0, 19)}Z`

const roots: readonly ReportRoot[] = allRoots()
  .filter(root => root.notBefore < Date.parse('2016-01-01'))
  .slice(0, 170)
  .map(root => ({
    sha256: root.sha256,
    name: root.name,
    notBefore: time(root.notBefore),
    notAfter: time(root.notAfter),
    status: [...statusAt(root, Date.parse(AT)).status],
  }))

/** Images on forty bases with sets of roots and messages of their own; each has a finding of every severity. */
export function fleet(size: number): Report {
  const images = Array.from({ length: size }, (_, index) => image(index))
  return withFleet({ ...report(...images), at: AT })
}

const layerId = (number: number) => `sha256:${String(number).padStart(64, '0')}`

function image(index: number): ReportTarget {
  const base = index % 40
  const held = roots.filter((_, number) => (number * 7 + base) % 11 !== 0)
  const path = `/etc/ssl/certs/store-${base}.crt`
  const expired = held.filter(({ status }) => status.includes('expired'))
  const lost = held.filter(({ status }) => status.includes('distrusted'))
  const of = (rule: string, severity: ReportFinding['severity'], some: readonly ReportRoot[]) =>
    finding({
      rule,
      severity,
      message: `${path} holds ${some.length} ${rule.replace('-', ' ')}s of ${held.length}, as service ${index % 250} sees them.`,
      location: { path, layer: 2 },
      roots: some.map(({ sha256, name, notAfter }) => ({ sha256, name, notAfter })),
    })
  return target({
    target: `registry.example/service-${index}:1.0`,
    kind: 'image',
    source: 'registry',
    reference: `registry.example/service-${index}:1.0`,
    digest: `sha256:${String(index).padStart(64, '0')}`,
    platform: 'linux/amd64',
    distribution: { id: 'debian', version: String(base), endOfLife: '2022-07-01' },
    stores: [
      {
        path,
        aliases: [],
        sources: ['/usr/share/ca-certificates'],
        format: 'pem-bundle',
        consumers: ['curl', 'wget'],
        layer: 2,
        createdBy: 'RUN apt-get install -y ca-certificates',
        release: null,
        match: 'unknown',
        roots: held,
        unknown: null,
      },
    ],
    clients: [
      {
        program: 'wget',
        version: '1.18',
        library: 'GnuTLS',
        libraryVersion: '3.5.8',
        build: 'debian',
        path: '/usr/bin/wget',
      },
    ],
    findings: [
      of('expired-root', 'error', expired),
      of('distrusted-root', 'warning', lost),
      of('missing-root', 'info', held.slice(0, 3)),
    ],
    layers: [layerId(base), layerId(base + 1), layerId(base + 2), layerId(1000 + index)],
    breaks: expired.slice(0, 3).map(({ sha256, name, notAfter }) => ({
      day: notAfter.slice(0, 10),
      why: 'root-expired',
      root: { sha256, name },
      store: path,
      layer: 2,
      programs: ['wget'],
    })),
    unknowns: [{ what: '/app/keys.jks', why: 'it is locked', location: { path: '/app/keys.jks' } }],
  })
}

/** A server whose chain one program refuses, one accepts, and of one it can't be told. */
export function ofServer(): Report {
  const leaf = '11'.repeat(32)
  const cross = '22'.repeat(32)
  const store = image(0).stores[0]!
  const ended = store.roots.find(({ status }) => status.includes('expired'))!
  const twin = store.roots.find(({ status }) => status.length === 0)!
  const client = {
    program: 'wget',
    version: '1.18',
    library: 'GnuTLS',
    libraryVersion: '3.5.8',
    build: 'debian',
    path: '/usr/bin/wget',
  }
  const verdict: ReportVerdict = {
    client,
    store: store.path,
    accepted: false,
    reason: 'certificate-expired',
    chain: [leaf, cross, ended.sha256],
    brokenBy: ended.sha256,
    basis: 'measured',
    afterRemedy: { accepted: true, chain: [leaf, twin.sha256], remedy: finding().remedy! },
  }
  const sent = (sha256: string, subject: string, notAfter: string) => ({
    sha256,
    subject,
    issuer: 'CN=Issuer',
    name: subject.replace(/^CN=/, ''),
    issuerName: 'Issuer',
    notBefore: '2019-01-01T00:00:00Z',
    notAfter,
    status: [],
    stores: [],
    sameKey: [],
  })
  return {
    ...report(
      target({
        ...image(0),
        kind: 'server',
        target: 'https://shop.example',
        findings: [],
        sent: [
          sent(leaf, 'CN=shop.example', '2022-01-01T00:00:00Z'),
          {
            ...sent(cross, 'CN=Cross', '2020-05-30T00:00:00Z'),
            status: ['expired', 'cross-signed'],
            sameKey: [twin.sha256],
          },
        ],
        verdicts: [
          verdict,
          {
            ...verdict,
            client: { ...client, program: 'curl' },
            accepted: true,
            reason: null,
            chain: [leaf, twin.sha256],
            brokenBy: null,
            afterRemedy: null,
          },
          {
            ...verdict,
            client: { ...client, program: 'apt' },
            accepted: null,
            reason: null,
            chain: [],
            brokenBy: null,
            basis: null,
            afterRemedy: null,
          },
        ],
      }),
    ),
    at: AT,
  }
}
