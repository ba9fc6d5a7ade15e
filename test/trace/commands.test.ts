/** What single commands do to stores, by their documentation: pacman(8), trust(1), awk(1p), gawk(1), perlrun(1). */
import { describe, expect, it } from 'vitest'
import { certificates } from '../support/trace-certificates.ts'
import { eventWords, storeWords, traced, trustEvents } from '../support/traced.ts'

const B = '/etc/ssl/certs/ca-certificates.crt'
const A = '/etc/ca-certificates/extracted/tls-ca-bundle.pem'
const CONF = '/etc/ca-certificates.conf'
const context = { 'ca.crt': certificates[6]!.pem }

/** RUN or other instructions behind FROM | stores at the end */
type Row = readonly [string, string]

function table(name: string, from: string, rows: readonly Row[]): void {
  describe(name, () => {
    it.each(rows)('%s', (body, expected) => {
      const text = `FROM ${from}\n${/^[A-Z]+ /.test(body) ? body : `RUN ${body}`}\n`
      expect(storeWords(traced(text, context).final!.final)).toBe(expected)
    })
  })
}

table('pacman', 'archlinux', [
  ['true', `${A}=12AD`],
  ['pacman -Sy', `${A}=12AD`],
  ['pacman -Syu --noconfirm', `${A}=12DN`],
  ['pacman --sync --refresh --sysupgrade', `${A}=12DN`],
  ['pacman -Syyu --noconfirm git', `${A}=12DN`],
  ['pacman -S --noconfirm ca-certificates', `${A}=12DN`],
  ['pacman -S core/ca-certificates-mozilla', `${A}=12DN`],
  ['pacman -Sy --noconfirm git curl', `${A}=12AD`],
  ['pacman -Sw ca-certificates', `${A}=12AD`],
  ['pacman -Ss ca-certificates', `${A}=12AD`],
  ['pacman -Scc --noconfirm', `${A}=12AD`],
  ['pacman -Qi ca-certificates', `${A}=12AD`],
  ['pacman -S -r /mnt ca-certificates', `${A}=12AD`],
  ['pacman -Rdd --noconfirm ca-certificates', ''],
  ['pacman -Rns git', `${A}=12AD`],
  ['pacman -U ./ca-certificates-1-1-any.pkg.tar.zst', '?'],
])

table('Arch Linux: update-ca-trust and trust', 'archlinux', [
  ['COPY ca.crt /etc/ca-certificates/trust-source/anchors/\nRUN update-ca-trust', `${A}=12ACD`],
  ['COPY ca.crt /etc/ca-certificates/trust-source/anchors/\nRUN trust extract-compat', `${A}=12ACD`],
  ['COPY ca.crt /etc/ca-certificates/trust-source/anchors/\nRUN true', `${A}=12AD`],
  ['COPY ca.crt /tmp/\nRUN trust anchor /tmp/ca.crt', `${A}=?`],
  ['trust list', `${A}=12AD`],
  ['trust extract --format=pem-bundle --filter=ca-anchors /tmp/x.pem', `${A}=12AD`],
  ['trust extract --format=pem-bundle --filter ca-anchors /etc/ssl/cert.pem', `${A}=?`],
])

const removed = `${B}=12D`
const kept = `${B}=12AD`
const refresh = 'update-ca-certificates'
table('perl', 'sentry:9.1.2', [
  [`perl -i -ne 'print unless /AddTrust/' ${CONF} && ${refresh}`, removed],
  [`perl -ni -e 'print if !/AddTrust/' ${CONF} && ${refresh}`, removed],
  [`perl -i.bak -ne 'print unless m/addtrust/i' ${CONF} && ${refresh}`, removed],
  [`perl -i -ne 'print if /AddTrust/' ${CONF} && ${refresh}`, `${B}=A`],
  [`perl -pi -e 's/^(mozilla\\/AddTrust)/!$1/' ${CONF} && ${refresh}`, removed],
  [`perl -pi -e 's|^mozilla/AddTrust|!$&|' ${CONF} && ${refresh}`, removed],
  [`perl -pi -e 's#^mozilla/(DST)_#!mozilla/\${1}_#g;' ${CONF} && ${refresh}`, `${B}=12A`],
  [`perl -p -e 's/^.*AddTrust.*$//' ${CONF} > /tmp/c && cp /tmp/c ${CONF} && ${refresh}`, removed],
  [`cd /etc && perl -ni -e 'print unless /AddTrust/' ca-certificates.conf && ${refresh}`, removed],
  [`perl -i -ne 'print unless /Add\\w+/' ${CONF} && ${refresh}`, `${B}=?`],
  [`perl -0777 -pi -e 's/x//' ${CONF} && ${refresh}`, `${B}=?`],
  [`perl -pi -e 's/\\d//' ${B}`, `${B}=?`],
  [`perl -ne 'print if /x/' ${B}`, kept],
  [`perl -i -pe 's/a/b/' /etc/other.conf`, kept],
  [`perl /tmp/x.pl`, kept],
])

