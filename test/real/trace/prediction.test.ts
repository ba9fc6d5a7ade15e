/**
 * Prediction against reality: each Dockerfile is traced, then built with buildah, and the bundle that the build made is
 * read with openssl. Bases: Alpine's root filesystems of ../shared/images, a debootstrapped Debian.
 */

import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { diskContext } from '../../../src/dockerfile/context.ts'
import { allRoots, rootDer } from '../../../src/knowledge/roots.ts'
import { isUnknown } from '../../../src/model.ts'
import { builtIn, type TraceKnowledge } from '../../../src/trace/knowledge.ts'
import { traceDockerfile } from '../../../src/trace/trace.ts'
import { debian, hasTool, isRoot } from '../../support/chroot.ts'
import { runBuildah } from '../../support/program.ts'
import { certificates } from '../../support/trace-certificates.ts'

const images = resolve('../shared/images')
const tools = ['buildah', 'openssl', 'tar'].filter(tool => !hasTool(tool))
const missing = [...tools, ...(isRoot ? [] : ['root'])]
const why = (more: readonly string[]): string => {
  const all = [...missing, ...more]
  return all.length > 0 ? ` (skipped: ${all.join(', ')} not here)` : ''
}

const B = '/etc/ssl/certs/ca-certificates.crt'
const P = '/etc/ssl/cert.pem'

let work = ''
/** The overlay driver is many times faster than vfs, where the kernel lets it mount. */
let driver = 'vfs'
let context = ''

function buildah(...args: string[]): string {
  const storage = ['--root', join(work, 'root'), '--runroot', join(work, 'run'), '--storage-driver', driver]
  const done = runBuildah([...storage, ...args], {
    encoding: 'utf8',
    cwd: context,
    maxBuffer: 64 << 20,
    env: { ...process.env, BUILDAH_ISOLATION: 'chroot' },
  })
  if (done.status !== 0)
    throw new Error(`buildah ${args[0]}: ${done.stdout.slice(-1500)}${done.stderr.slice(-1500)}`)
  return done.stdout.trim()
}

function overlayWorks(): boolean {
  const [lower, upper, scratch, merged] = ['lower', 'upper', 'scratch', 'merged'].map(name =>
    join(work, name),
  )
  for (const folder of [lower, upper, scratch, merged]) mkdirSync(folder!)
  const options = `lowerdir=${lower},upperdir=${upper},workdir=${scratch}`
  const done = spawnSync('mount', ['-t', 'overlay', 'overlay', '-o', options, merged!])
  if (done.status === 0) spawnSync('umount', [merged!])
  return done.status === 0
}

/** An image of one layer under the name that FROM uses. */
function base(reference: string, add: string, sources?: string): void {
  const container = buildah('from', '--name', 'base', 'scratch')
  buildah('add', container, add, '/')
  if (sources) buildah('add', container, sources, '/etc/apt/sources.list')
  buildah('config', '--cmd', '/bin/sh', '--env', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin', container)
  buildah('commit', container, `docker.io/library/${reference}`)
  buildah('rm', container)
}

beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'imgtrust-build-'))
  context = join(work, 'context')
  mkdirSync(context)
  driver = overlayWorks() ? 'overlay' : 'vfs'
  writeFileSync(join(context, 'corporate.crt'), certificates[6]!.pem)
  writeFileSync(join(context, 'two.pem'), certificates[6]!.pem + certificates[7]!.pem)
  const addTrust = allRoots().find(root => root.file === 'AddTrust_External_Root.crt')!
  const base64 = Buffer.from(rootDer(addTrust.index)).toString('base64').replace(/.{64}/g, '$&\n').trimEnd()
  writeFileSync(
    join(context, 'addtrust.crt'),
    `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`,
  )
  writeFileSync(
    join(context, 'fix.sh'),
    '#!/bin/sh\nset -eu\nsed -i "/$1/d" /etc/ca-certificates.conf\nupdate-ca-certificates\n',
  )
})
afterAll(() => {
  if (work === '') return
  spawnSync('buildah', [
    '--root',
    join(work, 'root'),
    '--runroot',
    join(work, 'run'),
    '--storage-driver',
    driver,
    'umount',
    '--all',
  ])
  rmSync(work, { recursive: true, force: true })
})

