/** What a cross-signed certificate is and why one that has ended breaks servers in order, told by what was found. */
import { breakingRoots, rootByFingerprint } from '../../knowledge/roots.ts'
import { clientWords } from '../refusals.ts'
import type { Report, ReportTarget, ReportVerdict } from '../report.ts'
import { type Html, html } from './markup.ts'
import type { Node } from './nodes.ts'
import { astrayOf, renderPicture, renderWays } from './ways.ts'
import { allStores, dayMarkup, listed } from './words.ts'

/** The story of a server beside the picture of its ways; the picture alone where the story is another one. */
export function renderServerStory(target: ReportTarget, at: string): Html | null {
  const picture = renderWays(target, at)
  const astray = astrayOf(target)
  if (!astray) return picture
  return html`<div class="story"><div class="told"><h4>What happened</h4>${serverStory(astray, target, at)}</div>${picture}</div>`
}

function serverStory(
  { cross, refused }: NonNullable<ReturnType<typeof astrayOf>>,
  target: ReportTarget,
  at: string,
): Html {
  const { sent = [], verdicts = [], stores } = target
  const twin = stores.flatMap(({ roots }) => roots).find(({ sha256 }) => cross.sameKey.includes(sha256))
  const [own] = sent
  const accepted = verdicts.filter(verdict => verdict.accepted && !verdict.chain.includes(cross.sha256))
  const by = (some: readonly ReportVerdict[]) =>
    listed([...new Set(some.map(({ client }) => clientWords(client)))], 3)
  return html`<p>A server’s certificate is signed by another, that one by another again. A program follows them up until it comes to one that lies in its own <b>trust store</b>${refused[0].store === null ? null : html` (<code>${refused[0].store}</code>)`}: a root. There it stops, and believes the server.</p>
<p>Of <b>${cross.name}</b> there are two certificates with one name and one key. ${
    twin
      ? html`The one is itself a root of the store${twin.notAfter < at ? ', ended' : ', good until'} ${dayMarkup(twin.notAfter)}. `
      : null
  }The other was signed by <b>${cross.issuerName}</b>, for all who know only that root: it is a <b>cross-signed certificate</b>. The server sends it along. ${cross.notAfter < at ? html`It ended on ${dayMarkup(cross.notAfter)}.` : `Its issuer has ended.`}</p>
<ul>${accepted.length === 0 ? null : html`<li><b>${by(accepted)}</b> ${accepted.length === 1 ? 'goes' : 'go'} another way than that, in which nothing has ended.</li>`}<li><b>${by(refused)}</b> ${refused.length === 1 ? 'follows' : 'follow'} what was sent, into what has ended, and ${refused.length === 1 ? 'refuses' : 'refuse'} the server.</li></ul>
${
  own && own.notAfter >= at && twin && twin.notAfter >= at
    ? html`<p>The server’s own certificate is good until ${dayMarkup(own.notAfter)}. So whoever goes the other way, such as today’s browsers, notices nothing.</p>`
    : null
}`
}

/** For lint and scan: null where no error or warning holds a root that breaks chains. */
export function renderStory(report: Report): Html | null {
  const shas = report.targets
    .flatMap(({ findings }) => findings)
    .filter(({ rule, severity }) => /^expired-root/.test(rule) && severity === 'error')
    .flatMap(({ roots }) => roots)
    .filter(({ notAfter }) => notAfter <= report.at)
  const breaking = breakingRoots().find(root => shas.some(({ sha256 }) => sha256 === root.sha256))
  const old = shas.find(({ sha256 }) => sha256 === breaking?.sha256)
  const fresh = breaking?.crossSigned[0]
  if (!breaking || !old || !fresh) return null
  const held = new Map(
    report.targets
      .flatMap(allStores)
      .flatMap(({ roots }) => roots)
      .map(root => [root.sha256, root] as const),
  )
  const kept = held.get(fresh.sha256)
  const twin = kept && kept.notAfter > report.at ? kept : undefined
  const known = rootByFingerprint(fresh.sha256)
  const step = (name: string, role: string, more: Partial<Node> = {}): Node => ({
    name,
    role,
    notAfter: null,
    ended: false,
    stored: false,
    sha256: '',
    ...more,
  })
  const name = known?.name ?? fresh.name
  const picture = renderPicture(
    [
      {
        node: step('A server', 'its own certificate, in order'),
        broken: false,
        ends: [],
        above: [
          {
            node: step('Its issuer', 'sent by the server'),
            broken: false,
            ends: [],
            above: [
              {
                node: step(name, twin ? 'a root, in the store' : 'a root, where a store has it', {
                  stored: true,
                  sha256: fresh.sha256,
                  notAfter: twin?.notAfter ?? null,
                }),
                broken: false,
                ends: [{ accepted: true, text: 'programs that look into their store first' }],
                above: [],
              },
              {
                node: step(name, `sent by some servers, signed by ${breaking.name}`),
                broken: false,
                ends: [],
                above: [
                  {
                    node: step(breaking.name, 'in the store', {
                      stored: true,
                      ended: true,
                      notAfter: old.notAfter,
                      sha256: old.sha256,
                    }),
                    broken: true,
                    ends: [{ accepted: false, text: 'old TLS libraries, which follow what was sent' }],
                    above: [],
                  },
                ],
              },
            ],
          },
        ],
      },
    ],
    'Read downwards: each is signed by the one under it, until one lies in the trust store.',
  )
  return html`<div class="story"><div class="told"><p>A server’s certificate is signed by another, that one by another again, up to a <b>root</b>: one that a program believes because it lies in its <b>trust store</b>, a file in the image.</p>
<p>A root that ends is as a rule no loss: nothing that is still in use stands under it. <b>${breaking.name}</b> is an exception. When <b>${name}</b> was young and in few stores, the older root signed its name and key once more, so that everybody would believe it: a <b>cross-signed certificate</b>, which many servers go on sending.</p>
<p>On ${dayMarkup(old.notAfter)} the older root ended. The other way up is as good as before, and newer libraries find it. Old ones follow what the server sent, come to the root that has ended, and refuse a server that is in order. ${twin ? 'Without that root in the store they go the good way too.' : html`For the good way the store must have <b>${name}</b>, which it lacks.`}</p></div>${picture}</div>`
}
