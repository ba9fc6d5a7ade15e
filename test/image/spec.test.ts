import { mkdtempSync, rmSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openImages } from '../../src/image/source.ts'
import { keepAll } from '../support/gather.ts'

const folder = mkdtempSync(join(tmpdir(), 'imgtrust-spec-'))
afterAll(() => rmSync(folder, { recursive: true }))
beforeAll(async () => {
  await mkdir(join(folder, 'empty'))
  await writeFile(join(folder, 'text'), 'hello')
  await writeFile(join(folder, 'text.tar'), 'hello')
  await writeFile(join(folder, 'zero.tar'), Buffer.alloc(10240))
})

describe('what can\u2019t be opened is one line with what to do', () => {
  it.each([
    ['nosuch.tar', 'not-found', 'is not there'],
    ['./nosuch', 'not-found', 'is not there'],
    ['docker-archive:FOLDER/nosuch.tar', 'not-found', 'is not there'],
    ['docker-archive:FOLDER', 'unreadable', 'no regular file'],
    ['docker-archive:FOLDER/text', 'truncated', 'ends in the middle'],
    ['FOLDER/text.tar', 'truncated', 'ends in the middle'],
    ['FOLDER/zero.tar', 'unsupported', 'dir:FOLDER'],
    ['FOLDER/text', 'usage', 'docker-archive:'],
    ['FOLDER/empty', 'usage', 'dir:'],
    ['oci-dir:FOLDER/empty', 'malformed', 'no index.json'],
    ['oci-dir:FOLDER/nosuch', 'not-found', 'is not there'],
    ['oci-archive:FOLDER/zero.tar', 'malformed', 'no index.json'],
    ['dir:FOLDER/nosuch', 'not-found', 'is not there'],
    ['dir:FOLDER/text', 'usage', 'docker-archive:'],
    ['docker-archive:', 'usage', 'needs a name'],
    ['registry:', 'usage', 'needs a name'],
    ['Upper', 'usage', 'lower case'],
    ['registry:a b', 'usage', 'REGISTRY/REPOSITORY:TAG'],
    ['registry:alpine', 'unreachable', '--offline'],
    ['alpine:3.11', 'unreachable', '--offline'],
    ['registry:2', 'unreachable', 'docker.io/library/registry:2'],
    ['docker:27-dind', 'unreachable', 'docker.io/library/docker:27-dind'],
    ['docker:alpine', 'unreachable', 'DOCKER_HOST'],
    ['podman:alpine', 'unreachable', 'CONTAINER_HOST'],
  ])('%s', async (spec, code, words) => {
    // No socket is there: the test must not ask an engine of this machine.
    const env = { DOCKER_HOST: `unix://${folder}/no.sock`, CONTAINER_HOST: `unix://${folder}/no.sock` }
    const opening = openImages(spec.replace('FOLDER', folder), { reader: keepAll, offline: true, env })
    await expect(opening).rejects.toMatchObject({
      name: 'JobError',
      code,
      message: expect.stringContaining(words),
    })
  })

  it('an engine by ssh is unsupported, one by tcp is not asked offline', async () => {
    const open = (DOCKER_HOST: string) =>
      openImages('docker:alpine', { reader: keepAll, offline: true, env: { DOCKER_HOST } })
    await expect(open('ssh://user:secret@host')).rejects.toMatchObject({ code: 'unsupported' })
    await expect(open('ssh://user:secret@host')).rejects.not.toThrow(/secret/)
    await expect(open('tcp://127.0.0.1:1')).rejects.toMatchObject({ code: 'unreachable' })
  })

  it('an interrupted reading says so', async () => {
    const signal = AbortSignal.abort()
    const opening = openImages('-', {
      reader: keepAll,
      signal,
      stdin: (async function* () {
        yield Buffer.alloc(512)
      })(),
    })
    await expect(opening).rejects.toMatchObject({ code: 'aborted' })
  })
})
