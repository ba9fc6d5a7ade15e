/** The whole Dockerfile language by its effect on the trace; a table of what BuildKit's reference says. */
import { describe, expect, it } from 'vitest'
import { memoryContext } from '../../src/dockerfile/context.ts'
import { JobError } from '../../src/errors.ts'
import { isUnknown, type Maybe } from '../../src/model.ts'
import type { DockerfileModel } from '../../src/trace/state.ts'
import { traceDockerfile } from '../../src/trace/trace.ts'
import { LANGUAGE_FILES, type LanguageCase, languageCases } from '../support/language-cases.ts'
import { certificates } from '../support/trace-certificates.ts'
import { tableKnowledge } from '../support/trace-knowledge.ts'
import { allEvents, storeWords, traced } from '../support/traced.ts'

function traceOf({ text, args = {}, platform }: LanguageCase): DockerfileModel {
  return traceDockerfile(text, {
    file: 'Dockerfile',
    knowledge: tableKnowledge(),
    context: memoryContext(LANGUAGE_FILES),
    buildArgs: args,
    ...(platform === undefined ? {} : { platform }),
  })
}

const text = (lines: Maybe<readonly string[] | null>): unknown =>
  isUnknown(lines) || lines === null ? lines : lines.map(line => `${line}\n`).join('')

describe('what each part of the language does', () => {
  it.each(languageCases.map(one => [one.name, one] as const))('%s', (_, one) => {
    const { final } = traceOf(one).final!
    if (one.probe !== undefined) expect(text(final.conf)).toBe(one.probe)
    for (const [name, value] of Object.entries(one.env ?? {})) expect(final.env.get(name)).toBe(value)
    if (one.user !== undefined) expect(final.user).toBe(one.user)
  })
})

const B = '/etc/ssl/certs/ca-certificates.crt'
const pem = certificates[6]!.pem
const files = { 'ca.crt': pem, 'certs/ca.crt': pem, 'certs/two.crt': certificates[7]!.pem }
const anchors = '/usr/local/share/ca-certificates'
const sentry = 'FROM sentry:9.1.2\n'

