/** The user's own config.yaml: under the repository's, and the only file that may speak of the network. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { imgtrust, imgtrustJson } from '../support/run.ts'

let folder: string
let own: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'imgtrust-own-'))
  own = join(folder, 'home', 'imgtrust', 'config.yaml')
  put('repo/Dockerfile', 'FROM alpine:3.8\n')
  execFileSync('git', ['init', '-q', join(folder, 'repo')])
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function put(path: string, text: string): void {
  mkdirSync(join(folder, path, '..'), { recursive: true })
  writeFileSync(join(folder, path), text)
}

const options = () => ({ cwd: join(folder, 'repo'), env: { XDG_CONFIG_HOME: join(folder, 'home') } })
const lint = async (...args: string[]) => {
  const run = await imgtrustJson(['lint', ...args, 'Dockerfile'], options())
  const [target] = run.report.targets
  return { ...run, target: target!, rules: target!.findings.map(({ rule }) => rule) }
}

describe('the user’s own config.yaml', () => {
  it('counts where the repository says nothing, and is named', async () => {
    put('home/imgtrust/config.yaml', 'rules:\n  end-of-life-base-image: off\n')
    const { rules, target } = await lint()
    expect(rules).not.toContain('end-of-life-base-image')
    expect(target.config).toBe(own)
    expect((await lint('--no-config')).rules).toContain('end-of-life-base-image')
  })

  it('stands under the repository’s', async () => {
    put(
      'home/imgtrust/config.yaml',
      'rules:\n  end-of-life-base-image: off\n  expired-root-kept: off\nfail-on: never\n',
    )
    put('repo/.imgtrust.yaml', 'rules:\n  end-of-life-base-image: error\n')
    const { status, rules, target } = await lint()
    expect(rules).toContain('end-of-life-base-image')
    expect(rules).not.toContain('expired-root-kept')
    expect(status).toBe(0)
    expect(target.config).toBe(`.imgtrust.yaml, ${own}`)
  })

  it('is not asked for ignores that silence nothing here', async () => {
    put('home/imgtrust/config.yaml', 'ignore:\n  - rule: unknown-root\n    reason: elsewhere\n')
    expect((await lint()).stderr).not.toContain('silenced nothing')
  })

  it('has its mistakes told with line and nearest key', async () => {
    put('home/imgtrust/config.yaml', 'plain-htp: [a]\n')
    const run = await imgtrust(['lint', 'Dockerfile'], options())
    expect(run.status).toBe(2)
    expect(run.stderr).toContain(`${own}:1: the file has no key "plain-htp"; did you mean "plain-http"?`)
  })

  it('a repository may not say what it may', async () => {
    put('repo/.imgtrust.yaml', 'plain-http: [registry.example.com]\n')
    const run = await imgtrust(['lint', 'Dockerfile'], options())
    expect(run.status).toBe(2)
    expect(run.stderr).toContain('use the flag --plain-http, or the config.yaml in $XDG_CONFIG_HOME/imgtrust')
  })

  describe('and the network', () => {
    let server: Server
    let host: string
    let asked: string[]
    beforeEach(async () => {
      asked = []
      server = createServer((request, response) => {
        asked.push(`${request.url} ${request.headers.authorization ?? ''}`)
        const login = request.headers.authorization === undefined
        response.writeHead(login ? 401 : 404, login ? { 'www-authenticate': 'Basic realm="x"' } : {}).end()
      })
      await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
      host = `127.0.0.1:${(server.address() as AddressInfo).port}`
    })
    afterEach(() => server.close())

    it('says which registries are spoken to in plain http, and with which credentials', async () => {
      const auth = Buffer.from('reader:word').toString('base64')
      put('home/imgtrust/auth.json', JSON.stringify({ auths: { [host]: { auth } } }))
      put('home/imgtrust/config.yaml', `plain-http: ["${host}"]\nauthfile: auth.json\n`)
      const { status } = await imgtrust(['scan', `registry:${host}/a/b:1`], options())
      expect(status).toBe(2)
      expect(asked).toEqual(['/v2/a/b/manifests/1 ', `/v2/a/b/manifests/1 Basic ${auth}`])
    })

    it('switches it off', async () => {
      put('home/imgtrust/config.yaml', `plain-http: ["${host}"]\noffline: true\n`)
      const run = await imgtrust(['scan', `registry:${host}/a/b:1`], options())
      expect(run.stderr).toContain('--offline')
      put('repo/Dockerfile', `FROM ${host}/a/b:1\n`)
      const base = await lint('--scan-base')
      expect(base.target.unknowns[0]!.why).toContain('--offline')
      expect(asked).toEqual([])
    })
  })
})
