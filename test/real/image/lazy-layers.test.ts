/** Layers packed for lazy pulling, by their own tools: the same findings as from the plain one. */
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildImage, dockerArchive, writeOciDir } from '../../support/image.ts'
import { missing } from '../../support/program.ts'
import { startRegistry, type TestServer } from '../../support/registry.ts'
import { imgtrustJson, type RunOptions } from '../../support/run.ts'

const run = promisify(execFile)
const folder = mkdtempSync(join(tmpdir(), 'imgtrust-lazy-'))
const at = (name: string) => join(folder, name)
const rootfs = '../shared/images/alpine-minirootfs-3.11.13-x86_64.tar.gz'
const needs = existsSync(rootfs) ? '' : '../shared/images'

/** Packs a tar by the reference library, in chunks of 64 KiB, and prints the digest of what it unpacks to. */
const ESTARGZ = `package main

import (
	"io"
	"log"
	"os"

	"github.com/containerd/stargz-snapshotter/estargz"
)

func main() {
	tar, err := os.ReadFile(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	blob, err := estargz.Build(io.NewSectionReader(reader(tar), 0, int64(len(tar))), estargz.WithChunkSize(65536))
	if err != nil {
		log.Fatal(err)
	}
	out, err := os.Create(os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	if _, err := io.Copy(out, blob); err != nil {
		log.Fatal(err)
	}
	blob.Close()
	os.Stdout.WriteString(blob.DiffID().String())
}

type reader []byte

func (r reader) ReadAt(p []byte, at int64) (int, error) {
	n := copy(p, r[at:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}
`

/** What was found, without where it came from. */
async function findings(args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { report } = await imgtrustJson(
    ['scan', ...args, '--at', '2026-01-01', '--fail-on', 'never'],
    options,
  )
  for (const target of report.targets) {
    expect(target.error).toBeNull()
    expect(target.stores.length).toBeGreaterThan(0)
    Object.assign(target, { target: '', source: null, reference: null, digest: null })
  }
  return JSON.stringify(report, null, 1)
}

describe.skipIf(needs)(`layers for lazy pulling (needs ${needs || 'nothing'})`, () => {
  let tar: Buffer
  let expected = ''
  beforeAll(async () => {
    if (needs) return
    tar = gunzipSync(readFileSync(rootfs))
    await writeFile(at('rootfs.tar'), tar)
    const plain = await buildImage({ layers: [{ tar, createdBy: 'ADD rootfs /' }] })
    await writeFile(at('plain.tar'), await dockerArchive(plain))
    expected = await findings([at('plain.tar')])
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('a gzip of many members (needs gzip)', async ctx => {
    if (missing('gzip', 'split')) return ctx.skip(`missing: ${missing('gzip', 'split')}`)
    await mkdir(at('members'))
    await run('split', ['-b', '100000', '-a', '4', at('rootfs.tar'), `${at('members')}/`])
    await run('sh', ['-c', `for f in ${at('members')}/*; do gzip -c "$f"; done > ${at('many.gz')}`])
    const blob = await readFile(at('many.gz'))
    expect((await run('gzip', ['-lv', at('many.gz')])).stdout).toMatch(/defla/)
    const image = await buildImage({ layers: [{ tar, blob, createdBy: 'ADD rootfs /' }] })
    await writeOciDir(at('many'), [image])
    expect(await findings([at('many')])).toBe(expected)
  })

  it('eStargz, by the reference library (needs go and its module proxy)', async ctx => {
    if (missing('go')) return ctx.skip('missing: go')
    await mkdir(at('go'))
    await writeFile(at('go/main.go'), ESTARGZ)
    await writeFile(at('go/go.mod'), 'module pack\n\ngo 1.21\n')
    const go = (...args: string[]) => run('go', args, { cwd: at('go') })
    try {
      await go('get', 'github.com/containerd/stargz-snapshotter/estargz@v0.15.1')
    } catch (error) {
      return ctx.skip(`the library can't be fetched: ${String(error).slice(0, 200)}`)
    }
    const { stdout: diffId } = await go('run', '.', at('rootfs.tar'), at('e.gz'))
    const blob = await readFile(at('e.gz'))
    const image = await buildImage({ layers: [{ tar: gunzipSync(blob), blob, createdBy: 'ADD rootfs /' }] })
    expect(image.layers[0]!.diffId).toBe(diffId)
    await writeOciDir(at('estargz'), [image])
    expect(await findings([at('estargz')])).toBe(expected)
    await run('tar', ['-C', at('estargz'), '-cf', at('estargz.tar'), '.'])
    expect(await findings(['-'], { stdin: await readFile(at('estargz.tar')) })).toBe(expected)
  })

  const tools = missing('skopeo', 'docker-registry', 'tar')
  describe.skipIf(tools)(`zstd:chunked, by skopeo (missing: ${tools || 'none'})`, () => {
    let registry: TestServer
    let copied = ''
    beforeAll(async () => {
      registry = await startRegistry(at('registry'))
      const copy = (to: string) =>
        run('skopeo', [
          ...['--insecure-policy', 'copy', '-q', '--dest-compress', '--dest-compress-format=zstd:chunked'],
          ...['--dest-tls-verify=false', `docker-archive:${at('plain.tar')}`, to],
        ])
      try {
        await copy(`oci:${at('chunked')}`)
        await copy(`docker://${registry.host}/chunked:1`)
      } catch (error) {
        copied = String(error).slice(0, 200)
      }
    })
    afterAll(async () => registry.stop())

    it.for([
      ['an OCI layout', async () => findings([at('chunked')])],
      [
        'the registry',
        async () => findings([`registry:${registry.host}/chunked:1`, '--plain-http', registry.host]),
      ],
      [
        'standard input',
        async () => {
          await run('tar', ['-C', at('chunked'), '-cf', at('chunked.tar'), '.'])
          return findings(['-'], { stdin: await readFile(at('chunked.tar')) })
        },
      ],
    ] as const)('from %s', async ([, read], ctx) => {
      if (copied) return ctx.skip(`this skopeo does not write zstd:chunked: ${copied}`)
      expect(await read()).toBe(expected)
    })
  })
})
