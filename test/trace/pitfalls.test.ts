/**
 * Mistakes that real projects made, each in the shape in which it was reported and in its harmless twin. The first
 * must be found by the rule named, the second must leave that rule silent.
 */
import { describe, expect, it } from 'vitest'
import { corporate, second } from '../../src/example-certificates.ts'
import { judgeDockerfile } from '../support/examples.ts'

interface Pitfall {
  readonly rule: string
  readonly link: string
  readonly bad: string
  readonly ok: string
  readonly context?: Readonly<Record<string, string | Uint8Array>>
  readonly okContext?: Readonly<Record<string, string | Uint8Array>>
  readonly at?: string
}

const der = Buffer.from(corporate.replace(/-----[^-]+-----|\s/g, ''), 'base64')
const debian = 'FROM debian:trixie\nRUN apt-get update && apt-get install -y ca-certificates curl\n'
const refresh = 'RUN update-ca-certificates\n'
const anchors = '/usr/local/share/ca-certificates'
const files = { 'ca.crt': corporate, 'ca.pem': corporate }

const pitfalls: readonly Pitfall[] = [
  {
    rule: 'wrong-certificate-extension',
    link: 'https://github.com/docker/docs/issues/21918',
    bad: `${debian}COPY ca.pem ${anchors}/\n${refresh}`,
    ok: `${debian}COPY ca.pem ${anchors}/ca.crt\n${refresh}`,
  },
  {
    rule: 'wrong-certificate-extension',
    link: 'https://github.com/alpinelinux/ca-certificates (update-ca.c takes any name)',
    bad: `${debian}COPY ca.pem ${anchors}/zscaler.pem\n${refresh}`,
    ok: `FROM alpine\nRUN apk add --no-cache ca-certificates\nCOPY ca.pem ${anchors}/\n${refresh}`,
  },
  {
    rule: 'multiple-certificates-in-file',
    link: 'https://github.com/gliderlabs/docker-alpine/issues/52',
    bad: `FROM ruby:3.4\nCOPY ca.crt ${anchors}/\n${refresh}`,
    ok: `FROM alpine\nRUN apk add --no-cache ca-certificates ruby\nCOPY ca.crt ${anchors}/\n${refresh}`,
    context: { 'ca.crt': corporate + second },
  },
  {
    rule: 'malformed-certificate-file',
    link: 'https://github.com/Azure/AgentBaker/pull/997',
    bad: `${debian}COPY ca.crt ${anchors}/\n${refresh}`,
    ok: 'FROM fedora\nCOPY ca.crt /etc/pki/ca-trust/source/anchors/\nRUN update-ca-trust\n',
    context: { 'ca.crt': der },
  },
  {
    rule: 'wrong-anchor-folder',
    link: 'https://github.com/moby/moby/issues/38912',
    bad: `${debian}COPY ca.crt /etc/pki/ca-trust/source/anchors/\n${refresh}`,
    ok: `${debian}COPY ca.crt ${anchors}/\n${refresh}`,
  },
  {
    rule: 'update-ca-certificates-missing',
    link: 'https://github.com/docker-library/tomcat/issues/273',
    bad: `${debian}${refresh}COPY ca.crt ${anchors}/\n`,
    ok: `${debian}COPY ca.crt ${anchors}/\n${refresh}`,
  },
  {
    rule: 'update-ca-certificates-missing',
    link: 'alpine 3.20 and 3.11 have a bundle and no tool',
    bad: 'FROM alpine:3.20\nRUN update-ca-certificates\n',
    ok: 'FROM alpine:3.20\nRUN apk add --no-cache ca-certificates && update-ca-certificates\n',
  },
  {
    rule: 'bundle-edited-by-hand',
    link: 'https://github.com/moby/buildkit/issues/7185',
    bad: `${debian}COPY ca.pem /\nRUN cat /ca.pem >> /etc/ssl/certs/ca-certificates.crt\n${refresh}`,
    ok: `FROM alpine\nCOPY ca.pem ${anchors}/ca.crt\nRUN cat ${anchors}/ca.crt >> /etc/ssl/certs/ca-certificates.crt && apk add --no-cache ca-certificates\n`,
  },
  {
    rule: 'trust-store-removed',
    link: 'https://github.com/docker-library/haproxy/issues/117',
    bad: 'FROM debian:trixie-slim\nRUN apt-get update && apt-get install -y --no-install-recommends ca-certificates wget && apt-get purge -y ca-certificates && wget -q https://example.com/x\n',
    ok: 'FROM debian:trixie-slim\nRUN buildDeps="ca-certificates wget" && apt-get update && apt-get install -y --no-install-recommends $buildDeps && wget -q https://example.com/x && apt-get purge -y $buildDeps\nCMD ["/x"]\n',
  },
  {
    rule: 'missing-trust-store',
    link: 'https://github.com/evenfire-ai/evenfire/pull/221',
    bad: 'FROM debian:trixie-slim\nRUN apt-get update && apt-get install -y --no-install-recommends git && git clone https://example.com/x\n',
    ok: 'FROM debian:trixie-slim\nRUN apt-get update && apt-get install -y --no-install-recommends git ca-certificates && git clone https://example.com/x\n',
  },
  {
    rule: 'stale-copied-bundle',
    link: 'https://github.com/PierreZ/goStatic/issues/16',
    bad: 'FROM scratch\nCOPY --from=alpine:3.12 /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/\n',
    ok: 'FROM scratch\nCOPY --from=alpine /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/\n',
  },
  {
    rule: 'update-as-non-root',
    link: 'https://github.com/temporalio/docker-compose/pull/174',
    bad: `${debian}COPY ca.crt ${anchors}/\nUSER app\n${refresh}`,
    ok: `${debian}COPY ca.crt ${anchors}/\nUSER app\nRUN sudo update-ca-certificates\n`,
  },
  {
    rule: 'java-trust-store-not-updated',
    link: 'https://github.com/adoptium/containers/issues/293',
    bad: `FROM eclipse-temurin:21\nCOPY ca.crt ${anchors}/\n${refresh}CMD ["java", "-jar", "a.jar"]\n`,
    ok: `FROM openjdk:17-jdk-bullseye\nCOPY ca.crt ${anchors}/\n${refresh}CMD ["java", "-jar", "a.jar"]\n`,
  },
  {
    rule: 'language-bundle-not-updated',
    link: 'https://github.com/moby/buildkit/issues/7186',
    bad: `FROM node:22\nCOPY ca.crt ${anchors}/\n${refresh}RUN npm ci\n`,
    ok: `FROM node:22\nCOPY ca.crt ${anchors}/\n${refresh}RUN npm config set cafile ${anchors}/ca.crt && npm ci\n`,
  },
  {
    rule: 'trust-env-replaces-store',
    link: 'https://github.com/microcumulus/ca-injector/issues/5',
    bad: 'FROM python:3.13\nCOPY ca.pem /c/\nENV SSL_CERT_FILE=/c/ca.pem\n',
    ok: 'FROM python:3.13\nCOPY ca.pem /c/\nRUN cat /etc/ssl/certs/ca-certificates.crt /c/ca.pem > /c/all.pem\nENV SSL_CERT_FILE=/c/all.pem\n',
  },
  {
    rule: 'trust-env-path-missing',
    link: 'https://github.com/schmitthub/clawker/issues/216',
    bad: `FROM alpine\nENV CURL_CA_BUNDLE=/etc/pki/tls/certs/ca-bundle.crt\n`,
    ok: `FROM fedora\nENV CURL_CA_BUNDLE=/etc/pki/tls/certs/ca-bundle.crt\n`,
  },
  {
    rule: 'trust-env-path-missing',
    link: 'https://github.com/y-scope/clp/pull/2133',
    bad: 'FROM python:3.13 AS build\nCOPY ca.pem /c/ca.pem\nENV REQUESTS_CA_BUNDLE=/c/ca.pem\nFROM python:3.13-slim\nCOPY --from=build /c/ca.pem /c/ca.pem\nCMD ["python", "a.py"]\n',
    ok: 'FROM python:3.13 AS build\nCOPY ca.pem /c/ca.pem\nENV REQUESTS_CA_BUNDLE=/c/ca.pem\nFROM build\nCMD ["python", "a.py"]\n',
  },
  {
    rule: 'trust-env-path-missing',
    link: 'https://github.com/openstack-k8s-operators/ci-framework/pull/2714',
    bad: 'FROM python:3.13\nENV RESQUEST_CA_BUNDLE=/etc/ssl/certs/ca-certificates.crt\n',
    ok: 'FROM python:3.13\nENV REQUESTS_CA_BUNDLE=/etc/ssl/certs/ca-certificates.crt\n',
  },
  {
    rule: 'insecure-certificate-download',
    link: 'https://github.com/docker-library/php/issues/791',
    bad: `${debian}ADD http://example.com/root.crt ${anchors}/root.crt\n${refresh}`,
    ok: `${debian}ADD https://example.com/root.crt ${anchors}/root.crt\n${refresh}`,
  },
  {
    rule: 'tls-verification-disabled',
    link: 'https://github.com/chainstack/cronos-docker/issues/85',
    bad: `${debian}RUN wget --no-check-certificate https://example.com/x\n`,
    ok: `${debian}RUN curl -fsSLo/usr/local/bin/kubectl https://example.com/x\n`,
  },
  {
    rule: 'pinned-ca-certificates',
    link: 'https://github.com/grafana/k6/issues/3060',
    bad: 'FROM alpine:3.22\nRUN apk add --no-cache ca-certificates=20240226-r0\n',
    ok: 'FROM alpine:3.22\nRUN apk add --no-cache ca-certificates\n',
  },
  {
    rule: 'ineffective-removal',
    link: 'alpine 3.11: cert.pem is a plain file',
    bad: 'FROM alpine:3.11\nRUN apk add --no-cache ca-certificates && sed -i "/DST_Root_CA_X3.crt/d" /etc/ca-certificates.conf && update-ca-certificates\n',
    ok: 'FROM debian:buster\nRUN apt-get update && apt-get install -y ca-certificates && sed -i "/DST_Root_CA_X3.crt/d" /etc/ca-certificates.conf && update-ca-certificates\n',
    at: '2021-10-01',
  },
]

