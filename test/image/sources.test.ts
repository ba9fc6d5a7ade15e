import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { StreamArchive } from '../../src/image/archive-stream.ts'
import { readLayer } from '../../src/image/layer-facts.ts'
import { readTree } from '../../src/image/read-image.ts'
import { openImages } from '../../src/image/source.ts'
import { inPieces, keepAll, listing, textAt } from '../support/gather.ts'
import {
  type BuiltImage,
  buildImage,
  buildIndex,
  descriptorOf,
  dockerArchive,
  dockerOciArchive,
  layerTar,
  ociArchive,
  packTar,
  sha256Of,
  writeOciDir,
} from '../support/image.ts'

const folder = mkdtempSync(join(tmpdir(), 'imgtrust-sources-'))
afterAll(() => rmSync(folder, { recursive: true }))
const at = (name: string) => join(folder, name)
// Of a folder every file, as of an image: trees are compared whole.
const options = { reader: keepAll, deep: true }

async function only(spec: string, more: object = {}) {
  const images = await openImages(spec, { ...options, ...more })
  expect(images).toHaveLength(1)
  return images[0]!
}

async function scan(spec: string, more: object = {}) {
  const image = await only(spec, more)
  const tree = await readTree(image, keepAll)
  await image.close()
  return { image, tree }
}

/** The image in every form that is a file or a folder. */
async function writeForms(name: string, image: BuiltImage): Promise<readonly string[]> {
  const old = await dockerArchive(image)
  const oci = await dockerOciArchive(image)
  const layout = await ociArchive(image)
  await writeFile(at(`${name}.tar`), old)
  await writeFile(at(`${name}.tar.gz`), gzipSync(old))
  await writeFile(at(`${name}-oci.tar`), oci)
  await writeFile(at(`${name}-oci.tgz`), gzipSync(oci))
  await writeFile(at(`${name}-layout.tar`), layout)
  await writeFile(at(`${name}-layout.tar.gz`), gzipSync(layout))
  await writeOciDir(at(`${name}-dir`), [image])
  return [
    at(`${name}.tar`),
    `docker-archive:${at(`${name}.tar.gz`)}`,
    at(`${name}-oci.tar`),
    at(`${name}-oci.tgz`),
    at(`${name}-layout.tar`),
    `oci-archive:${at(`${name}-layout.tar`)}`,
    `oci-archive:${at(`${name}-layout.tar.gz`)}`,
    at(`${name}-dir`),
    `oci-dir:${at(`${name}-dir`)}`,
  ]
}

