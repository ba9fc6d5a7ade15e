import { spawnSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ImageTree } from '../../../src/image/facts.ts'
import type { Client, ImageModel } from '../../../src/model.ts'
import { buildImageModel } from '../../../src/trust/model.ts'
import { debian, hasTool, isRoot, runInside, type Said, tlsServer, unpack } from '../../support/chroot.ts'
import { treeOfFolder } from '../../support/tree.ts'

/** What a client is asked to do so that it reads its roots. */
const fetches: Readonly<Record<string, (port: number) => readonly string[]>> = {
  'busybox wget': port => ['/usr/bin/wget', '-q', '-O', '/tmp/x', `https://localhost:${port}/`],
  apk: port => ['apk', 'update', '-X', `https://localhost:${port}/x`],
  apt: port => ['/usr/lib/apt/apt-helper', 'download-file', `https://localhost:${port}/`, '/tmp/x'],
  curl: port => ['curl', '-sS', `https://localhost:${port}/`],
  wget: port => ['wget', '-q', '-O', '/dev/null', `https://localhost:${port}/`],
  git: port => ['git', 'ls-remote', `https://localhost:${port}/x`],
  openssl: port => ['openssl', 's_client', '-connect', `localhost:${port}`],
  'gnutls-cli': port => ['gnutls-cli', '-p', `${port}`, 'localhost'],
  python3: port => ['python3', '-c', `import urllib.request as r; r.urlopen("https://localhost:${port}/")`],
  node: port => [
    'node',
    '-e',
    `require("https").get("https://localhost:${port}/").on("error", e => console.log(e.code))`,
  ],
}

/** What says of itself which library it uses: the command, and the library and version in its answer. */
const answers: Readonly<Record<string, readonly [command: readonly string[], library: RegExp]>> = {
  curl: [['curl', '--version'], /(OpenSSL|GnuTLS)\/(\S+)/],
  openssl: [['openssl', 'version'], /(OpenSSL|LibreSSL) (\S+)/],
  python3: [['python3', '-c', 'import ssl; print(ssl.OPENSSL_VERSION)'], /(OpenSSL) (\S+)/],
  'gnutls-cli': [['gnutls-cli', '--version'], /gnutls-cli ()(\S+)/],
  node: [['node', '-p', '"OpenSSL " + process.versions.openssl'], /(OpenSSL) (\S+)/],
}

/** The file whose libraries `ldd` is asked for, where the program does not load them itself. */
const loaders: Readonly<Record<string, string>> = {
  'busybox wget': '/usr/bin/ssl_client',
  apt: '/usr/lib/apt/methods/https',
  git: '/usr/lib/git-core/git-remote-https',
  python3: '/usr/lib/python3.11/lib-dynload/_ssl.cpython-311-x86_64-linux-gnu.so',
}

const systems: readonly {
  readonly name: string
  readonly missing: string | null
  readonly open: () => string
  readonly clients: readonly string[]
  readonly listPackages: readonly string[]
}[] = [
  ...['3.8.5', '3.11.13', '3.20.3'].map(version => {
    const file = fileURLToPath(
      new URL(`../../../../shared/images/alpine-minirootfs-${version}-x86_64.tar.gz`, import.meta.url),
    )
    return {
      name: `Alpine ${version}`,
      missing: existsSync(file) ? null : '../shared/images is absent',
      open: () => unpack(file),
      clients: ['busybox wget', 'apk'],
      listPackages: ['apk', 'info', '-v'],
    }
  }),
  ...Object.entries({
    bookworm: ['ca-certificates', 'curl', 'wget', 'openssl', 'python3', 'git', 'gnutls-bin'],
    trixie: ['ca-certificates', 'curl', 'wget', 'nodejs'],
  }).map(([suite, packages]) => ({
    name: `Debian ${suite}`,
    missing: hasTool('debootstrap') ? null : 'no debootstrap',
    open: () => debian(suite, packages),
    clients: {
      bookworm: ['apt', 'curl', 'wget', 'git', 'openssl', 'gnutls-cli', 'python3'],
      trixie: ['apt', 'curl', 'wget', 'openssl', 'node'],
    }[suite]!,
    listPackages: ['dpkg-query', '-W', '-f', '${Package}-${Version}\n'],
  })),
]

const tools = ['openssl', 'strace'].filter(tool => !hasTool(tool))