describe('pitfalls of real projects', () => {
  it.each(
    pitfalls.map((one, number) => [number + 1, one.rule, one] as const),
  )('%i: %s', async (_, rule, one) => {
    const at = one.at ?? '2026-08-16'
    const bad = await judgeDockerfile(one.bad, at, one.context ?? files)
    expect(bad.all.map(finding => finding.rule)).toContain(rule)
    const ok = await judgeDockerfile(one.ok, at, one.okContext ?? one.context ?? files)
    expect(ok.all.filter(finding => finding.rule === rule)).toEqual([])
  })
})

/** What a linter that greps takes for a mistake: nothing of these may be found. */
const traps: readonly (readonly [string, string])[] = [
  ['commented-out lines', `${debian}# COPY ca.pem ${anchors}/\n# RUN update-ca-certificates\n`],
  ['text that is only printed', `${debian}RUN echo 'COPY ca.pem ${anchors}/' > /usage\n`],
  [
    'Java of the distribution',
    `FROM debian:trixie\nRUN apt-get update && apt-get install -y default-jre\nCOPY ca.crt ${anchors}/\n${refresh}CMD ["java", "-jar", "a.jar"]\n`,
  ],
  [
    '.pem on Alpine',
    `FROM alpine\nRUN apk add --no-cache ca-certificates\nCOPY ca.pem ${anchors}/\n${refresh}`,
  ],
  [
    'the tool comes with git',
    `FROM alpine:3.19\nRUN apk add --no-cache git\nCOPY ca.crt ${anchors}/\n${refresh}`,
  ],
  ['golang has a store', `FROM golang:1.26\nCOPY ca.crt ${anchors}/\n${refresh}`],
  [
    'ENV before the file',
    `FROM debian:trixie\nENV SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt\nRUN apt-get update && apt-get install -y ca-certificates\n`,
  ],
  [
    'ENV of a file from another stage',
    'FROM alpine AS a\nRUN apk add --no-cache ca-certificates\nFROM scratch\nENV SSL_CERT_FILE=/certs.pem\nCOPY --from=a /etc/ssl/certs/ca-certificates.crt /certs.pem\n',
  ],
  [
    'NODE_EXTRA_CA_CERTS at the file',
    `FROM node:22\nCOPY ca.crt ${anchors}/\nENV NODE_EXTRA_CA_CERTS=${anchors}/ca.crt\nRUN npm ci\nCMD ["node", "a.js"]\n`,
  ],
  [
    'sudo under another user',
    `${debian}COPY ca.crt ${anchors}/\nUSER app\nRUN sudo update-ca-certificates\n`,
  ],
  ['a USER that nobody knows', `FROM jenkins/jenkins:lts\nCOPY ca.crt ${anchors}/\n${refresh}`],
  [
    'a purge and a second install',
    'FROM debian:trixie-slim\nRUN apt-get update && apt-get install -y ca-certificates curl && apt-get purge -y ca-certificates\nRUN apt-get update && apt-get install -y ca-certificates && curl https://example.com/\n',
  ],
  [
    'removal in a stage that is not shipped',
    'FROM debian:trixie-slim AS b\nRUN apt-get update && apt-get install -y ca-certificates && apt-get purge -y ca-certificates\nFROM alpine\nCOPY --from=b /app /app\n',
  ],
  [
    'Node does not need /etc/ssl',
    'FROM node:22-alpine\nRUN rm -rf /etc/ssl /var/cache/apk/*\nCMD ["node", "a.js"]\n',
  ],
  [
    'an entrypoint that refreshes',
    `${debian}COPY ca.crt ${anchors}/\nCOPY start.sh /start.sh\nENTRYPOINT ["/start.sh"]\n`,
  ],
  [
    'an entrypoint that nobody can read',
    `${debian}COPY ca.crt ${anchors}/\nCOPY other.sh /other.sh\nENTRYPOINT ["/other.sh"]\n`,
  ],
  [
    'renamed in a loop',
    `${debian}COPY ca.pem ${anchors}/\nRUN for f in ${anchors}/*.pem; do mv "$f" "\${f%.pem}.crt"; done && update-ca-certificates\n`,
  ],
  [
    'renamed by mv',
    `${debian}COPY ca.pem ${anchors}/\nRUN mv ${anchors}/ca.pem ${anchors}/ca.crt && update-ca-certificates\n`,
  ],
  [
    'converted by openssl',
    `${debian}COPY ca.pem ${anchors}/\nRUN openssl x509 -in ${anchors}/ca.pem -out ${anchors}/ca.crt && update-ca-certificates\n`,
  ],
  [
    'install with a name of its own',
    `${debian}COPY ca.pem /tmp/\nRUN install -m 0644 /tmp/ca.pem ${anchors}/ca.crt && update-ca-certificates\n`,
  ],
  [
    'for several distributions',
    `${debian}COPY ca.crt /etc/pki/ca-trust/source/anchors/ca.crt\nCOPY ca.crt ${anchors}/ca.crt\n${refresh}`,
  ],
  [
    'a secret that may be there',
    `${debian}RUN --mount=type=secret,id=ca if [ -s /run/secrets/ca ]; then cp /run/secrets/ca ${anchors}/ca.crt && update-ca-certificates; fi\n`,
  ],
  [
    'the tool only where it is',
    'FROM alpine\nRUN command -v update-ca-certificates && update-ca-certificates || true\n',
  ],
  ['a needless refresh', 'FROM alpine\nRUN apk add --no-cache ca-certificates && update-ca-certificates\n'],
  [
    'made in one stage for the next',
    `${debian.replace('FROM debian:trixie', 'FROM debian:trixie AS b')}RUN curl -fo ${anchors}/ca.crt https://example.com/ca && curl https://example.com/\nFROM debian:trixie\nRUN apt-get update && apt-get install -y ca-certificates\nCOPY --from=b ${anchors}/ca.crt ${anchors}/\n${refresh}`,
  ],
  [
    'a path that a volume brings',
    'FROM node:22\nENV NODE_EXTRA_CA_CERTS=/certs/ca.pem\nCMD ["node", "a.js"]\n',
  ],
  ['names of other programs', 'FROM nginx\nENV TLS_CERT_FILE=/tls/a.crt SSL_CERT_PATH=/tls/b.crt\n'],
]

describe('traps for a linter', () => {
  it.each(traps)('%s', async (_, dockerfile) => {
    const { all } = await judgeDockerfile(dockerfile, '2026-08-16', {
      ...files,
      'start.sh': '#!/bin/sh\nupdate-ca-certificates\nexec "$@"\n',
    })
    expect(
      all
        .filter(({ severity, rule }) => severity !== 'info' && rule !== 'end-of-life-base-image')
        .map(({ rule, message }) => `${rule}: ${message}`),
    ).toEqual([])
  })
})