describe('one image through every form', () => {
  let image: BuiltImage
  let forms: readonly string[]
  beforeAll(async () => {
    const same = { 'a/empty': '' }
    image = await buildImage({
      user: '1000',
      env: ['PATH=/bin', 'SSL_CERT_FILE=/x=y.pem'],
      platform: 'linux/arm64/v8',
      layers: [
        {
          files: { 'etc/x': 'lower', 'etc/y': 'y', 'usr/lib/l': 'l', lib: { link: 'usr/lib' } },
          createdBy: 'ADD root',
        },
        { files: same, packing: 'zstd' },
        { files: { 'etc/x': 'upper', 'etc/y': { whiteout: true } }, packing: 'none' },
        { files: same, packing: 'zstd' },
      ],
    })
    forms = await writeForms('small', image)
  })

  it('gives the same tree, configuration, layers and history', async () => {
    for (const form of [...forms, ...forms.map(one => `${one} --platform`)]) {
      const [spec, strict] = form.split(' ')
      const { image: opened, tree } = await scan(spec!, strict ? { platform: 'linux/arm64' } : {})
      expect(opened).toMatchObject({
        kind: 'image',
        platform: 'linux/arm64/v8',
        config: { user: '1000', env: { PATH: '/bin', SSL_CERT_FILE: '/x=y.pem' } },
      })
      expect(opened.layers.map(layer => layer.diffId)).toEqual(image.layers.map(layer => layer.diffId))
      expect(opened.layers.map(layer => layer.createdBy)).toEqual([
        'ADD root',
        'layer 1',
        'layer 2',
        'layer 3',
      ])
      expect(textAt(tree, '/etc/x')).toBe('upper')
      expect(tree.file('/etc/x')).toMatchObject({ layer: 2 })
      expect(tree.list('/etc')).toEqual(['x'])
      expect(tree.resolve('/lib/l')).toBe('/usr/lib/l')
      expect(tree.unknowns).toEqual([])
    }
  })

  it('says the digest of the manifest where there is one', async () => {
    expect((await only(forms[7]!)).digest).toBe(image.manifest.digest)
    expect((await only(forms[5]!)).digest).toBe(image.manifest.digest)
    expect((await only(forms[0]!)).digest).toBeNull()
  })

  it('comes on standard input, whatever the pieces', async () => {
    const expected = listing((await scan(forms[0]!)).tree)
    for (const name of ['small.tar', 'small.tar.gz', 'small-oci.tar', 'small-oci.tgz', 'small-layout.tar']) {
      for (const piece of [1_000_000, 511]) {
        const { image: opened, tree } = await scan('-', { stdin: inPieces(readFileSync(at(name)), piece) })
        expect(opened).toMatchObject({ source: 'stdin', reference: '-' })
        expect(listing(tree)).toEqual(expected)
      }
    }
  })

  it('with manifest.json in any position', async () => {
    const hex = (digest: string) => digest.replace('sha256:', '')
    const layers = image.layers.map((layer, i) => [{ name: `${i}.tar` }, layer.tar] as const)
    const config = [{ name: `${hex(image.config.digest)}.json` }, image.config.bytes] as const
    const list = [{ Config: config[0].name, RepoTags: null, Layers: layers.map(one => one[0].name) }]
    const manifest = [{ name: 'manifest.json' }, JSON.stringify(list)] as const
    const expected = listing((await scan(forms[0]!)).tree)
    for (const entries of [
      [manifest, config, ...layers],
      [...layers.slice(0, 2), manifest, ...layers.slice(2), config],
      [config, ...layers, manifest],
    ]) {
      const tar = await packTar(entries)
      await writeFile(at('order.tar'), tar)
      expect(listing((await scan(at('order.tar'))).tree)).toEqual(expected)
      expect(listing((await scan('-', { stdin: inPieces(tar) })).tree)).toEqual(expected)
    }
  })

  it('with wrong media types', async () => {
    const bytes = Buffer.from(
      image.manifest.bytes.toString().replaceAll(/"mediaType":"[^"]+"/g, '"mediaType":"text/plain"'),
    )
    const digest = `sha256:${(await import('node:crypto')).createHash('sha256').update(bytes).digest('hex')}`
    const blobs = new Map([...image.blobs, [digest, bytes]])
    const wrong = { ...image, blobs, manifest: { digest, bytes, mediaType: 'text/plain' } }
    await writeOciDir(at('wrong-types'), [wrong])
    expect(listing((await scan(at('wrong-types'))).tree)).toEqual(listing((await scan(forms[0]!)).tree))
  })
})

