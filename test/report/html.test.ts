/** The page as text: its policy, its parts, what it says of each target. A browser opens it in test/real/tools/html.test.ts. */
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { withFleet } from '../../src/report/fleet.ts'
import { html as format } from '../../src/report/formats/html.ts'
import { cardsOf } from '../../src/report/html/findings.ts'
import { escapeHtml, html } from '../../src/report/html/markup.ts'
import type { ReportRoot, ReportTarget, ReportVerdict } from '../../src/report/report.ts'
import { nastyNames } from '../support/nasty-names.ts'
import { finding, hostileReport, options, report, target } from './sample-report.ts'

const ADDTRUST = '687fa451382278fff0c8b11f8d43d576671c6eb2bceab413fb83d965d06d2ff2'

const root = (changes: Partial<ReportRoot> = {}): ReportRoot => ({
  sha256: ADDTRUST,
  name: 'AddTrust External Root',
  notBefore: '2000-05-30T10:48:38Z',
  notAfter: '2020-05-30T10:48:38Z',
  status: ['expired'],
  ...changes,
})

const image = (changes: Partial<ReportTarget> = {}) =>
  target({
    target: 'alpine:3.8',
    kind: 'image',
    distribution: { id: 'alpine', version: '3.8.5', endOfLife: '2020-05-01' },
    stores: [
      {
        path: '/etc/ssl/cert.pem',
        aliases: [],
        sources: [],
        format: 'pem-bundle',
        consumers: ['wget'],
        layer: 0,
        createdBy: 'ADD rootfs.tar.gz',
        release: 'alpine/base 3.8.5',
        match: 'exact',
        roots: [root()],
        unknown: null,
      },
    ],
    findings: [
      finding({ rule: 'expired-root', location: { path: '/etc/ssl/cert.pem', layer: 0 }, roots: [root()] }),
    ],
    ...changes,
  })

const render = (...targets: ReportTarget[]) => format.render(report(...targets), options)
const section = (page: string, id: string) =>
  page.split(`<section id="${id}"`)[1]?.split('\n</section>')[0] ?? ''

describe('markup', () => {
  it('escapes every value of a template, in text and in attributes', () => {
    expect(html`<b title="${'"><i>'}">${["<'", html`<br>`, null, 3]}</b>`.text).toBe(
      '<b title="&quot;&gt;&lt;i&gt;">&lt;&#39;<br>3</b>',
    )
  })

  it('keeps lines and shows what nobody sees', () => {
    expect(escapeHtml('a\nb\r\u202e\ufffe')).toBe('a\nb\\u{d}\\u{202e}\\u{fffe}')
  })
})

