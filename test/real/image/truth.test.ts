import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readTree } from '../../../src/image/read-image.ts'
import { openImages } from '../../../src/image/source.ts'
import { keepAll, listing } from '../../support/gather.ts'
import {
  type BuiltImage,
  buildImage,
  dockerArchive,
  type LayerFiles,
  writeOciDir,
} from '../../support/image.ts'
import { missing } from '../../support/program.ts'

const run = promisify(execFile)
const folder = mkdtempSync(join(tmpdir(), 'imgtrust-truth-'))
const at = (name: string) => join(folder, name)

async function treeAt(spec: string): Promise<Record<string, string>> {
  const [image] = await openImages(spec, { reader: keepAll, deep: true })
  return listing(await readTree(image!, keepAll))
}

/** What the overlay must get right, all in one image. */
const layers: readonly LayerFiles[] = [
  {
    'usr/bin/tool': 'tool',
    'usr/lib/lib.so': 'lib',
    bin: { link: 'usr/bin' },
    lib: { link: 'usr/lib' },
    'etc/kept': '1',
    'etc/gone': '2',
    'etc/changed': 'old',
    'etc/dir/a': 'a',
    'etc/dir/b': 'b',
    'etc/opaque/a': 'a',
    'etc/opaque/sub/b': 'b',
    'etc/file-to-dir': 'file',
    'etc/dir-to-file/x': 'x',
    'etc/dir-to-link/x': 'x',
    'etc/link-to-dir': { link: 'dir' },
    'etc/hard-a': 'shared',
    'etc/hard-b': { hardlink: 'etc/hard-a' },
    'etc/abs': { link: '/usr/lib/lib.so' },
    'etc/dead': { link: 'no/where' },
    'etc/loop': { link: 'loop' },
    'a name with spaces/\u00fc': 'x',
  },
  {
    'etc/gone': { whiteout: true },
    'etc/changed': { file: 'new', mode: 0o600, uid: 5, gid: 6 },
    'etc/dir/a': { whiteout: true },
    'etc/dir/c': 'c',
    'etc/opaque': { opaque: true },
    'etc/opaque/new': 'new',
    'etc/file-to-dir': { dir: true },
    'etc/file-to-dir/inside': 'x',
    'etc/dir-to-file': 'now a file',
    'etc/dir-to-link': { link: 'dir' },
    'etc/link-to-dir/own': 'own',
    'etc/hard-a': { whiteout: true },
    'etc/new-a': 'n',
    'etc/new-b': { hardlink: 'etc/new-a' },
    'etc/through': { link: 'dir' },
    'etc/through/not-yet': 'written through a link of the same layer, into a folder of it',
  },
  {
    'etc/gone': 'back again',
    'etc/dir': { whiteout: true },
    'etc/new-b': { whiteout: true },
    'etc/dir-to-file': { whiteout: true },
  },
]

/** The folder over a link: here engines differ by their storage driver. */
const folderOverLink: readonly LayerFiles[] = [
  {
    'usr/bin/tool': 'tool',
    bin: { link: 'usr/bin' },
    sbin: { link: 'usr/bin' },
    lib: { link: 'usr/bin' },
    f: 'file',
  },
  { bin: { dir: true }, 'bin/own': 'own', 'sbin/own': 'own', 'lib/tool': { whiteout: true }, 'f/own': 'own' },
]

let nasty: BuiltImage
let alpine: BuiltImage | null = null
const forms = new Map<string, string>()

async function write(name: string, image: BuiltImage): Promise<void> {
  await writeFile(at(`${name}.tar`), await dockerArchive(image, `localhost/${name}:1`))
  await writeOciDir(at(`${name}-oci`), [image])
  forms.set(name, at(`${name}.tar`))
}

