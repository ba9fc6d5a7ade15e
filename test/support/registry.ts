/** A real registry (distribution's `docker-registry`) on loopback, a token server for it, and a proxy that breaks things. */
import { execFileSync } from 'node:child_process'
import { createSign } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { join } from 'node:path'
import { freePort, start } from './program.ts'

/** Who may log in where a login is asked for. */
export const login = { username: 'reader', password: 's3cret-word' }
/** bcrypt of the password, by libxcrypt (`crypt(3)`). */
const htpasswd = `${login.username}:$2b$04$Ns1cg9cZqCMfbhYrTgy9ze7yUVg3vS1OHhk1rQla.WwIlBbccO7ua\n`

export interface TestServer {
  /** `127.0.0.1:PORT` */
  readonly host: string
  stop(): Promise<void>
}

/**
 * Starts `docker-registry` with its storage in `folder`.
 * @param auth `basic`: every request needs {@link login}; an object: tokens of that server
 */
export async function startRegistry(
  folder: string,
  auth: 'none' | 'basic' | { readonly realm: string; readonly certificate: string } = 'none',
): Promise<TestServer> {
  await mkdir(folder, { recursive: true })
  const host = `127.0.0.1:${await freePort()}`
  await writeFile(join(folder, 'htpasswd'), htpasswd)
  const config = {
    version: '0.1',
    log: { level: 'error' },
    storage: { filesystem: { rootdirectory: join(folder, 'data') } },
    http: { addr: host },
    ...(auth === 'basic' && { auth: { htpasswd: { realm: 'test', path: join(folder, 'htpasswd') } } }),
    ...(typeof auth === 'object' && {
      auth: {
        token: {
          realm: auth.realm,
          service: 'test-registry',
          issuer: 'test-issuer',
          rootcertbundle: auth.certificate,
        },
      },
    }),
  }
  const file = join(folder, 'config.json')
  // JSON is YAML.
  await writeFile(file, JSON.stringify(config))
  const isReady = async () => (await fetch(`http://${host}/v2/`)).status < 500
  const running = await start('docker-registry', ['serve', file], isReady)
  return { host, stop: running.stop }
}

/** Makes a self-signed certificate for `localhost` and 127.0.0.1. */
export function makeCertificate(
  folder: string,
  name: string,
): { readonly cert: string; readonly key: string } {
  const cert = join(folder, `${name}.pem`)
  const key = join(folder, `${name}.key`)
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30', '-subj', `/CN=${name}`].concat([
      '-addext',
      'subjectAltName=DNS:localhost,IP:127.0.0.1',
      '-keyout',
      key,
      '-out',
      cert,
    ]),
    { stdio: 'ignore' },
  )
  return { cert, key }
}

/** A request as the token server saw it. */
export interface TokenRequest {
  readonly method: string
  readonly query: URLSearchParams
  readonly authorization: string | undefined
}

/**
 * A token server as the distribution project describes it ("Token Authentication Implementation"): signs tokens for
 * what is asked, for the right login alone where `needsLogin`.
 */
export async function startTokenServer(
  certificate: { readonly cert: string; readonly key: string },
  needsLogin: boolean,
): Promise<TestServer & { readonly requests: TokenRequest[] }> {
  const requests: TokenRequest[] = []
  const der = readFileSync(certificate.cert, 'utf8').replace(/-----[^-]+-----|\s/g, '')
  const right = `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`
  const server = await listen(
    createServer(async (req, res) => {
      const url = new URL(req.url!, 'http://x')
      const body = await readAll(req)
      const query = req.method === 'POST' ? new URLSearchParams(body.toString()) : url.searchParams
      requests.push({ method: req.method!, query, authorization: req.headers.authorization })
      const refreshed = query.get('refresh_token') === 'identity-token'
      if (needsLogin && req.headers.authorization !== right && !refreshed)
        return void res.writeHead(401).end()
      const [type, name, actions] = (query.get('scope') ?? '').split(':')
      const now = Math.floor(Date.now() / 1000)
      const claims = {
        iss: 'test-issuer',
        sub: '',
        aud: query.get('service'),
        exp: now + 300,
        nbf: now - 10,
        iat: now,
        jti: String(requests.length),
        access: [{ type, name, actions: actions?.split(',') }],
      }
      const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
      const text = `${part({ typ: 'JWT', alg: 'RS256', x5c: [der] })}.${part(claims)}`
      const signature = createSign('sha256')
        .update(text)
        .sign(readFileSync(certificate.key))
        .toString('base64url')
      return void res.end(JSON.stringify({ access_token: `${text}.${signature}` }))
    }),
  )
  return { ...server, requests }
}

async function readAll(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/** What a request is answered with: null hands it on to the registry as it is. */
export type Fault = (
  req: IncomingMessage,
  res: ServerResponse,
  real: () => Promise<{
    readonly status: number
    readonly headers: IncomingMessage['headers']
    readonly body: Buffer
  }>,
) => Promise<boolean> | boolean

/**
 * A proxy before a real registry that answers what `fault` takes for itself (it returns true then), and hands on the
 * rest.
 */
export async function startFaultProxy(
  registry: string,
  fault: Fault,
  tls?: { readonly cert: string; readonly key: string },
): Promise<TestServer & { readonly seen: IncomingMessage[] }> {
  const seen: IncomingMessage[] = []
  const handler = async (req: IncomingMessage, res: ServerResponse) => {
    seen.push(req)
    const real = () => fetchReal(registry, req)
    if (await fault(req, res, real)) return
    try {
      const { status, headers, body } = await real()
      res.writeHead(status, headers).end(body)
    } catch {
      // The registry has ended before its proxy.
      res.destroy()
    }
  }
  const made = tls
    ? createTlsServer({ cert: readFileSync(tls.cert), key: readFileSync(tls.key) }, handler)
    : createServer(handler)
  return { ...(await listen(made)), seen }
}

function fetchReal(registry: string, req: IncomingMessage): ReturnType<Parameters<Fault>[2]> {
  return new Promise((resolve, reject) => {
    const [hostname, port] = registry.split(':')
    const sent = request(
      { hostname, port, path: req.url, method: req.method, headers: req.headers },
      async answer => {
        resolve({ status: answer.statusCode!, headers: answer.headers, body: await readAll(answer) })
      },
    )
    sent.on('error', reject)
    sent.end()
  })
}

export async function listen(server: Server): Promise<TestServer> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  return {
    host: `127.0.0.1:${port}`,
    stop: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
