/**
 * Shapes of real Dockerfiles that once raised a false alarm, each beside a twin that is rightly found. The shapes are
 * cut down to what made the difference.
 */
import { describe, expect, it } from 'vitest'
import { judgeDockerfile } from '../support/examples.ts'

interface Shape {
  readonly what: string
  readonly rule: string
  readonly silent: string
  readonly found: string
  readonly context?: Readonly<Record<string, string>>
}

const shapes: readonly Shape[] = [
  {
    what: 'a health check of an address that the start writes to a file',
    rule: 'tls-verification-disabled',
    silent: 'FROM oraclelinux:8\nHEALTHCHECK CMD curl -k -s --fail `$HEALTH_FILE` || exit 1\n',
    found: 'FROM oraclelinux:8\nHEALTHCHECK CMD curl -k -s --fail https://example.com/ || exit 1\n',
  },
  {
    what: 'an entrypoint that waits for its own server',
    rule: 'tls-verification-disabled',
    silent: 'FROM debian:trixie\nCOPY own.sh /\nENTRYPOINT ["/own.sh"]\n',
    found: 'FROM debian:trixie\nCOPY other.sh /\nENTRYPOINT ["/other.sh"]\n',
    context: {
      'own.sh':
        '#!/bin/bash\nPORT="$(server --print-port)"\nURL="http://127.0.0.1:$PORT/ping"\nserver &\nwhile ! wget --spider --no-check-certificate -q "$URL"; do sleep 1; done\nexec server\n',
      'other.sh': '#!/bin/bash\nwget --no-check-certificate https://example.com/\n',
    },
  },
  {
    what: 'commands that a later CMD replaces',
    rule: 'missing-trust-store',
    silent:
      'FROM debian:trixie\nRUN apt-get update && apt-get install -y --no-install-recommends wget\nCMD wget https://example.com/\nCMD ["sleep", "1"]\n',
    found:
      'FROM debian:trixie\nRUN apt-get update && apt-get install -y --no-install-recommends wget\nCMD ["sleep", "1"]\nCMD wget https://example.com/\n',
  },
  {
    what: 'a client that is not there: the build ends for another reason',
    rule: 'missing-trust-store',
    silent:
      'FROM ubuntu:24.04\nRUN apt-get update && apt-get install -y --no-install-recommends make\nRUN git clone https://example.com/a.git\n',
    found:
      'FROM ubuntu:24.04\nRUN apt-get update && apt-get install -y --no-install-recommends git make\nRUN git clone https://example.com/a.git\n',
  },
  {
    what: 'a program that only lends its name to a group of packages',
    rule: 'missing-trust-store',
    silent:
      'FROM alpine:3.6\nRUN apk add --no-cache --virtual curl && curl -fsSLO https://example.com/a.tar.gz\n',
    found:
      'FROM alpine:3.6\nRUN apk add --no-cache curl && rm -rf /etc/ssl && curl -fsSLO https://example.com/a.tar.gz\n',
  },
]

describe('shapes of real Dockerfiles', () => {
  const places = async (dockerfile: string, { rule, context }: Shape): Promise<string[]> =>
    (await judgeDockerfile(dockerfile, '2026-08-16', context)).all
      .filter(finding => finding.rule === rule && finding.severity !== 'info')
      .map(({ message }) => message)

  it.each(shapes.map(shape => [shape.what, shape] as const))('%s', async (_, shape) => {
    expect(await places(shape.silent, shape)).toEqual([])
    expect(await places(shape.found, shape)).toHaveLength(1)
  })
})