/** The certificates of a bundle as openssl reads them. */
function fingerprints(file: string): string[] {
  if (statSync(file).size === 0) return []
  const pkcs7 = execFileSync('openssl', ['crl2pkcs7', '-nocrl', '-certfile', file], { maxBuffer: 64 << 20 })
  const pem = execFileSync('openssl', ['pkcs7', '-print_certs'], {
    input: pkcs7,
    maxBuffer: 64 << 20,
  }).toString()
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  const digests = blocks.map(block =>
    createHash('sha256')
      .update(Buffer.from(block.replace(/-----[A-Z ]+-----/g, ''), 'base64'))
      .digest('hex'),
  )
  return [...new Set(digests)].sort()
}

/** What the trace says the stores hold: by path, fingerprints; null where it can't tell. */
function predicted(text: string, knowledge: TraceKnowledge): Record<string, string[] | null> | null {
  const model = traceDockerfile(text, { file: 'Dockerfile', context: diskContext(context), knowledge })
  const { stores } = model.final!.final
  if (isUnknown(stores)) return null
  return Object.fromEntries(
    stores.flatMap(store => {
      const roots = isUnknown(store.roots) ? null : store.roots.map(root => root.sha256).sort()
      return [store.path, ...store.aliases].map(path => [path, roots] as const)
    }),
  )
}

/** What the build made, of the paths that hold stores here. */
function built(text: string): Record<string, string[]> {
  writeFileSync(join(work, 'Dockerfile'), text)
  buildah(
    'bud',
    '--isolation',
    'chroot',
    '--layers',
    '--pull=never',
    '-t',
    'built',
    '-f',
    join(work, 'Dockerfile'),
    context,
  )
  const container = buildah('from', '--pull=never', 'built')
  const folder = buildah('mount', container)
  const found: Record<string, string[]> = {}
  for (const path of [B, P]) {
    const real = realInside(folder, path)
    if (real !== null && existsSync(real)) found[path] = fingerprints(real)
  }
  buildah('umount', container)
  buildah('rm', container)
  return found
}

/** A file of the image, one link followed inside it. */
function realInside(root: string, path: string): string | null {
  const target = spawnSync('readlink', [join(root, path)], { encoding: 'utf8' }).stdout.trim()
  if (target === '') return existsSync(join(root, path)) ? join(root, path) : null
  const absolute = target.startsWith('/') ? target : resolve('/', path, '..', target)
  return join(root, absolute)
}

function check(text: string, knowledge: TraceKnowledge): void {
  const ours = predicted(text, knowledge)
  expect(ours, 'the trace can tell').not.toBeNull()
  // Bundles at other paths are stores too, but a build is only asked for these.
  const here = Object.fromEntries(Object.entries(ours ?? {}).filter(([path]) => path === B || path === P))
  expect(here).toEqual(built(text))
}

