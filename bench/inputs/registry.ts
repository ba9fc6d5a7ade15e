/**
 * A registry of layouts on loopback that asks for a token (anonymous, as Docker Hub does) and counts what is asked of it.
 */
import { createReadStream, existsSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { hexOf, type Layout } from './image.ts'

export interface CountingRegistry {
  /** `127.0.0.1:PORT` */
  readonly host: string
  /** Requests with the token since the last call, and how many of them were for layers. */
  counted(): { requests: number; layers: number }
  close(): void
}

/** @param layouts by repository; every tag names its one image */
export async function startRegistry(layouts: Readonly<Record<string, Layout>>): Promise<CountingRegistry> {
  let requests = 0
  let layers = 0
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', `http://${request.headers.host}`)
    const end = (status: number, headers: Record<string, string> = {}, body = '') => {
      response.writeHead(status, headers).end(body)
    }
    if (url.pathname === '/token') return end(200, {}, JSON.stringify({ token: 'anyone', expires_in: 300 }))
    if (request.headers.authorization !== 'Bearer anyone') {
      const scope = `repository:${url.pathname.split('/')[2] ?? ''}:pull`
      const challenge = `Bearer realm="http://${request.headers.host}/token",service="bench",scope="${scope}"`
      return end(401, { 'WWW-Authenticate': challenge })
    }
    requests++
    const match = /^\/v2\/([^/]+)\/(manifests|blobs)\/(.+)$/.exec(url.pathname)
    const layout = layouts[match?.[1] ?? '']
    if (!match || !layout) return end(url.pathname === '/v2/' ? 200 : 404)
    const digest = match[3]!.startsWith('sha256:') ? match[3]! : layout.digest
    const path = join(layout.folder, 'blobs/sha256', hexOf(digest))
    if (!existsSync(path)) return end(404)
    const manifest = match[2] === 'manifests'
    const { size } = statSync(path)
    if (layout.layers.includes(digest)) layers++
    response.writeHead(200, {
      'Content-Type': manifest ? 'application/vnd.oci.image.manifest.v1+json' : 'application/octet-stream',
      'Content-Length': size,
      'Docker-Content-Digest': digest,
    })
    if (request.method === 'HEAD') response.end()
    else createReadStream(path, { highWaterMark: 1 << 20 }).pipe(response)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    counted: () => {
      const count = { requests, layers }
      requests = 0
      layers = 0
      return count
    },
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
