/** The line for a bare bundle, run for real: BusyBox' sed in Alpine's root filesystems, then their own client. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dayStart } from '../../../src/clock.ts'
import { judge } from '../../../src/judge.ts'
import { rootByFingerprint } from '../../../src/knowledge/roots.ts'
import { bundleEntries, fragmentsFor } from '../../../src/remedy/bundle.ts'
import { render } from '../../../src/remedy/dialects/index.ts'
import { renderShell } from '../../../src/remedy/dialects/shell.ts'
import { store as handMadeStore, image } from '../../support/hand-made.ts'
import { makePki, missingTools, type Pki, run, type Server, serve, subjectsOf, wgetIn } from './lab.ts'

const images = new URL('../../../../shared/images/', import.meta.url).pathname
const missing = missingTools(['openssl', 'chroot', 'tar', 'sed'])
const lacking = [
  ...missing,
  ...(process.getuid?.() === 0 ? [] : ['root']),
  ...(existsSync(images) ? [] : ['the root filesystems']),
]

/** What the image's own wget says while the expired root is there: measured with these files. */
const cases = [
  { version: '3.8.5', store: '/etc/ssl/cert.pem', before: /certificate has expired|certificate verif/i },
  { version: '3.11.13', store: '/etc/ssl/cert.pem', before: /^OK$/ },
  { version: '3.20.3', store: '/etc/ssl/certs/ca-certificates.crt', before: /^OK$/ },
]

describe.skipIf(lacking.length > 0)(
  `the remedy of a bundle in Alpine (needs ${lacking.join(', ') || 'nothing more'})`,
  () => {
    const work = mkdtempSync(join(tmpdir(), 'imgtrust-alpine-'))
    let pki: Pki
    let server: Server

    beforeAll(async () => {
      pki = makePki()
      server = await serve(pki)
    })
    afterAll(() => {
      server?.stop()
      for (const folder of [work, pki?.folder]) if (folder) rmSync(folder, { recursive: true, force: true })
    })

    it.each(cases)('$version: sed takes the root out, and the client accepts', ({
      version,
      store,
      before,
    }) => {
      const root = join(work, version)
      run('mkdir', [root])
      run('tar', ['-xzf', join(images, `alpine-minirootfs-${version}-x86_64.tar.gz`), '-C', root])
      const bundle = join(root, store)
      writeFileSync(
        bundle,
        `${readFileSync(bundle, 'utf8').trimEnd()}\n# the old one\n${pki.oldRoot}${pki.newRoot}`,
      )
      const subjects = subjectsOf(bundle)
      expect(subjects.filter(subject => subject.includes('Lab Old Root'))).toHaveLength(1)
      expect(wgetIn(root, server.port)).toMatch(before)

      const entries = bundleEntries(readFileSync(bundle))
      expect(entries).toHaveLength(subjects.length)
      const old = bundleEntries(Buffer.from(pki.oldRoot))[0]!.sha256
      const fragments = fragmentsFor(entries, [old])!
      const line = renderShell([{ kind: 'bundle-delete', path: store, fragments }])!

      // GNU sed first, on a copy: both must write the same bytes.
      const copy = join(work, `${version}.pem`)
      writeFileSync(copy, readFileSync(bundle))
      run('sh', ['-c', line.replace(store, copy)])
      run('chroot', [root, '/bin/sh', '-c', line])
      expect(readFileSync(bundle, 'utf8')).toBe(readFileSync(copy, 'utf8'))

      expect(subjectsOf(bundle)).toEqual(subjects.filter(subject => !subject.includes('Lab Old Root')))
      expect(wgetIn(root, server.port)).toBe('OK')

      const once = readFileSync(bundle, 'utf8')
      run('chroot', [root, '/bin/sh', '-c', line])
      expect(readFileSync(bundle, 'utf8')).toBe(once)
    })

    it.each(cases)('$version: many of its own roots at once', ({ version, store }) => {
      const bundle = join(work, version, store)
      const entries = bundleEntries(readFileSync(bundle))
      const gone = entries.filter((_, index) => index % 7 === 3).map(({ sha256 }) => sha256)
      const line = renderShell([
        { kind: 'bundle-delete', path: store, fragments: fragmentsFor(entries, gone)! },
      ])!
      run('chroot', [join(work, version), '/bin/sh', '-c', line])
      const left = bundleEntries(readFileSync(bundle)).map(({ sha256 }) => sha256)
      expect(left).toEqual(entries.map(({ sha256 }) => sha256).filter(sha256 => !gone.includes(sha256)))
      expect(subjectsOf(bundle)).toHaveLength(left.length)
    })

    it.each([
      { version: '3.8.5', store: '/etc/ssl/cert.pem', at: '2020-05-31', gone: /AddTrust External CA Root/ },
      { version: '3.11.13', store: '/etc/ssl/cert.pem', at: '2021-10-01', gone: /DST Root CA X3/ },
      {
        version: '3.20.3',
        store: '/etc/ssl/certs/ca-certificates.crt',
        at: '2026-01-01',
        gone: /Baltimore CyberTrust/,
      },
    ])('$version at $at: the remedy that is shown works on its own bytes', async ({
      version,
      store,
      at,
      gone,
    }) => {
      const root = join(work, `${version}-own`)
      run('mkdir', [root])
      run('tar', ['-xzf', join(images, `alpine-minirootfs-${version}-x86_64.tar.gz`), '-C', root])
      const bundle = join(root, store)
      const subjects = subjectsOf(bundle)
      expect(subjects.some(subject => gone.test(subject))).toBe(true)

      const bytes = readFileSync(bundle)
      const known = bundleEntries(bytes).map(({ sha256 }) => rootByFingerprint(sha256)!)
      expect(known).toHaveLength(subjects.length)
      const roots = known.map(({ sha256, name, notBefore, notAfter }) => ({
        sha256,
        name,
        notBefore,
        notAfter,
      }))
      const model = image({
        distribution: { id: 'alpine', version, endOfLife: null },
        stores: [handMadeStore(store, roots)],
        files: {
          exists: path => path === store,
          read: path => (path === store ? bytes : null),
          resolve: path => path,
        },
      })
      const findings = await judge(model, { at: dayStart(at), expiringWithin: 0 })
      const found = findings.find(({ rule }) => rule === 'expired-root')
      const remedies = [found?.remedy, ...(found?.alternatives ?? [])].filter(remedy => remedy != null)
      const removal = remedies.find(({ steps }) => steps.some(({ kind }) => kind === 'bundle-delete'))
      expect(removal?.proven).toBe(true)
      run('chroot', [root, '/bin/sh', '-c', render(removal!, 'shell', model)!])
      expect(subjectsOf(bundle)).toEqual(subjects.filter(subject => !gone.test(subject)))
    })
  },
)