describe('which of several images', () => {
  let images: readonly BuiltImage[]
  const attestation = {
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    digest: `sha256:${'0'.repeat(64)}`,
    size: 7,
    platform: { os: 'unknown', architecture: 'unknown' },
    annotations: { 'vnd.docker.reference.type': 'attestation-manifest' },
  }
  beforeAll(async () => {
    const make = (platform: string) =>
      buildImage({ platform, layers: [{ files: { 'etc/platform': platform } }] })
    images = await Promise.all(
      ['windows/amd64', 'linux/s390x', 'linux/amd64', 'linux/arm64/v8', 'linux/arm/v7'].map(make),
    )
  })
  const platformsOf = async (index: Buffer, more: object) => {
    await writeOciDir(at('several'), images, index)
    return (await openImages(at('several'), { ...options, ...more })).map(image => image.platform)
  }

  it.each([
    [{}, [process.arch === 'arm64' ? 'linux/arm64/v8' : 'linux/amd64']],
    [{ platform: 'linux/arm64' }, ['linux/arm64/v8']],
    [{ platform: 'arm64' }, ['linux/arm64/v8']],
    [{ platform: 'linux/aarch64' }, ['linux/arm64/v8']],
    [{ platform: 'linux/arm/v7' }, ['linux/arm/v7']],
    [{ platform: 'linux/s390x' }, ['linux/s390x']],
    [
      { allPlatforms: true },
      ['windows/amd64', 'linux/s390x', 'linux/amd64', 'linux/arm64/v8', 'linux/arm/v7'],
    ],
  ])('%j', async (more, expected) => {
    expect(await platformsOf(buildIndex(images, [attestation]), more)).toEqual(expected)
  })

  it('the first that is no Windows and no attestation, where this machine has none', async () => {
    const some = [images[0]!, images[1]!]
    await writeOciDir(at('foreign'), some, buildIndex(some, [attestation]))
    expect((await only(at('foreign'))).platform).toBe('linux/s390x')
  })

  it('says which there are, where the one that was asked for is not', async () => {
    await writeOciDir(at('several'), images)
    await expect(openImages(at('several'), { ...options, platform: 'linux/riscv64' })).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('linux/s390x'),
    })
  })

  it('a Windows image alone is unsupported', async () => {
    await writeOciDir(at('windows'), [images[0]!])
    await expect(openImages(at('windows'), options)).rejects.toMatchObject({ name: 'JobError' })
  })

  it('in nested indexes, and where an index names no platforms', async () => {
    const inner = buildIndex(images, [attestation])
    const digest = `sha256:${(await import('node:crypto')).createHash('sha256').update(inner).digest('hex')}`
    const nested = { ...images[0]!, blobs: new Map([...images[0]!.blobs, [digest, inner]]) }
    const outer = Buffer.from(
      JSON.stringify({ schemaVersion: 2, manifests: [{ digest, size: inner.length }] }),
    )
    await writeOciDir(at('nested'), [nested, ...images.slice(1)], outer)
    expect((await only(at('nested'), { platform: 'linux/arm/v7' })).platform).toBe('linux/arm/v7')
    const silent = { schemaVersion: 2, manifests: images.map(image => descriptorOf(image, false)) }
    await writeOciDir(at('silent'), images, Buffer.from(JSON.stringify(silent)))
    expect((await only(at('silent'), { platform: 'linux/arm/v7' })).platform).toBe('linux/arm/v7')
  })

  it('images of different names in one layout are several', async () => {
    const named = images.slice(2, 4).map((image, i) => ({
      ...descriptorOf(image, false),
      annotations: { 'org.opencontainers.image.ref.name': `v${i}` },
    }))
    await writeOciDir(
      at('names'),
      images,
      Buffer.from(JSON.stringify({ schemaVersion: 2, manifests: named })),
    )
    const opened = await openImages(at('names'), options)
    expect(opened.map(image => image.reference)).toEqual([`${at('names')}:v0`, `${at('names')}:v1`])
  })
})

