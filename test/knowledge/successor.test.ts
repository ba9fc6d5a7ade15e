import { describe, expect, it } from 'vitest'
import { successor } from '../../src/knowledge/base-images.ts'
import { findTag } from '../../src/knowledge/image-tags.ts'

const today = Date.parse('2026-10-20T00:00:00Z')

describe('the successor of an official image', () => {
  it.each([
    ['node', '14', '24'],
    ['node', 'latest', '24'],
    ['node', '14-slim', '24-slim'],
    ['node', '14-alpine3.11', '24-alpine'],
    ['node', '8.17.0-buster-slim', '24-slim'],
    ['node', '25', '24'],
    ['debian', 'buster-slim', 'trixie-slim'],
    ['debian', '10', '13'],
    ['debian', '9.13-slim', '13-slim'],
    ['debian', 'stretch', 'trixie'],
    ['alpine', '3.11', '3.24'],
    ['alpine', '3.8.5', '3.24'],
    ['ubuntu', '16.04', '26.04'],
    ['ubuntu', 'xenial', '26.04'],
    ['python', '2.7', '3.14'],
    ['python', '3.8-slim', '3.14-slim'],
    ['python', '3.6-slim-buster', '3.14-slim'],
    ['python', '3.7-alpine3.12', '3.14-alpine'],
    ['golang', '1.12-alpine', '1.27-alpine'],
    ['golang', '1.17-buster', '1.27'],
    ['ruby', '2.5-slim', '4.0-slim'],
    ['php', '7.4-fpm-alpine', '8.5-fpm-alpine'],
    ['php', '7.2-apache', '8.5-apache'],
    ['eclipse-temurin', '8-jre', '25-jre'],
    ['buildpack-deps', 'stretch-curl', 'trixie-curl'],
    ['buildpack-deps', 'bionic', 'resolute'],
    ['rockylinux', '8', '9'],
    ['postgres', '12', '18'],
    ['sentry', '9.1.2', null],
    ['openjdk', '8-jre', null],
    ['centos', '7', null],
    ['nothing', '1', null],
  ])('%s:%s → %s', (repo, tag, expected) => {
    const found = successor(repo, tag, today)
    expect(found.tag).toBe(expected)
    expect(found.why).not.toBe('')
  })

  it('is still rebuilt, whatever the date: one can only take what there is', () => {
    for (const at of ['2020-05-31', '2026-08-21', '2027-06-01']) {
      for (const [repo, tag] of [
        ['node', '14'],
        ['debian', 'buster-slim'],
        ['python', '3.6-slim'],
        ['alpine', '3.11'],
      ] as const) {
        const found = successor(repo, tag, Date.parse(`${at}T00:00:00Z`)).tag
        expect(found === null ? null : findTag(repo, found)?.until).toBeNull()
      }
    }
    expect(successor('alpine', '3.11', Date.parse('2020-05-31T00:00:00Z')).tag).toBe('3.24')
  })

  it('says why there is none', () => {
    expect(successor('openjdk', '8-jre', today).why).toMatch(/deprecated/)
    expect(successor('sentry', '9.1.2', today).why).toMatch(/no tag of this variant/)
  })
})