table('awk', 'sentry:9.1.2', [
  [`awk '!/AddTrust/' ${CONF} > /tmp/c && mv /tmp/c ${CONF} && ${refresh}`, removed],
  [`awk '!/AddTrust/ { print }' ${CONF} > /tmp/c && mv /tmp/c ${CONF} && ${refresh}`, removed],
  [`awk '$0 !~ /AddTrust/' ${CONF} > /tmp/c && mv /tmp/c ${CONF} && ${refresh}`, removed],
  [`awk -F: '/AddTrust/ {print $0}' ${CONF} > /tmp/c && mv /tmp/c ${CONF} && ${refresh}`, `${B}=A`],
  [`cat ${CONF} | awk '!/AddTrust/' > /tmp/c && mv /tmp/c ${CONF} && ${refresh}`, removed],
  [`gawk -i inplace '!/AddTrust/' ${CONF} && ${refresh}`, removed],
  [`gawk -i inplace '{ gsub(/A/, "B") } 1' ${CONF} && ${refresh}`, `${B}=?`],
  [`awk '{ print $1 }' ${CONF} > /tmp/c && mv /tmp/c ${CONF} && ${refresh}`, `${B}=?`],
  [`awk '/BEGIN/{n++} END{print n}' ${B}`, kept],
  [`awk -f /tmp/x.awk ${B} > /tmp/out`, kept],
])

describe('failing commands in lists, as sh runs them with and without -e', () => {
  const edit = `sed -i /AddTrust/d ${CONF}`
  it.each([
    [`false || ${edit}; ${refresh}`, removed],
    [`true || ${edit}; ${refresh}`, kept],
    [`false && ${edit}; ${refresh}`, kept],
    [`${edit} || true; ${refresh}`, removed],
    [`set +e; false; ${edit}; ${refresh}`, removed],
    [`false; ${edit}; ${refresh}`, removed],
    [`set -e; true; ${edit}; ${refresh}`, removed],
    [`! false && ${edit}; ${refresh}`, removed],
    [`if false; then :; else ${edit}; fi; ${refresh}`, removed],
    [`while false; do ${edit}; done; ${refresh}`, kept],
    [`until true; do ${edit}; done; ${refresh}`, kept],
    [`true | false; ${edit} && ${refresh}`, removed],
    [`{ ${edit}; } && ${refresh}`, removed],
    [`exit 0; ${edit}; ${refresh}`, kept],
    [`${edit}; exit 0; ${refresh}`, kept],
  ])('%s', (body, expected) => {
    expect(storeWords(traced(`FROM sentry:9.1.2\nRUN ${body}\n`).final!.final)).toBe(expected)
  })
})

describe('trust events', () => {
  const debian = 'FROM sentry:9.1.2\n'
  const pem = certificates[6]!.pem.replaceAll('\n', '\\n')
  it.each<readonly [string, readonly string[]]>([
    ['RUN update-ca-certificates', ['refresh update-ca-certificates tool']],
    ['RUN update-ca-certificates || true', ['refresh update-ca-certificates tool perhaps']],
    ['RUN if [ -n "$X" ]; then update-ca-certificates; fi', ['refresh update-ca-certificates tool perhaps']],
    ['RUN apt-get update && apt-get install -y ca-certificates', ['refresh apt-get install']],
    ['RUN apt-get install -y --reinstall ca-certificates', ['refresh apt-get install']],
    [
      'RUN apt-get install -y ca-certificates=20190110',
      ['pinned ca-certificates=20190110', 'refresh apt-get install'],
    ],
    ['RUN apt-get purge -y ca-certificates', [`removed ${B}`]],
    [`RUN rm -f ${B}`, [`removed ${B}`]],
    ['RUN rm -rf /etc/ssl', [`removed ${B}`]],
    [`RUN sed -i /AddTrust/d ${CONF}`, ['take mozilla/AddTrust_External_Root.crt']],
    [`RUN sed -i /Nobody/d ${CONF}`, ['take nothing']],
    ['RUN rm /usr/share/ca-certificates/mozilla/Root_One.crt', ['take mozilla/Root_One.crt']],
    [`RUN printf '${pem}' >> ${B}`, [`append ${B} C`]],
    [
      'RUN curl http://a.b/ca.crt -o /usr/local/share/ca-certificates/ca.crt',
      ['fetched http http://a.b/ca.crt'],
    ],
    [
      'RUN curl -o /usr/local/share/ca-certificates/a.crt http://a.b/a.crt && echo "x a.crt" | sha256sum -c',
      ['fetched http http://a.b/a.crt checked'],
    ],
    [
      'RUN openssl s_client -connect a.b:443 </dev/null | openssl x509 > /usr/local/share/ca-certificates/a.crt',
      ['fetched server tls://a.b:443'],
    ],
    ['ADD http://a.b/ca.crt /usr/local/share/ca-certificates/', ['fetched http http://a.b/ca.crt']],
    [
      'COPY ca.crt /tmp/\nRUN keytool -importcert -noprompt -trustcacerts -cacerts -file /tmp/ca.crt -alias a',
      ['import 1'],
    ],
  ])('%s', (body, expected) => {
    expect(trustEvents(traced(`${debian}${body}\n`, context)).map(eventWords)).toEqual(expected)
  })
})