describe('a folder as root filesystem', () => {
  it('opens regular files alone and follows no link', async () => {
    const root = at('root')
    await mkdir(join(root, 'etc/ssl'), { recursive: true })
    await mkdir(join(root, 'proc/1'), { recursive: true })
    await writeFile(join(root, 'etc/ssl/cert.pem'), 'text')
    await writeFile(join(root, 'proc/1/environ'), 'SECRET')
    await symlink('/etc/hostname', join(root, 'etc/hostname'))
    await symlink('ssl/cert.pem', join(root, 'etc/cert'))
    await symlink('/', join(root, 'etc/ssl/all'))
    execFileSync('mkfifo', [join(root, 'etc/fifo')])
    await chmod(join(root, 'etc/ssl/cert.pem'), 0o600)
    const { image, tree } = await scan(`dir:${root}`)
    expect(image).toMatchObject({
      kind: 'rootfs',
      source: 'dir',
      reference: root,
      digest: null,
      platform: null,
    })
    expect(textAt(tree, '/etc/cert')).toBe('text')
    expect(tree.file('/etc/ssl/cert.pem')).toMatchObject({ mode: 0o600, layer: 0 })
    expect(tree.read('/etc/hostname')).toBeNull()
    expect(tree.read('/etc/fifo')).toBeNull()
    expect(tree.list('/proc')).toEqual([])
    expect(tree.resolve('/etc/ssl/all/etc/cert')).toBe('/etc/ssl/cert.pem')
  })
})

describe('of a root filesystem', () => {
  it('only the known places are read, unless every file is asked for', async () => {
    const root = at('host')
    const files = {
      'etc/ssl/certs/a.pem': 'store',
      'usr/lib/python3/site-packages/certifi/cacert.pem': 'store',
      'usr/share/man/man1/x.pem': 'a page',
      'opt/app/data.bin': 'data',
      'mnt/own.pem': 'own',
      'var/lib/dpkg/status': 'packages',
      'var/cache/x.pem': 'cache',
      'mnt/pki/corp.pem': 'linked',
      'mnt/other/x.pem': 'not linked',
      'mnt/way/ca.pem': 'by a link in its path',
    }
    for (const [path, text] of Object.entries(files)) {
      await mkdir(join(root, path, '..'), { recursive: true })
      await writeFile(join(root, path), text)
    }
    await symlink('/mnt/pki', join(root, 'etc/pki'))
    await symlink('../../mnt/over/ca.pem', join(root, 'etc/ssl/ca.pem'))
    await symlink('way', join(root, 'mnt/over'))
    await symlink('../../../..', join(root, 'etc/ssl/up'))
    await symlink('/nowhere/cert', join(root, 'etc/ssl/dead'))
    const scanned = { version: 'ends', keep: (path: string) => path.endsWith('status'), scan: () => null }
    const wanting = { ...scanned, startBytes: 1, keepStart: () => true }
    const readOf = async (deep: boolean) => {
      const [image] = await openImages(`dir:${root}`, { reader: wanting, deep })
      const tree = await readTree(image!, wanting)
      return { tree, read: [...tree.files()].map(file => file.path) }
    }
    const known = await readOf(false)
    expect(known.read).toEqual([
      '/etc/ssl/certs/a.pem',
      '/mnt/pki/corp.pem',
      '/mnt/way/ca.pem',
      '/usr/lib/python3/site-packages/certifi/cacert.pem',
      '/var/lib/dpkg/status',
    ])
    expect(known.tree.exists('/opt/app/data.bin')).toBe(true)
    expect(textAt(known.tree, '/etc/pki/corp.pem')).toBe('linked')
    expect(textAt(known.tree, '/etc/ssl/ca.pem')).toBe('by a link in its path')
    const deep = await readOf(true)
    expect(deep.read).toEqual(
      Object.keys(files)
        .map(path => `/${path}`)
        .sort(),
    )
  })

  it('a file that is gone meanwhile was not there, one that may not be read is unknown', async () => {
    const root = at('changing')
    await mkdir(join(root, 'etc'), { recursive: true })
    for (const name of ['a', 'b', 'c']) await writeFile(join(root, 'etc', name), name)
    await chmod(join(root, 'etc/b'), 0)
    const reader = {
      ...keepAll,
      keep: (path: string) => {
        if (path === 'etc/a') rmSync(join(root, 'etc/c'), { force: true })
        return true
      },
    }
    const [image] = await openImages(`dir:${root}`, { reader })
    const tree = await readTree(image!, reader)
    expect(tree.list('/etc')).toEqual(process.getuid?.() === 0 ? ['a', 'b'] : ['a'])
    if (process.getuid?.() !== 0)
      expect(tree.unknowns).toMatchObject([{ what: '/etc/b', why: 'not readable for this user' }])
    else expect(tree.unknowns).toEqual([])
  })

  it('a name that is no UTF-8 is unknown, not left out in silence', async () => {
    const root = at('bytes')
    await mkdir(join(root, 'etc'), { recursive: true })
    await writeFile(Buffer.concat([Buffer.from(join(root, 'etc/')), Buffer.from([0xff, 0x61])]), 'x')
    const { tree } = await scan(`dir:${root}`)
    expect(tree.unknowns).toMatchObject([{ what: '/etc/\ufffda', code: 'unreadable' }])
  })
})