for (const system of systems) {
  const missing =
    system.missing ?? (tools.length > 0 ? `no ${tools.join(', no ')}` : isRoot ? null : 'not root')
  describe.skipIf(missing !== null)(`${system.name}${missing ? ` (skipped: ${missing})` : ''}`, () => {
    let root = ''
    let tree: ImageTree
    let model: ImageModel
    let server: Awaited<ReturnType<typeof tlsServer>>

    beforeAll(async () => {
      root = system.open()
      tree = treeOfFolder(root)
      const image = {
        kind: 'rootfs',
        source: 'dir',
        reference: root,
        digest: null,
        platform: null,
        layers: [],
      } as const
      model = buildImageModel({ ...image, config: { user: null, env: {} } }, tree, {
        rootName: () => null,
        endOfLife: () => null,
        match: () => ({ release: null, match: 'unknown' }),
      })
      server = await tlsServer()
    }, 600_000)

    afterAll(async () => {
      await server?.close()
      if (root.includes('imgtrust-root-')) rmSync(root, { recursive: true })
    })

    test('its clients, none more and none less', () => {
      expect(model.clients.map(({ program }) => program).sort()).toEqual([...system.clients].sort())
      expect(model.unknowns).toEqual([])
    })

    test('its packages are those that its own tool lists', async () => {
      const said = await runInside(root, system.listPackages)
      const listed = said.text.split('\n').filter(line => /-\S*\d/.test(line) && !/WARN|ERR/.test(line))
      expect(model.packages.map(({ name, version }) => `${name}-${version}`).sort()).toEqual(
        listed.map(line => line.trim()).sort(),
      )
    })

    test('its bundles hold what openssl counts and node:crypto says', () => {
      for (const store of model.stores.filter(({ format }) => format === 'pem-bundle')) {
        const path = join(root, store.path)
        const said = spawnSync('openssl', ['storeutl', '-noout', '-certs', path], { encoding: 'utf8' }).stdout
        expect(store.roots.length).toBe(Number(/Total found: (\d+)/.exec(said)?.[1]))
        const blocks = readFileSync(path, 'latin1').split(/(?<=-----END CERTIFICATE-----)/)
        expect(store.roots.map(({ sha256 }) => sha256)).toEqual(
          blocks.filter(block => block.includes('BEGIN')).map(fingerprint),
        )
      }
    })

    test('its hashed folder holds what its links lead to', () => {
      for (const store of model.stores.filter(({ format }) => format === 'hashed-dir')) {
        const names = readdirSync(join(root, store.path)).filter(name => /^[0-9a-f]{8}\.\d+$/.test(name))
        const found = names.map(name => tree.resolve(`${store.path}/${name}`)!)
        expect(store.roots.map(({ sha256 }) => sha256).sort()).toEqual(
          [...new Set(found.map(path => fingerprint(readFileSync(join(root, path), 'latin1'))))].sort(),
        )
      }
    })

    test.each(system.clients)('%s: the library is the one that the dynamic linker loads', async program => {
      const client = clientOf(model, program)
      const { text } = await runInside(root, lddOf(root, loaders[program] ?? client.path!))
      const loaded = [...text.matchAll(/lib(ssl|gnutls|node)[^/\s]*\.so\.(\S+)/g)].map(found => found[0])
      const wanted = { OpenSSL: 'libssl', LibreSSL: 'libssl', GnuTLS: 'libgnutls' }[client.library!]!
      expect(
        loaded.some(name => name.startsWith(wanted)),
        text,
      ).toBe(true)
    })

    test.each(system.clients)('%s: the library and its version are what the program says', async program => {
      const client = clientOf(model, program)
      expect(client.build).toBe(model.distribution!.id)
      const asked = answers[program]
      if (asked) {
        const { text } = await runInside(root, asked[0])
        const found = asked[1].exec(text)!
        expect(`${found[1] || client.library} ${client.libraryVersion}`).toBe(`${client.library} ${found[2]}`)
      }
      const { text } = await runInside(root, system.listPackages)
      expect(text.split('\n').map(line => line.trim())).toContain(client.libraryPackage!.replace(' ', '-'))
    })

    test.each(system.clients)('%s: reads the stores that it is seen to open', async program => {
      const said = await runInside(root, fetches[program]!(server.port), true)
      // A library that merely holds roots is loaded, not read as a store.
      const expected = model.stores
        .filter(({ format }) => format !== 'embedded')
        .filter(store => opened(said, store.path, tree))
        .map(({ path }) => path)
      const ours = model.stores.filter(({ consumers }) => consumers.includes(program)).map(({ path }) => path)
      expect(ours, said.text).toEqual(expected)
    }, 120_000)
  })
}

function clientOf(model: ImageModel, program: string): Client {
  return model.clients.find(client => client.program === program)!
}

function fingerprint(pem: string): string {
  return new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase()
}

/** glibc's ldd is a script; musl's linker does it itself. */
function lddOf(root: string, path: string): readonly string[] {
  const musl = readdirSync(join(root, 'lib')).find(name => name.startsWith('ld-musl-'))
  return musl ? [`/lib/${musl}`, '--list', path] : ['ldd', path]
}

/** A file: it was opened. A folder: it, or a name that is a hash in it, was looked for. */
function opened(said: Said, store: string, tree: ImageTree): boolean {
  return said.files.some(({ path, found }) => {
    if (found && tree.resolve(path) === store) return true
    const [, folder, name] = /^(.*)\/([^/]+)$/.exec(path) ?? []
    return /^[0-9a-f]{8}\.\d+$/.test(name ?? '') && tree.resolve(folder!) === store
  })
}