describe.skipIf(missing.length > 0 || !existsSync(images))(
  `Alpine's own bundles, edited${why(existsSync(images) ? [] : ['../shared/images'])}`,
  () => {
    for (const version of ['3.8.5', '3.11.13', '3.20.3']) {
      const from = `FROM alpine:${version}`
      const path = version === '3.20.3' ? B : P
      beforeAll(() => base(`alpine:${version}`, join(images, `alpine-minirootfs-${version}-x86_64.tar.gz`)))
      const known: Record<string, string> = {
        'as it is': `${from}\nRUN true\n`,
        removed: `${from}\nRUN rm -f ${path}\n`,
        'removed with its folder': `${from}\nRUN rm -rf /etc/ssl\n`,
        emptied: `${from}\nRUN : > ${path}\n`,
        'appended to': `${from}\nCOPY corporate.crt /tmp/\nRUN cat /tmp/corporate.crt >> ${path}\n`,
        'appended to by tee': `${from}\nCOPY two.pem /tmp/\nRUN cat /tmp/two.pem | tee -a ${path} > /dev/null\n`,
        'replaced by COPY': `${from}\nCOPY two.pem ${path}\n`,
        'copied to the other place': `${from}\nRUN mkdir -p /etc/ssl/certs && cp ${path} ${path}.bak && rm ${path} && cp ${path}.bak ${B}\n`,
        'moved and linked': `${from}\nRUN mkdir -p /etc/ssl/certs && mv ${path} /etc/ssl/x.pem && ln -sf /etc/ssl/x.pem ${P} && cat ${P} > /etc/ssl/y.pem && rm ${P} && mv /etc/ssl/y.pem ${P}\n`,
        'the first certificate cut by sed': `${from}\nRUN sed -i '0,/-----END/!b' ${path}\n`,
        'a range deleted by sed': `${from}\nRUN sed -i '/-----BEGIN/,/-----END/d' ${path}\n`,
        'sed to a file': `${from}\nRUN sed '/-----BEGIN/,/-----END/d' ${path} > /tmp/x && cp /tmp/x ${path}\n`,
        'a line of base64 deleted': `${from}\nRUN sed -i '/^MII/{x;s/^/x/;x}' ${path}\n`,
        'copied to another stage': `${from} AS one\nRUN true\nFROM scratch\nCOPY --from=one ${path} ${B}\n`,
        'its folder copied': `${from} AS one\nFROM scratch\nCOPY --from=one /etc/ssl /etc/ssl\n`,
        'all of it copied': `${from} AS one\nFROM scratch\nCOPY --from=one / /\n`,
        'in a loop': `${from}\nCOPY corporate.crt /tmp/\nRUN for f in ${path}; do cat /tmp/corporate.crt >> "$f"; done\n`,
        'in a function, a subshell, a variable': `${from}\nCOPY corporate.crt /tmp/\nRUN add() { cat "$1" >> "$2"; }; F=${path}; (cd /tmp && add corporate.crt "$F")\n`,
        'in a here-document of the shell': `${from}\nCOPY corporate.crt /tmp/\nRUN printf 'cat /tmp/corporate.crt >> ${path}\\n' > /tmp/x.sh && sh /tmp/x.sh\n`,
        'a branch that is taken': `${from}\nRUN if [ "a" = "a" ]; then rm -f ${path}; fi\n`,
        'no tool to refresh with': `${from}\nRUN update-ca-certificates || true\n`,
      }
      for (const [name, text] of Object.entries(known)) {
        const outcome = predicted.bind(null, text, builtIn)
        it(`${version}: ${name}`, () => {
          // What sed cuts to pieces is not told: then there is nothing to compare, and it says so.
          const ours = outcome()
          if (ours && Object.values(ours).some(roots => roots === null)) {
            expect(name).toMatch(/sed|base64|sure/)
            return
          }
          check(text, builtIn)
        })
      }
    }
  },
)

