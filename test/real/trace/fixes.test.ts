/** Remedies of findings, put into their Dockerfile and built: the store that comes out is the one that was promised. */
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseInstant } from '../../../src/clock.ts'
import { diskContext } from '../../../src/dockerfile/context.ts'
import { readTree } from '../../../src/image/read-image.ts'
import { openImages } from '../../../src/image/source.ts'
import { judge } from '../../../src/judge.ts'
import { isUnknown } from '../../../src/model.ts'
import { naming } from '../../../src/read-images.ts'
import { dockerfileEdits } from '../../../src/remedy/dialects/dockerfile.ts'
import { applyEdits } from '../../../src/remedy/dialects/text.ts'
import { scannedImage } from '../../../src/scan-base.ts'
import { builtIn, type TraceKnowledge } from '../../../src/trace/knowledge.ts'
import { traceDockerfile } from '../../../src/trace/trace.ts'
import { buildImageModel } from '../../../src/trust/model.ts'
import { trustReader } from '../../../src/trust/reader.ts'
import { Buildah, bundleOf } from '../../support/buildah.ts'
import { debian, hasTool, isRoot } from '../../support/chroot.ts'
import { certificates } from '../../support/trace-certificates.ts'

const images = resolve('../shared/images')
const absent = [
  ...['buildah', 'openssl'].filter(tool => !hasTool(tool)),
  ...(isRoot ? [] : ['root']),
  ...(existsSync(images) ? [] : ['../shared/images']),
].join(', ')
const BUNDLES = ['/etc/ssl/certs/ca-certificates.crt', '/etc/ssl/cert.pem']

let buildah: Buildah
let context = ''
let knowledge: TraceKnowledge = builtIn

const lint = async (text: string, at: string) => {
  const retrace = (changed: string) =>
    traceDockerfile(changed, { file: 'Dockerfile', context: diskContext(context), knowledge })
  const model = retrace(text)
  const options = { at: parseInstant(at)!, expiringWithin: 0, prove: { retrace } }
  return { model, findings: await judge(model, options) }
}

/** Every remedy that leaves the base as it is, built; how many there were. */
async function builtRemedies(text: string, at: string): Promise<number> {
  const { model, findings } = await lint(text, at)
  let count = 0
  for (const finding of findings) {
    for (const remedy of [finding.remedy, ...finding.alternatives]) {
      if (!remedy?.proven || remedy.steps.some(({ kind }) => kind === 'set-base')) continue
      const edits = dockerfileEdits(remedy.steps, model)
      if (edits === null || edits.length === 0) continue
      const fixed = applyEdits(text, edits)
      const after = await lint(fixed, at)
      const { stores } = after.model.final!.final
      if (isUnknown(stores)) continue
      count += 1
      buildah.built(fixed, context, root => {
        for (const path of BUNDLES) {
          const store = stores.find(one => one.path === path || one.aliases.includes(path))
          const roots = store === undefined || isUnknown(store.roots) ? null : store.roots
          expect(bundleOf(root, path), `${path} of\n${fixed}`).toEqual(
            roots?.map(({ sha256 }) => sha256).sort() ?? null,
          )
        }
      })
    }
  }
  return count
}

describe.skipIf(absent !== '')(
  `remedies, built (needs buildah, openssl, root, ../shared/images; missing: ${absent || 'none'})`,
  () => {
    beforeAll(() => {
      const work = mkdtempSync(join(tmpdir(), 'imgtrust-fixes-'))
      buildah = new Buildah(work)
      context = join(work, 'context')
      mkdirSync(context)
      writeFileSync(join(context, 'corp.crt'), certificates[6]!.pem)
      writeFileSync(join(context, 'corp.pem'), certificates[6]!.pem)
    })
    afterAll(() => buildah?.remove())

    for (const version of ['3.8.5', '3.11.13']) {
      const from = `FROM alpine:${version}`
      describe(`Alpine ${version}`, () => {
        beforeAll(() => {
          const file = join(images, `alpine-minirootfs-${version}-x86_64.tar.gz`)
          buildah.base(`docker.io/library/alpine:${version}`, file)
        })
        it.each([
          ['as it is', `${from}\nCMD ["sh"]\n`],
          ['without an end', `${from}\nRUN true`],
          ['another user', `${from}\nUSER nobody\nCMD ["sh"]\n`],
          ['an entrypoint', `${from}\nENTRYPOINT ["sh", "-c"]\nCMD ["true"]\n`],
          ['a stage on a stage', `${from} AS under\nRUN true\n\nFROM under\nUSER 1000\nCMD ["sh"]\n`],
          [
            'comments',
            `# syntax=docker/dockerfile:1\n${from}\n# why\nRUN echo a \\\n  # and\n  && echo b\n\n# start\nCMD ["sh"]\n`,
          ],
          [
            'copied to scratch',
            `${from} AS under\nFROM scratch\nCOPY --from=under /etc/ssl/cert.pem /etc/ssl/certs/ca-certificates.crt\n`,
          ],
        ])('%s', async (name, text) => {
          const count = await builtRemedies(text, '2021-10-01')
          if (name !== 'copied to scratch') expect(count).toBeGreaterThan(0)
        })
      })
    }

    describe.skipIf(!hasTool('debootstrap'))('Debian with its own tool (needs debootstrap)', () => {
      const from = 'FROM registry.example.com/debian:1'
      beforeAll(async () => {
        const folder = debian('bookworm', ['ca-certificates'])
        buildah.base('registry.example.com/debian:1', folder)
        const [image] = await openImages(`dir:${folder}`, { reader: trustReader })
        const tree = await readTree(image!, trustReader, {})
        const scanned = scannedImage(buildImageModel(image!, tree, naming), tree)
        knowledge = {
          ...builtIn,
          scannedImage: reference => (reference.includes('debian:1') ? scanned : undefined),
        }
      }, 600_000)
      it.each([
        [
          'a wrong name',
          `${from}\nCOPY corp.pem /usr/local/share/ca-certificates/\nRUN update-ca-certificates\n`,
        ],
        ['no refresh', `${from}\nCOPY corp.crt /usr/local/share/ca-certificates/\nCMD ["sh"]\n`],
        [
          'no refresh, another user',
          `${from}\nCOPY corp.crt /usr/local/share/ca-certificates/\nUSER nobody\nCMD ["sh"]\n`,
        ],
        [
          'a folder of others',
          `${from}\nCOPY corp.crt /etc/pki/ca-trust/source/anchors/\nRUN update-ca-certificates\nCMD ["sh"]\n`,
        ],
      ])('%s', async (_, text) => {
        expect(await builtRemedies(text, '2026-10-01')).toBeGreaterThan(0)
      })
    })
  },
)