describe('a layer whose last zeros were left out', () => {
  it('is known by its DiffID all the same, one that lacks more is not', async () => {
    const tar = Buffer.concat([await layerTar({ f: 'text' }), Buffer.alloc(512 * 7)])
    const diffId = sha256Of(tar)
    const read = (bytes: Uint8Array) =>
      readLayer('the layer', inPieces(bytes), { digest: null, size: null, diffId }, keepAll, {})
    for (const blocks of [0, 1, 7]) {
      const facts = await read(tar.subarray(0, tar.length - 512 * blocks))
      expect(facts.diffId).toBe(diffId)
    }
    for (const bytes of [tar.subarray(0, tar.length - 512 * 8), Buffer.concat([tar, Buffer.alloc(512)])])
      await expect(read(bytes)).rejects.toMatchObject({ code: 'digest-mismatch' })
  })

  it('is known in a stream as well, where nobody says beforehand what it should be', async () => {
    const tar = Buffer.concat([await layerTar({ f: 'text' }), Buffer.alloc(512 * 7)])
    const expected = { digest: null, size: null, diffId: sha256Of(tar) }
    const read = async (bytes: Uint8Array) => {
      const archive = await packTar([[{ name: 'layer.tar' }, Buffer.from(bytes)]])
      const stream = await StreamArchive.read('the archive', inPieces(archive), keepAll, {})
      return stream.layer('layer.tar', expected, 'the layer', keepAll, {})
    }
    for (const blocks of [0, 1, 7])
      expect((await read(tar.subarray(0, tar.length - 512 * blocks))).diffId).toBe(expected.diffId)
    await expect(read(Buffer.concat([tar, Buffer.alloc(512)]))).rejects.toMatchObject({
      code: 'digest-mismatch',
    })
  })
})

const images = '../shared/images'
describe.skipIf(!existsSync(images))('the Alpine root filesystems (need ../shared/images)', () => {
  it.each([
    '3.8.5',
    '3.11.13',
    '3.20.3',
  ])('%s: the same entries from every form, as tar sees them', async version => {
    const packed = readFileSync(`${images}/alpine-minirootfs-${version}-x86_64.tar.gz`)
    const tar = gunzipSync(packed)
    const image = await buildImage({ layers: [{ tar }] })
    const root = at(`root-${version}`)
    await mkdir(root)
    execFileSync('tar', ['-xf', '-', '-C', root], { input: tar })
    const listed = execFileSync('tar', ['--quoting-style=literal', '--numeric-owner', '-tvf', '-'], {
      input: tar,
    }).toString()
    const forms = await writeForms(`alpine-${version}`, image)
    const expected = listing((await scan(forms[0]!)).tree)
    expect(Object.keys(expected)).toHaveLength(
      listed
        .trimEnd()
        .split('\n')
        .filter(line => !/ \.\/$/.test(line)).length,
    )
    for (const form of [...forms.slice(1), `dir:${root}`]) {
      expect(listing((await scan(form)).tree), form).toEqual(expected)
    }
    const { tree } = await scan(`dir:${root}`)
    expect(
      Buffer.from(tree.read('/etc/ssl/cert.pem')!).equals(readFileSync(join(root, 'etc/ssl/cert.pem'))),
    ).toBe(true)
  })
})
