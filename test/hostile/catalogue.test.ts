/** A registry that lists what it should not. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { scan } from '../../src/index.ts'
import { listen, type TestServer } from '../support/registry.ts'

const servers: TestServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop()
})

type Answer = (req: IncomingMessage, res: ServerResponse, host: string) => void

async function serve(answer: Answer): Promise<TestServer & { readonly seen: string[] }> {
  const seen: string[] = []
  const server = await listen(
    createServer((req, res) => {
      seen.push(`${req.url} ${req.headers.authorization ?? ''}`.trim())
      answer(req, res, server.host)
    }),
  )
  servers.push(server)
  return { ...server, seen }
}

async function errorOf(host: string, pattern = '**'): Promise<string> {
  const notes: string[] = []
  const report = await scan([`registry:${host}/${pattern}`], {
    plainHttp: [host],
    env: {},
    onNote: line => notes.push(line),
  })
  expect(report.targets).toHaveLength(1)
  return report.targets[0]!.error!
}

const page = (names: readonly unknown[]) => JSON.stringify({ repositories: names, tags: names })

describe('a list of repositories', () => {
  it('with pages without end is given up', async () => {
    let number = 0
    const { host, seen } = await serve((_req, res) => {
      res.writeHead(200, { link: `</v2/_catalog?n=1&last=${++number}>; rel="next"` }).end(page([]))
    })
    expect(await errorOf(host)).toMatch(/more than 2000 pages/)
    expect(seen).toHaveLength(2000)
  })

  it('that leads in a circle is given up at once', async () => {
    const { host, seen } = await serve((_req, res) => {
      res.writeHead(200, { link: '</v2/_catalog?n=1&last=x>; rel="next"' }).end(page(['a']))
    })
    expect(await errorOf(host)).toMatch(/leads in a circle/)
    expect(seen.length).toBeLessThan(4)
  })

  it('with a page without end is given up', async () => {
    const { host } = await serve((_req, res) => {
      res.writeHead(200)
      const chunk = Buffer.alloc(1 << 20, 0x20)
      const more = () => {
        if (res.destroyed) return
        if (res.write(chunk)) setImmediate(more)
        else res.once('drain', more)
      }
      more()
    })
    expect(await errorOf(host)).toMatch(/has more than 16777216 bytes/)
  })

  it('with names without end is given up', async () => {
    let number = 0
    const { host } = await serve((_req, res) => {
      number += 50_000
      const names = Array.from({ length: 50_000 }, (_, i) => `team/app-${number + i}`)
      res.writeHead(200, { link: `</v2/_catalog?last=${number}>; rel="next"` }).end(page(names))
    })
    expect(await errorOf(host)).toMatch(/more than 200000 names/)
  })

  it.each([
    (other: string) => `<http://${other}/v2/_catalog?last=x>; rel="next"`,
    (other: string) => `<//${other}/v2/_catalog?last=x>; rel=next`,
    () => '<http://169.254.169.254/latest/meta-data>; rel="next"',
    (_: string, own: string) => `<http://user:secret@${own}/v2/_catalog?last=x>; rel="next"`,
    () => '<file:///etc/passwd>; rel="next"',
    () => '<http://[>; rel="next"',
  ])('that goes on elsewhere (%s) is not followed, and nobody is sent the login', async link => {
    const other = await serve((_req, res) => void res.end(page([])))
    const { host, seen } = await serve((req, res, own) => {
      if (!req.headers.authorization)
        return void res.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end()
      return void res.writeHead(200, { link: link(other.host, own) }).end(page(['a']))
    })
    const helper = { HOME: '/nonexistent', DOCKER_CONFIG: '/nonexistent' }
    const { mkdtempSync, writeFileSync } = await import('node:fs')
    const file = `${mkdtempSync('/tmp/imgtrust-auth-')}/config.json`
    writeFileSync(
      file,
      JSON.stringify({ auths: { [host]: { auth: Buffer.from('u:p').toString('base64') } } }),
    )
    const options = { plainHttp: [host, other.host], env: helper, authfile: file }
    const report = await scan([`registry:${host}/**`], options)
    expect(report.targets[0]!.error).toMatch(/goes on at/)
    expect(other.seen).toEqual([])
    expect(seen).toHaveLength(2)
  })

  it('with nasty names takes none of them', async () => {
    const nasty = [
      '../../etc',
      'A',
      'a b',
      '\u001b[2J',
      'x'.repeat(300),
      7,
      null,
      { a: 1 },
      'a//b',
      '__proto__',
      '',
    ]
    const { host, seen } = await serve((_req, res) => void res.end(page(nasty)))
    const notes: string[] = []
    const report = await scan([`registry:${host}/**`], {
      plainHttp: [host],
      env: {},
      onNote: line => notes.push(line),
    })
    expect(report.targets[0]!.error).toMatch(/names no image/)
    expect(notes.join()).toMatch(/11 of them/)
    expect(seen).toEqual(['/v2/_catalog?n=1000'])
  })

  it.each([
    [401, /gives no list of its repositories to this user.*name each repository/],
    [403, /gives no list of its repositories to this user/],
    [404, /gives no list of its repositories.*--from-file/],
    [405, /gives no list of its repositories/],
    [200, /the registry answers with something else/],
  ])('that is refused with %i says what to do', async (status, words) => {
    const { host } = await serve((_req, res) => void res.writeHead(status).end('<html>'))
    expect(await errorOf(host)).toMatch(words)
  })
})

describe('a list of tags', () => {
  it('that can’t be read is the error of its repository alone', async () => {
    const { host } = await serve((req, res) => {
      if (req.url!.startsWith('/v2/_catalog')) return void res.end(page(['a', 'b']))
      return void res.writeHead(req.url!.includes('/a/') ? 404 : 200).end(page([]))
    })
    expect(await errorOf(host, '*')).toMatch(/the list of tags of .*\/a/)
  })

  it('of null is empty: all were taken away', async () => {
    const { host } = await serve((req, res) =>
      res.end(req.url!.startsWith('/v2/_catalog') ? page(['a']) : '{"name":"a","tags":null}'),
    )
    expect(await errorOf(host)).toMatch(/names no image/)
  })
})
