/** Nothing that is printed of a failing login holds what was used to log in. */
import { mkdtempSync, rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openImages } from '../../src/image/source.ts'
import { keepAll } from '../support/gather.ts'
import { listen } from '../support/registry.ts'
import { imgtrust } from '../support/run.ts'

const folder = mkdtempSync(join(tmpdir(), 'imgtrust-credentials-'))
afterAll(() => rmSync(folder, { recursive: true }))

const user = 'reader'
const password = 'pass-Word-4711'
const identity = 'identity-Token-4712'
const token = 'bearer-Token-4713'
const basic = Buffer.from(`${user}:${password}`).toString('base64')
const secrets = [password, identity, token, basic]

type Answer = (req: IncomingMessage, res: ServerResponse, host: string) => void

/** What a registry may do with a login: every answer repeats what it was sent. */
const answers: Readonly<Record<string, Answer>> = {
  'refuses Basic': (_, res) => res.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end(),
  'refuses Basic and repeats it': (req, res) =>
    res
      .writeHead(req.headers.authorization ? 500 : 401, { 'www-authenticate': 'Basic realm="x"' })
      .end(JSON.stringify({ errors: [{ message: `no ${req.headers.authorization} ${password}` }] })),
  'forbids and repeats it': (req, res) =>
    res
      .writeHead(req.headers.authorization ? 404 : 401, { 'www-authenticate': 'Basic realm="x"' })
      .end(JSON.stringify({ errors: [{ message: `you said ${req.headers.authorization}` }] })),
  'redirects to an address with it': (req, res) =>
    req.headers.authorization
      ? res.writeHead(302, { location: `ftp://${user}:${password}@x/${basic}` }).end()
      : res.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end(),
  'names a token server with a login in it': (_, res, host) =>
    res.writeHead(401, { 'www-authenticate': `Bearer realm="http://a:${password}@${host}/t"` }).end(),
  'gives no token': (req, res, host) =>
    req.url!.startsWith('/token')
      ? res.writeHead(500).end(`${req.url} ${req.headers.authorization} ${password} ${identity}`)
      : res.writeHead(401, { 'www-authenticate': `Bearer realm="http://${host}/token"` }).end(),
  'gives a token and refuses it': (req, res, host) =>
    req.url!.startsWith('/token')
      ? res.end(JSON.stringify({ token }))
      : req.headers.authorization
        ? res.writeHead(503, { 'retry-after': '99' }).end(`{"errors":[{"message":"bad ${token}"}]}`)
        : res.writeHead(401, { 'www-authenticate': `Bearer realm="http://${host}/token"` }).end(),
}

describe.each(Object.entries(answers))('a registry that %s', (_, answer) => {
  it.each([
    ['a password', { auth: basic }],
    ['a refresh token', { identitytoken: identity }],
  ])('%s is not printed', async (_, login) => {
    let host = ''
    const server = await listen(createServer((req, res) => answer(req, res, host)))
    host = server.host
    const authfile = join(folder, 'auth.json')
    await writeFile(authfile, JSON.stringify({ auths: { [host]: login } }))
    try {
      const failed = await openImages(`registry:${host}/a/b:1`, {
        reader: keepAll,
        plainHttp: [host],
        authfile,
      }).catch(error => error)
      expect(failed.name).toBe('JobError')
      let said = ''
      for (let at = failed; at; at = at.cause) said += `${at.message}\n${at.stack}\n${JSON.stringify(at)}\n`
      for (const format of ['text', 'json']) {
        const args = ['scan', `registry:${host}/a/b:1`, '--plain-http', host, '--authfile', authfile]
        const run = await imgtrust([...args, '--format', format])
        expect(run.status).toBe(2)
        said += run.stdout + run.stderr
      }
      for (const secret of secrets) expect(said).not.toContain(secret)
    } finally {
      await server.stop()
    }
  })
})