describe('what it does to stores', () => {
  it.each<readonly [string, string, string]>([
    [
      'an anchor copied out of a bind mount',
      `${sentry}RUN --mount=type=bind,source=ca.crt,target=/m/x.crt cp /m/x.crt ${anchors}/ && update-ca-certificates\n`,
      `${B}=12ACD`,
    ],
    [
      'a bind mount where the tool reads: in the bundle, not in the folder',
      `${sentry}RUN --mount=source=certs,target=${anchors} update-ca-certificates\n`,
      `${B}=12ACDX`,
    ],
    [
      'and gone with the next refresh',
      `${sentry}RUN --mount=source=certs,target=${anchors} update-ca-certificates\nRUN update-ca-certificates --fresh\n`,
      `${B}=12AD`,
    ],
    [
      'a bind mount of a stage',
      `FROM alpine:3.20 AS s\nCOPY ca.crt /certs/a.crt\n${sentry}RUN --mount=from=s,source=/certs,target=/m cp /m/a.crt ${anchors}/ && update-ca-certificates\n`,
      `${B}=12ACD`,
    ],
    [
      'a secret as an anchor',
      `${sentry}RUN --mount=type=secret,id=ca,target=${anchors}/ca.crt update-ca-certificates\n`,
      `${B}=?`,
    ],
    [
      'a secret that is copied',
      `${sentry}RUN --mount=type=secret,id=ca cp /run/secrets/ca ${anchors}/ca.crt && update-ca-certificates\n`,
      `${B}=?`,
    ],
    [
      'a secret beside the store does not hide it',
      `FROM debian:12-slim\nRUN --mount=type=secret,id=ca,target=/etc/ssl/certs/own.crt apt-get update && apt-get install -y ca-certificates\n`,
      `${B}=12DN`,
    ],
    [
      'a cache over the store',
      `${sentry}RUN --mount=type=cache,target=/etc/ssl/certs rm -rf /etc/ssl/certs/*\n`,
      `${B}=12AD`,
    ],
    [
      'a cache of packages',
      `FROM debian:12-slim\nRUN --mount=type=cache,target=/var/cache/apt --mount=type=tmpfs,target=/tmp apt-get install -y ca-certificates\n`,
      `${B}=12DN`,
    ],
    [
      'a store of a mounted stage is not in the image',
      `FROM sentry:9.1.2 AS s\nFROM scratch\nRUN --mount=from=s,target=/m true\n`,
      '',
    ],
    ['an agent of ssh', `${sentry}RUN --mount=type=ssh git clone git@example.com:a/b\n`, `${B}=12AD`],
    [
      '--parents',
      `${sentry}COPY --parents certs/ca.crt ${anchors}/\nRUN update-ca-certificates\n`,
      `${B}=12ACD`,
    ],
    [
      '--exclude',
      `${sentry}COPY --exclude=two.* certs ${anchors}\nRUN update-ca-certificates\n`,
      `${B}=12ACD`,
    ],
    [
      '--exclude and a pattern',
      `${sentry}COPY --exclude=two.* certs/*.crt ${anchors}/\nRUN update-ca-certificates\n`,
      `${B}=12ACD`,
    ],
    [
      '--link',
      `${sentry}COPY --link --chown=0:0 --chmod=644 ca.crt ${anchors}/\nRUN update-ca-certificates\n`,
      `${B}=12ACD`,
    ],
    [
      'ADD of a URL',
      `${sentry}ADD --checksum=sha256:00 https://a.b/c.crt ${anchors}/\nRUN update-ca-certificates\n`,
      `${B}=?`,
    ],
    ['ADD of a local archive', `${sentry}ADD ca.tar.gz ${anchors}/\nRUN update-ca-certificates\n`, '?'],
    ['ADD of an archive that stays one', `${sentry}ADD --unpack=false ca.tar.gz /tmp/\n`, `${B}=12AD`],
    ['ADD of git', `${sentry}ADD https://a.b/c.git#main /src\n`, `${B}=12AD`],
    [
      'ADD of git over a folder of trust',
      `${sentry}ADD git@a.b:c/d.git ${anchors}\nRUN update-ca-certificates\n`,
      '?',
    ],
    ['COPY --from of an image', `FROM scratch\nCOPY --from=sentry:9.1.2 ${B} ${B}\n`, `${B}=12AD`],
    [
      'COPY --from --exclude over a store',
      `FROM sentry:9.1.2 AS s\nFROM scratch\nCOPY --from=s --exclude=*.pem /etc/ssl /etc/ssl\n`,
      '?',
    ],
    ['SHELL pwsh', `${sentry}SHELL ["pwsh", "-Command"]\nRUN Remove-Item ${B}\n`, '?'],
    [
      'a here-document for another program',
      `${sentry}RUN python3 <<EOF\nprint("rm ${B}")\nEOF\n`,
      `${B}=12AD`,
    ],
  ])('%s', (_, text, expected) => {
    expect(storeWords(traced(text, files).final!.final)).toBe(expected)
  })
})

describe('what is no Dockerfile', () => {
  it.each<readonly [string, string, RegExp]>([
    ['an unknown instruction', 'FROM a\nFOO b\n', /^Dockerfile:2: unknown instruction FOO$/],
    [
      'one behind a directive',
      '# escape=`\nFROM a\nRUN b `\n c\nBAR\n',
      /^Dockerfile:5: unknown instruction BAR$/,
    ],
  ])('%s', (_, text, message) => {
    expect(() => traced(text)).toThrow(JobError)
    expect(() => traced(text)).toThrow(message)
  })
})

