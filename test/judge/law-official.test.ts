/** The law for Dockerfiles: `FROM` any official tag that is still rebuilt gives no error and no warning, today. */
import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { addDays, dayStart } from '../../src/clock.ts'
import { judge } from '../../src/judge.ts'
import { tagGroups } from '../../src/knowledge/image-tags.ts'
import { isSupported } from '../../src/knowledge/lifecycles.ts'
import { knowledgeDate } from '../../src/knowledge/status.ts'
import { traceText } from '../support/examples.ts'

const today = dayStart(knowledgeDate())
const folder = new URL('../../src/knowledge/data/tags/', import.meta.url)
const repositories = readdirSync(folder).map(name => name.replace(/\.br$/, ''))

/** One tag of each group that is still rebuilt. */
const references = repositories.flatMap(repo =>
  tagGroups(repo)
    .filter(({ until }) => until === null)
    .map(({ tags }) => `${repo}:${tags[0]}`),
)

const install = {
  apk: 'apk add --no-cache ca-certificates curl',
  apt: 'apt-get update && apt-get install -y --no-install-recommends ca-certificates curl',
  dnf: 'dnf install -y ca-certificates curl',
  zypper: 'zypper --non-interactive install ca-certificates-mozilla curl',
}

describe('what a supported distribution installs today', () => {
  it.each([
    ['alpine', install.apk],
    ['alpine:3.24', install.apk],
    ['alpine:3.22', install.apk],
    ['debian', install.apt],
    ['debian:trixie-slim', install.apt],
    ['debian:bookworm', install.apt],
    ['ubuntu:26.04', install.apt],
    ['ubuntu:24.04', install.apt],
    ['ubuntu:22.04', install.apt],
    ['fedora:44', install.dnf],
    ['rockylinux:9', install.dnf],
    ['almalinux:10', install.dnf],
    ['amazonlinux:2023', install.dnf],
    ['opensuse/leap:16.0', install.zypper],
  ])('%s: %s', async (base, line) => {
    const use = 'RUN curl -fsSLo /app https://example.com/app'
    const model = traceText(`FROM ${base}\nRUN ${line}\n${use}\nUSER 1000\nCMD ["/app"]\n`)
    const findings = await judge(model, { at: today, expiringWithin: addDays(0, 90) })
    expect(findings.filter(({ severity }) => severity !== 'info').map(({ message }) => message)).toEqual([])
  })
})

describe('official images that are still rebuilt', () => {
  it('are many', () => {
    expect(repositories.length).toBeGreaterThan(150)
    expect(references.length).toBeGreaterThan(1000)
  })

  it('give no error and no warning, but where their distribution itself has ended', async () => {
    const alarms: string[] = []
    for (const reference of references) {
      const model = traceText(`FROM ${reference}\n`)
      const findings = await judge(model, { at: today, expiringWithin: addDays(0, 90) })
      for (const { rule, severity, message } of findings) {
        if (severity === 'info') continue
        const { distribution } = model.stages[0]!
        const ended =
          distribution?.version != null && isSupported(distribution.id, distribution.version, today) === false
        if (rule === 'end-of-life-base-image' && ended) continue
        alarms.push(`${reference}: ${rule}: ${message}`)
      }
    }
    expect(alarms).toEqual([])
  })
})