describe.skipIf(missing.length > 0 || !hasTool('debootstrap'))(
  `Debian with its own tool${why(hasTool('debootstrap') ? [] : ['debootstrap'])}`,
  () => {
    beforeAll(() => {
      const folder = debian('bookworm', ['apt'])
      const tar = join(work, 'debian.tar')
      // What Debian's image of that name has, and debootstrap leaves out: newer packages come from there.
      const archive = readFileSync(join(folder, 'etc/apt/sources.list'), 'utf8').split(/\s+/)[1]!
      writeFileSync(
        join(work, 'sources.list'),
        `deb ${archive} bookworm main\ndeb ${archive} bookworm-updates main\ndeb ${archive}-security bookworm-security main\n`,
      )
      execFileSync('tar', [
        '-C',
        folder,
        '-cf',
        tar,
        '--exclude=./proc/*',
        '--exclude=./sys/*',
        '--exclude=./dev/*',
        '.',
      ])
      base('debian:12', tar, join(work, 'sources.list'))
      rmSync(tar)
    })
    const install =
      'FROM debian:12\nRUN apt-get update && apt-get install -y --no-install-recommends ca-certificates\n'
    const plant =
      'COPY addtrust.crt /usr/share/ca-certificates/mozilla/AddTrust_External_Root.crt\n' +
      'RUN echo mozilla/AddTrust_External_Root.crt >> /etc/ca-certificates.conf && update-ca-certificates\n'
    const seed =
      'RUN sed -i "/AddTrust_External_Root.crt/d" /etc/ca-certificates.conf && update-ca-certificates -f -v\n'
    const cases: Record<string, string> = {
      'nothing installed': 'FROM debian:12\nRUN true\n',
      installed: install,
      'a root planted': install + plant,
      "the seed's line": install + plant + seed,
      deselected: `${install}${plant}RUN sed -i 's|^mozilla/AddTrust|!&|' /etc/ca-certificates.conf && update-ca-certificates\n`,
      'no refresh': `${install}${plant}RUN sed -i /AddTrust/d /etc/ca-certificates.conf\n`,
      'several names, extended': `${install}RUN sed -Ei '/(ISRG|GlobalSign|Amazon)_/d' /etc/ca-certificates.conf && update-ca-certificates --fresh\n`,
      'grep and mv': `${install}RUN grep -v ISRG /etc/ca-certificates.conf > /tmp/c && mv /tmp/c /etc/ca-certificates.conf && update-ca-certificates\n`,
      'dpkg-reconfigure': `${install}RUN sed -i '/^mozilla.ISRG/d' /etc/ca-certificates.conf && update-ca-certificates && dpkg-reconfigure -f noninteractive ca-certificates\n`,
      'an anchor': `${install}COPY corporate.crt /usr/local/share/ca-certificates/\nRUN update-ca-certificates\n`,
      'an anchor in a subfolder': `${install}COPY corporate.crt /usr/local/share/ca-certificates/a/b/c.crt\nRUN update-ca-certificates\n`,
      'an anchor with a wrong name': `${install}COPY corporate.crt /usr/local/share/ca-certificates/c.pem\nRUN update-ca-certificates\n`,
      'an anchor that goes again': `${install}COPY corporate.crt /usr/local/share/ca-certificates/\nRUN update-ca-certificates && rm /usr/local/share/ca-certificates/corporate.crt && update-ca-certificates -f\n`,
      'an anchor before the install': `FROM debian:12\nCOPY corporate.crt /usr/local/share/ca-certificates/\nRUN apt-get update && apt-get install -y --no-install-recommends ca-certificates\n`,
      'appended and lost': `${install}COPY corporate.crt /\nRUN cat /corporate.crt >> ${B} && update-ca-certificates\n`,
      'removed: the bundle stays': `${install}RUN apt-get remove -y ca-certificates\n`,
      purged: `${install}RUN apt-get purge -y ca-certificates\n`,
      'a script of the context': `${install}COPY fix.sh /usr/local/bin/\nRUN sh /usr/local/bin/fix.sh ISRG\n`,
      'a package file removed': `${install}RUN rm /usr/share/ca-certificates/mozilla/ISRG_Root_X1.crt && update-ca-certificates\n`,
      'copied to scratch': `${install.replace('debian:12', 'debian:12 AS one')}FROM scratch\nCOPY --from=one ${B} /etc/ssl/certs/\n`,
      'curl brings it along': 'FROM debian:12\nRUN apt-get update && apt-get install -y curl\n',
      'curl without what it recommends':
        'FROM debian:12\nRUN apt-get update && apt-get install -y --no-install-recommends curl\n',
      'git without what it recommends':
        'FROM debian:12\nRUN apt-get update && apt-get install -y --no-install-recommends git wget openssl\n',
    }
    for (const [name, text] of Object.entries(cases)) it(name, () => check(text, builtIn))
  },
)