describe('RUNs that fail', () => {
  const edit = 'sed -i /AddTrust/d /etc/ca-certificates.conf && update-ca-certificates'
  it.each<readonly [string, string]>([
    [`set -e; false || true; ${edit}`, '12D'],
    [`set -e; if false; then :; fi; ${edit}`, '12D'],
    [`set -e; while false; do :; done; ${edit}`, '12D'],
    [`set -e; ! true; ${edit}`, '12D'],
    [`set -e; false && true; ${edit}`, '12D'],
    [`set -e; false | true; ${edit}`, '12D'],
    [`set -e; set +e; false; ${edit}`, '12D'],
    [`sh -ec 'false; ${edit}' || true`, '12AD'],
    [`sh -c 'set -e; false; ${edit}' || true`, '12AD'],
    [`(set -e; false; ${edit}); true`, '12AD'],
    [`(exit 1); ${edit}`, '12D'],
    [`f() { false; ${edit}; }; f`, '12D'],
    [`[ -n "$X" ] && false; ${edit}`, '12D'],
    // Surely failing: the build ends, nothing is known of what would come after it.
    [`set -e; false; ${edit}`, '?'],
    [`set -eux; false; ${edit}`, '?'],
    [`set -o errexit; true; false; ${edit}`, '?'],
    [`set -euo pipefail; (false); ${edit}`, '?'],
    [`set -e; true | false; ${edit}`, '?'],
    [`set -e; { false; }; ${edit}`, '?'],
    [`false && ${edit}`, '?'],
    [`${edit}; false`, '?'],
    [`${edit}; exit 1`, '?'],
    [`false`, '?'],
    [`["false"]`, '?'],
    [`sh -ec 'false; ${edit}'`, '?'],
    [`<<EOF\n#!/bin/sh -e\nfalse\n${edit}\nEOF`, '?'],
  ])('RUN %s', (body, letters) => {
    const expected = letters === '?' ? '?' : `${B}=${letters}`
    expect(storeWords(traced(`FROM sentry:9.1.2\nRUN ${body}\n`).final!.final)).toBe(expected)
  })

  it('end with SHELL -e too', () => {
    const text = `FROM sentry:9.1.2\nSHELL ["/bin/sh", "-ec"]\nRUN false; ${edit}\n`
    expect(storeWords(traced(text).final!.final)).toBe('?')
    expect(storeWords(traced(text.replace('"-ec"', '"-c"')).final!.final)).toBe(`${B}=12D`)
  })

  it('silence all that stands after them, in the stages that stand on theirs too', () => {
    const after = 'RUN curl -k https://a.b\nENV NODE_TLS_REJECT_UNAUTHORIZED=0\nCMD curl https://a.b\n'
    const said = (text: string): number => allEvents(traced(text)).length
    expect(said(`FROM debian:12-slim\nRUN true\n${after}`)).toBe(3)
    expect(said(`FROM debian:12-slim\nRUN false\n${after}`)).toBe(0)
    expect(said(`FROM debian:12-slim AS a\nRUN set -e; exit 3\nFROM a\n${after}`)).toBe(0)
    expect(said(`FROM debian:12-slim\nRUN set -e; false; curl -k https://a.b\n`)).toBe(0)
    expect(said(`FROM debian:12-slim\nRUN curl -k https://a.b; false\n`)).toBe(1)
  })

  it('are not sure where an argument decides that another value may be given for', () => {
    const text = (check: string): string =>
      `FROM debian:12-slim\nARG V=\nRUN ${check}\nRUN curl -k https://a.b\n`
    expect(allEvents(traced(text('test -n "$V"')))).toHaveLength(1)
    expect(allEvents(traced(text('test -n ""')))).toHaveLength(0)
  })
})

describe('a certificate in the folder of the packages', () => {
  const copy = 'COPY ca.crt /usr/share/ca-certificates/own/\n'
  it.each<readonly [string, string, string, string]>([
    ['that conf does not name', `${copy}RUN update-ca-certificates\n`, 'wrong-folder', '12AD'],
    [
      'that conf names',
      `${copy}RUN echo own/ca.crt >> /etc/ca-certificates.conf && update-ca-certificates\n`,
      'read',
      '12ACD',
    ],
    [
      'that conf names before it is there',
      `RUN echo own/ca.crt >> /etc/ca-certificates.conf\n${copy}RUN update-ca-certificates\n`,
      'read',
      '12ACD',
    ],
    [
      'that conf deselects',
      `${copy}RUN echo "!own/ca.crt" >> /etc/ca-certificates.conf && update-ca-certificates\n`,
      'unknown',
      '12AD',
    ],
    [
      'that conf may name',
      `${copy}RUN find /x >> /etc/ca-certificates.conf; update-ca-certificates\n`,
      'unknown',
      '?',
    ],
    ['with no tool behind it', copy, 'unknown', '12AD'],
  ])('%s', (_, body, reading, letters) => {
    const stage = traced(`${sentry}${body}`, files).final!
    expect(stage.end.anchors.map(anchor => [anchor.reading, anchor.doubtful])).toEqual([[reading, false]])
    expect(storeWords(stage.final)).toBe(`${B}=${letters}`)
  })

  it('may be taken up by the package itself', () => {
    for (const command of ['apt-get install -y ca-certificates', 'dpkg-reconfigure ca-certificates']) {
      const stage = traced(`${sentry}${copy}RUN ${command}\n`, files).final!
      expect(stage.end.anchors.map(({ doubtful }) => doubtful)).toEqual([true])
    }
  })
})