beforeAll(async () => {
  nasty = await buildImage({ layers: layers.map(files => ({ files })) })
  await write('nasty', nasty)
  await write('over', await buildImage({ layers: folderOverLink.map(files => ({ files })) }))
  const rootfs = '../shared/images/alpine-minirootfs-3.20.3-x86_64.tar.gz'
  if (existsSync(rootfs)) {
    alpine = await buildImage({ layers: [{ tar: gunzipSync(readFileSync(rootfs)) }, { files: layers[1]! }] })
    await write('alpine', alpine)
  }
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const noPodman = missing('podman')
describe.skipIf(noPodman)(`what Podman mounts (missing: ${noPodman || 'none'})`, () => {
  const podman = (...args: string[]) =>
    run('podman', [
      '--root',
      at('pod/root'),
      '--runroot',
      at('pod/run'),
      '--storage-driver',
      'overlay',
      ...args,
    ])
  afterAll(async () => {
    await podman('image', 'unmount', '--all', '--force').catch(() => {})
    await run('umount', [at('pod/root/overlay')]).catch(() => {})
  })

  it.for([
    'nasty',
    'over',
    'alpine',
  ])('%s: every path, its type, size, mode, owner and link', async (name, ctx) => {
    if (!forms.has(name)) return ctx.skip('needs ../shared/images')
    await podman('load', '-i', forms.get(name)!)
    const mounted = (await podman('image', 'mount', `localhost/${name}:1`)).stdout.trim()
    expect(await treeAt(forms.get(name)!)).toEqual(await treeAt(`dir:${mounted}`))
  })
})

const noUmoci = missing('umoci')
describe.skipIf(noUmoci)(`what umoci unpacks (missing: ${noUmoci || 'none'})`, () => {
  it.for(['nasty', 'alpine'])('%s', async (name, ctx) => {
    if (!forms.has(name)) return ctx.skip('needs ../shared/images')
    const index = JSON.parse(readFileSync(join(at(`${name}-oci`), 'index.json'), 'utf8'))
    index.manifests[0].annotations = { 'org.opencontainers.image.ref.name': '1' }
    await writeFile(join(at(`${name}-oci`), 'index.json'), JSON.stringify(index))
    await run('umoci', ['unpack', '--image', `${at(`${name}-oci`)}:1`, at(`${name}-bundle`)])
    // umoci unpacks onto the layers below, so that it writes through their links.
    const without = ({
      '/etc/link-to-dir': _1,
      '/etc/link-to-dir/own': _2,
      '/etc/dir/own': _3,
      ...rest
    }: Record<string, string>) => rest
    expect(without(await treeAt(at(`${name}-oci`)))).toEqual(
      without(await treeAt(`dir:${at(`${name}-bundle`)}/rootfs`)),
    )
  })
})

const noSkopeo = missing('skopeo')
describe.skipIf(noSkopeo)(`what skopeo writes (missing: ${noSkopeo || 'none'})`, () => {
  it.for(['nasty', 'alpine'])('%s', async (name, ctx) => {
    if (!forms.has(name)) return ctx.skip('needs ../shared/images')
    const expected = await treeAt(forms.get(name)!)
    const to = async (target: string, ...more: string[]) => {
      await run('skopeo', [
        '--insecure-policy',
        'copy',
        '-q',
        ...more,
        `docker-archive:${forms.get(name)}`,
        target,
      ])
    }
    await mkdir(at('skopeo'), { recursive: true })
    const path = (what: string) => at(`skopeo/${name}-${what}`)
    await to(`docker-archive:${path('docker.tar')}:localhost/x:1`)
    await to(`oci-archive:${path('oci.tar')}`)
    await to(`oci:${path('oci')}`)
    await to(
      `oci:${path('zstd')}`,
      '--dest-compress',
      '--dest-compress-format=zstd',
      '--dest-compress-level=19',
    )
    expect(await treeAt(path('docker.tar'))).toEqual(expected)
    expect(await treeAt(`docker-archive:${path('docker.tar')}`)).toEqual(expected)
    expect(await treeAt(`oci-archive:${path('oci.tar')}`)).toEqual(expected)
    expect(await treeAt(path('oci'))).toEqual(expected)
    expect(await treeAt(path('zstd'))).toEqual(expected)
  })
})