describe('the page', () => {
  it('allows its own style and script by their hashes, and nothing else', () => {
    const page = render(image())
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1]
    const hash = (tag: string) => {
      const parts = page.split(`<${tag}>`)
      expect(parts).toHaveLength(2)
      const text = parts[1]!.split(`</${tag}>`)[0]!
      return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
    }
    expect(policy).toContain(`default-src 'none'; style-src ${hash('style')}; script-src ${hash('script')};`)
    expect(policy).not.toMatch(/unsafe|\*|https?:|data:/)
  })

  it('loads nothing: no element with an address but links', () => {
    const page = render(image())
    expect(page).not.toMatch(/<(?:link|img|iframe|object|embed|base|form [^>]*action)\b/)
    expect(page).not.toMatch(/\b(?:src|style|on[a-z]+)="/)
    expect(page).not.toMatch(/url\(|@import/)
    for (const [, address] of page.matchAll(/href="([^"]*)"/g)) expect(address).toMatch(/^(?:#|https:\/\/)/)
  })

  for (const [what, name] of Object.entries(nastyNames)) {
    it(`makes no markup of a name: ${what}`, () => {
      const shape = (text: string) => [...text.matchAll(/<[^\s>]+/g)].map(([tag]) => tag)
      // Where a name stands decides nothing but text: the same elements as with a harmless one.
      expect(shape(format.render(hostileReport(name), options))).toEqual(
        shape(format.render(hostileReport('a'), options)),
      )
    })
  }

  it('says nothing to mend where nothing is', () => {
    expect(render(image({ findings: [] }))).toContain('Nothing to mend')
    expect(render()).toContain('0 targets')
  })

  it('shows failures and unknowns, also where nothing was found', () => {
    const page = render(
      image({
        findings: [],
        error: 'no such image',
        unknowns: [{ what: '/a.jks', why: 'locked', location: {} }],
      }),
    )
    expect(section(page, 'failed')).toContain('no such image')
    expect(section(page, 'unknowns')).toContain('<b>/a.jks</b> locked')
    expect(page).toContain('1 failed target')
    expect(page).not.toContain('Nothing to mend')
  })

  it('tells when it broke, by the root whose end broke it', () => {
    const harmless = root({ sha256: 'ab'.repeat(32), name: 'Harmless', notAfter: '2020-05-30T23:00:00Z' })
    const page = render(image({ findings: [finding({ rule: 'expired-root', roots: [harmless, root()] })] }))
    const when = /<p class="when">(.*?)<\/p>/s.exec(page)?.[1]
    expect(when).toContain('2020-05-30</time></b> AddTrust External Root ended')
    expect(when).not.toContain('Harmless')
  })

  it('puts the remedy in the chosen dialect first', () => {
    const page = format.render(report(image()), { ...options, remedy: 'shell' })
    expect(page.indexOf('<code>sudo first</code>')).toBeLessThan(page.indexOf('<code>FROM debian:13</code>'))
    expect(page.indexOf('<code>sudo first</code>')).toBeGreaterThan(0)
  })

  it('draws a dot for each end and each of Mozilla’s decisions', () => {
    const drawn = section(render(image()), 'timeline')
    expect(drawn).toContain('<title>AddTrust External Root ends 2020-05-30</title>')
    expect(drawn).toMatch(/<title>AddTrust External Root (?:removed|lost trust for servers) 20\d\d-/)
    expect(drawn).toContain('2020-05-31, judged')
  })

  it('says what the looks of dots mean, of those that are there', () => {
    const legend = (page: string) => section(page, 'timeline').split('class="legend"')[1]!.split('</ul>')[0]!
    expect(legend(render(image()))).toContain('ended, breaks chains')
    expect(legend(render(image()))).not.toContain('ends later')
    const later = root({ sha256: 'cd'.repeat(32), notAfter: '2038-01-01T00:00:00Z', status: [] })
    expect(legend(render(image({ stores: [{ ...image().stores[0]!, roots: [later] }] })))).toContain(
      'ends later',
    )
  })

  it('explains why a root that ended breaks servers, where one does and only there', () => {
    const kept = finding({ rule: 'expired-root-kept', severity: 'error', roots: [root()] })
    const told = section(render(image({ findings: [kept] })), 'story').replace(/<[^>]*>/g, '')
    expect(told).toContain('a cross-signed certificate')
    expect(told).toContain('On 2020-05-30 the older root ended')
    expect(told).toContain('sent by some servers, signed by AddTrust External')
    // The store of this image lacks the newer root: taking the older one out would not do.
    expect(told).toContain('For the good way the store must have USERTrust RSA Certification Authority')
    expect(section(render(image({ findings: [{ ...kept, severity: 'warning' }] })), 'story')).toBe('')
    expect(section(render(image({ findings: [{ ...kept, roots: [] }] })), 'story')).toBe('')
  })

  it('survives dates beyond all measure', () => {
    const drawn = section(
      render(
        image({
          stores: [
            {
              ...image().stores[0]!,
              roots: [
                root({ notAfter: '9999-12-31T23:59:59Z', status: [] }),
                root({ sha256: 'cd'.repeat(32), notAfter: '0001-01-01T00:00:00Z' }),
              ],
            },
          ],
        }),
      ),
      'timeline',
    )
    expect(drawn).toContain('9999-12-31')
    expect(drawn).not.toMatch(/NaN|Infinity/)
  })
})

describe('many targets', () => {
  const other = image({
    target: 'alpine:3.9',
    distribution: { id: 'alpine', version: '3.9', endOfLife: null },
  })

  it('makes one card of equal findings, and one set of equal roots', () => {
    expect(cardsOf(report(image(), other)).map(({ places }) => places.length)).toEqual([2])
    const page = render(image(), other)
    expect(page.match(/<article class="card/g)).toHaveLength(1)
    expect(page.match(/<details class="set"/g)).toHaveLength(1)
    expect(page).toContain('in 2 stores')
  })

  it('keeps apart what differs in its remedy', () => {
    const bare = image({ findings: [{ ...image().findings[0]!, remedy: null }] })
    expect(cardsOf(report(image(), bare))).toHaveLength(2)
  })

  it('has a matrix of the roots in errors and warnings', () => {
    const clean = image({ target: 'clean', stores: [{ ...image().stores[0]!, roots: [] }], findings: [] })
    const lost = image({ target: 'lost', stores: [], findings: [], error: 'unreadable' })
    const rows = section(render(image(), clean, lost), 'matrix')
      .split('<tbody>')[1]!
      .split('</tr>')
    expect(rows.slice(0, 3).map(row => /class="cell ([^"]*)"/.exec(row)?.[1])).toEqual([
      'expired found',
      'absent',
      'unknown',
    ])
  })

  it('says of a fleet what breaks when, for how many, and which base mends most', () => {
    const of = (name: string, top: string) =>
      image({
        target: name,
        layers: [`sha256:${'1'.repeat(64)}`, `sha256:${top.repeat(64)}`],
        baseName: 'docker.io/library/alpine:3.8',
        breaks: [
          {
            day: '2020-05-30',
            why: 'root-expired',
            root: { sha256: ADDTRUST, name: 'AddTrust External Root' },
            store: '/etc/ssl/cert.pem',
            layer: 0,
            programs: ['wget'],
          },
        ],
      })
    const page = format.render(withFleet(report(of('a', '2'), of('b', '3'))), options)
    const words = section(page, 'bases')
      .replace(/<[^>]*>/g, ' ')
      .replace(/\s+/g, ' ')
    expect(page).toContain(
      '<span class="error">2 of 2 images break</span> on <time datetime="2020-05-31T00:00:00Z">2020-05-31</time></h1>',
    )
    expect(words).toContain('2020-05-30 broken AddTrust External Root ended 2 2 images on docker.io')
    expect(words).toMatch(
      /docker\.io\/library\/alpine:3\.8, ADD rootfs\.tar\.gz 1 layer, sha256:1{12} 2 2 2 0 Build on debian:13/,
    )
    const named = (name: string) => {
      const one = of(name, '2')
      const hostile = {
        ...one,
        baseName: name,
        breaks: one.breaks!.map(each => ({ ...each, root: { ...each.root, name } })),
      }
      return [
        ...format.render(withFleet(report(hostile, of('b', '3'))), options).matchAll(/<[^\s>]+/g),
      ].join()
    }
    for (const name of Object.values(nastyNames)) expect(named(name)).toBe(named('a'))
  })

  it('puts the base with most errors first', () => {
    const bases = section(
      render(
        image({ findings: [], distribution: { id: 'debian', version: '12', endOfLife: null } }),
        image(),
        other,
      ),
      'bases',
    )
    const names = [...bases.matchAll(/<th scope="row">([^<]*)/g)].map(match => match[1])
    expect(names).toEqual(['alpine 3.8.5', 'alpine 3.9', 'debian 12'])
  })
})

describe('a server', () => {
  const [leaf, cross] = ['11'.repeat(32), '22'.repeat(32)] as const
  const client = {
    program: 'wget',
    version: '1.28.4',
    library: 'LibreSSL',
    libraryVersion: '2.7.5',
    build: null,
    path: null,
  }
  const sent = (sha256: string, name: string, notAfter: string) => ({
    sha256,
    subject: `CN=${name}`,
    issuer: 'CN=Issuer',
    notBefore: '2000-01-01T00:00:00Z',
    notAfter,
    name,
    issuerName: 'Issuer',
    status: [],
    stores: [],
    sameKey: [],
  })
  const refused: ReportVerdict = {
    client,
    store: '/etc/ssl/cert.pem',
    accepted: false,
    reason: 'certificate-expired',
    chain: [leaf, cross, ADDTRUST],
    brokenBy: ADDTRUST,
    basis: 'measured',
    afterRemedy: { accepted: true, chain: [leaf, 'ee'.repeat(32)], remedy: finding().remedy! },
  }
  const server = image({
    target: 'https://shop.example',
    kind: 'server',
    findings: [],
    sent: [
      sent(leaf, 'shop.example', '2021-01-01T00:00:00Z'),
      sent(cross, 'USERTrust RSA', '2020-05-30T10:48:38Z'),
    ],
    verdicts: [
      refused,
      {
        ...refused,
        client: { ...client, program: 'apk' },
        accepted: null,
        reason: null,
        chain: [],
        brokenBy: null,
        basis: null,
        afterRemedy: null,
      },
    ],
  })
  const drawn = section(render(server), 'servers')

  it('marks the certificate at fault in the path that the program takes', () => {
    const [path = '', after = ''] = drawn
      .split('class="path refused"')[1]!
      .split('</article>')[0]!
      .split('class="after"')
    const nodes = [...path.matchAll(/<li class="node ([a-z]+)[^>]*><b>([^<]*)/g)].map(match => [
      match[1],
      match[2],
    ])
    expect(nodes).toEqual([
      ['good', 'shop.example'],
      ['ended', 'USERTrust RSA'],
      ['broken', 'AddTrust External Root'],
    ])
    expect(after).toContain('After the remedy: <b class="said accepted">')
    expect(after.match(/<li class="node good[ "]/g)).toHaveLength(2)
  })

  it('draws the issuer that nobody has, and says what the owner can do', () => {
    const gap = {
      ...refused,
      reason: 'unknown-issuer' as const,
      chain: [leaf],
      brokenBy: leaf,
      afterRemedy: null,
    }
    const advice = [{ kind: 'stop-sending' as const, certificates: [cross], accepted: 1 }]
    const page = section(render({ ...server, verdicts: [gap], advice }), 'servers')
    expect(page).toContain('<b>Issuer</b><span>neither sent nor in the store</span>')
    expect(page).not.toContain('breaks it here')
    expect(page).toContain('Stop sending <b>USERTrust RSA</b>, sent as 2 (then 1 of 1 program would accept)')
  })

  it('makes no markup of what a server or its clients are called', () => {
    const named = (name: string) =>
      render({
        ...server,
        target: name,
        host: name,
        sent: [
          sent(leaf, name, '2021-01-01T00:00:00Z'),
          { ...sent(cross, name, '2022-01-01T00:00:00Z'), issuerName: name },
        ],
        verdicts: [{ ...refused, store: name, client: { ...client, program: name, library: name } }],
        advice: [
          { kind: 'send-issuer', certificates: [cross], accepted: null },
          { kind: 'other-name', certificates: [leaf], accepted: null },
        ],
      })
    const shape = (text: string) => [...text.matchAll(/<[^\s>]+/g)].map(([tag]) => tag)
    for (const name of Object.values(nastyNames)) expect(shape(named(name))).toEqual(shape(named('a')))
  })

  it('shows no remedy that mends nothing', () => {
    const vain = { ...refused, afterRemedy: { accepted: false, remedy: finding().remedy! } }
    expect(section(render({ ...server, verdicts: [vain] }), 'servers')).not.toContain('After the remedy')
  })

  it('shows what can’t be told, and counts a refusal as such', () => {
    expect(drawn).toContain('1 of 2 programs refuses, 1 not told')
    expect(drawn).toContain('? Not told')
    expect(render(server)).toContain('wget refuses</span> https://shop.example</h1>')
    expect(render(server, image({ findings: [] }))).toContain('1 refusal')
  })

  describe('whose chain was cross-signed', () => {
    const twin = root({
      sha256: 'dd'.repeat(32),
      name: 'USERTrust RSA',
      notAfter: '2038-01-18T23:59:59Z',
      status: [],
    })
    const [own, second] = server.sent!
    const crossed: ReportTarget = {
      ...server,
      host: 'shop.example',
      stores: [{ ...image().stores[0]!, roots: [root(), twin] }],
      sent: [
        own!,
        { ...second!, status: ['expired', 'cross-signed'], sameKey: [twin.sha256], issuerName: 'AddTrust' },
      ],
      verdicts: [
        { ...refused, afterRemedy: { ...refused.afterRemedy!, chain: [leaf, twin.sha256] } },
        {
          ...refused,
          client: { ...client, program: 'curl', library: null, libraryVersion: null },
          accepted: true,
          reason: null,
          chain: [leaf, twin.sha256],
          brokenBy: null,
          afterRemedy: null,
        },
      ],
    }
    const page = section(render(crossed), 'servers')
    const text = page.replace(/<[^>]*>/g, '').replace(/\s+/g, ' ')

    it('tells what that is, who goes which way, and why browsers notice nothing', () => {
      expect(text).toContain('Of USERTrust RSA there are two certificates with one name and one key.')
      expect(text).toContain('The one is itself a root of the store, good until 2038-01-18.')
      expect(text).toContain('The other was signed by AddTrust')
      expect(text).toContain('cross-signed certificate')
      expect(text).toContain('curl goes another way than that')
      expect(text).toContain('wget (LibreSSL 2.7.5) follows what was sent, into what has ended, and refuses')
      expect(text).toContain('The server’s own certificate is good until 2021-01-01')
    })

    it('draws the ways as one tree: the shared step once, a fork, who ends where', () => {
      const tree = page.split('<ul class="tree">')[1]!.split('<figcaption>')[0]!
      const names = [...tree.matchAll(/<b>([^<]*)|class="end [a-z]+">([^<]*)/g)].map(
        match => match[1] ?? match[2],
      )
      expect(names).toEqual([
        'shop.example',
        'USERTrust RSA',
        '✓ curl',
        '✓ wget (LibreSSL 2.7.5), after the remedy',
        'USERTrust RSA',
        'AddTrust External Root',
        '✕ wget (LibreSSL 2.7.5)',
      ])
      expect(tree.match(/breaks it here/g)).toHaveLength(1)
    })

    it('draws no tree and tells no story where all go one way', () => {
      const { verdicts = [] } = crossed
      const one = section(render({ ...crossed, verdicts: [verdicts[1]!] }), 'servers')
      expect(one).not.toContain('class="tree"')
      expect(one).not.toContain('What happened')
    })

    it('tells no such story where the server’s own certificate has ended', () => {
      const { verdicts = [] } = crossed
      const own = verdicts.map(one => (one.accepted ? one : { ...one, brokenBy: leaf }))
      const told = section(render({ ...crossed, verdicts: own }), 'servers')
      expect(told).not.toContain('What happened')
      expect(told).toContain('class="tree"')
    })

    it('is told without a twin in the store, and promises nothing then', () => {
      const bare = { ...crossed, stores: [image().stores[0]!], verdicts: [refused] }
      const told = section(render(bare), 'servers')
      expect(told).toContain('cross-signed certificate')
      expect(told).not.toContain('notices nothing')
    })

    it('makes no markup of the names in it', () => {
      const named = (name: string) =>
        render({
          ...crossed,
          sent: crossed.sent!.map(one => ({ ...one, name, issuerName: name })),
          stores: crossed.stores.map(store => ({
            ...store,
            path: name,
            roots: store.roots.map(one => ({ ...one, name })),
          })),
          verdicts: crossed.verdicts!.map(one => ({
            ...one,
            store: name,
            client: { ...one.client, program: name, library: name },
          })),
        })
      const shape = (markup: string) => [...markup.matchAll(/<[^\s>]+/g)].map(([tag]) => tag)
      for (const name of Object.values(nastyNames)) expect(shape(named(name))).toEqual(shape(named('a')))
    })

    it('marks the root that verify showed to break, and the certificates that were sent, on the timeline', () => {
      const own = root({ sha256: 'bb'.repeat(32), name: 'Own Old Root' })
      const verdicts = crossed.verdicts!.map(one => ({ ...one, brokenBy: one.brokenBy && own.sha256 }))
      const drawn = section(
        render({ ...crossed, stores: [{ ...image().stores[0]!, roots: [own, twin] }], verdicts }),
        'timeline',
      )
      expect(drawn).toMatch(/class="dot breaking"[^>]*><title>Own Old Root ends 2020-05-30/)
      expect(drawn).toMatch(
        /class="dot server"[^>]*><title>shop.example, sent by the server, ends 2021-01-01/,
      )
      const calm = section(
        render({ ...crossed, stores: [{ ...image().stores[0]!, roots: [own, twin] }] }),
        'timeline',
      )
      expect(calm).toMatch(/class="dot ended"[^>]*><title>Own Old Root ends/)
    })
  })
})
