/** Docker's contexts, described as `docker context create` writes them. */
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { dockerKind, endpointOf, podmanKind } from '../../src/image/engine-socket.ts'

const home = mkdtempSync(join(tmpdir(), 'imgtrust-context-'))
afterAll(() => rmSync(home, { recursive: true }))

const idOf = (name: string) => createHash('sha256').update(name).digest('hex')

function make(name: string, host: string, tls = false): void {
  const meta = join(home, '.docker/contexts/meta', idOf(name))
  mkdirSync(meta, { recursive: true })
  const json = { Name: name, Metadata: {}, Endpoints: { docker: { Host: host, SkipTLSVerify: false } } }
  writeFileSync(join(meta, 'meta.json'), JSON.stringify(json))
  if (tls) mkdirSync(join(home, '.docker/contexts/tls', idOf(name), 'docker'), { recursive: true })
}
const use = (name: string) =>
  writeFileSync(join(home, '.docker/config.json'), JSON.stringify({ auths: {}, currentContext: name }))

make('desktop-linux', `unix://${home}/.docker/desktop/docker.sock`)
make('plain', 'tcp://10.0.0.1:2375')
make('secured', 'tcp://10.0.0.1:2376', true)
make('away', 'ssh://me@build.example')
make('windows', 'npipe:////./pipe/docker_engine')

describe("Docker's contexts", () => {
  const env = { HOME: home }

  it('the one in use tells the socket', () => {
    use('desktop-linux')
    expect(endpointOf(dockerKind, env)).toEqual({ socketPath: `${home}/.docker/desktop/docker.sock` })
    expect(endpointOf(dockerKind, { DOCKER_CONFIG: join(home, '.docker') })).toEqual(
      endpointOf(dockerKind, env),
    )
  })

  it('DOCKER_CONTEXT stands above it, DOCKER_HOST above both', () => {
    use('desktop-linux')
    expect(endpointOf(dockerKind, { ...env, DOCKER_CONTEXT: 'plain' })).toEqual({
      host: '10.0.0.1',
      port: 2375,
      tls: false,
    })
    const all = { ...env, DOCKER_CONTEXT: 'plain', DOCKER_HOST: 'unix:///x.sock' }
    expect(endpointOf(dockerKind, all)).toEqual({ socketPath: '/x.sock' })
  })

  it('the default one is the usual socket, and Podman knows none of them', () => {
    use('default')
    const usual = endpointOf(dockerKind, { HOME: '/nonexistent' })
    expect(endpointOf(dockerKind, env)).toEqual(usual)
    use('away')
    expect(() => endpointOf(podmanKind, env)).not.toThrow()
    expect(endpointOf(dockerKind, { ...env, DOCKER_CONTEXT: 'default' })).toEqual(usual)
  })

  it.each([
    [
      'secured',
      'unsupported',
      /context secured .*DOCKER_HOST=tcp:\/\/10\.0\.0\.1:2376, DOCKER_TLS_VERIFY=1 .*\/docker$/,
    ],
    ['away', 'unsupported', /context away, ssh:\/\/.*ssh is not spoken/],
    ['windows', 'unsupported', /context windows, npipe:.*only unix:\/\/ and tcp:\/\//],
    ['gone', 'not-found', /context gone is not described/],
    ['../../x', 'malformed', /no valid name/],
    ['a\u001b[31m', 'malformed', /no valid name/],
  ])('%s is told in one sentence', (name, code, message) => {
    use(name)
    let thrown: unknown
    try {
      endpointOf(dockerKind, env)
    } catch (error) {
      thrown = error
    }
    expect(thrown).toMatchObject({ name: 'JobError', code, message: expect.stringMatching(message) })
    expect((thrown as Error).message).not.toMatch(/\p{Cc}/u)
  })

  it('a config that is none is no choice', () => {
    writeFileSync(join(home, '.docker/config.json'), '{')
    expect(() => endpointOf(dockerKind, env)).not.toThrow()
  })
})
