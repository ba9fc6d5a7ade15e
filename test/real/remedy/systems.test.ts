/**
 * An expired root in real Debians of three generations, found by a scan, taken out by the remedy that the scan shows
 * (as shell line, Ansible play and Salt state), and gone for the next scan; the system's own client then accepts.
 */
import { X509Certificate } from 'node:crypto'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { dayStart } from '../../../src/clock.ts'
import { scan } from '../../../src/index.ts'
import { rootByFingerprint, rootDer } from '../../../src/knowledge/roots.ts'
import { choose } from '../../../src/remedy/choose.ts'
import { renderShell } from '../../../src/remedy/dialects/shell.ts'
import { copyOf, debian, hasTool, isRoot } from '../../support/chroot.ts'
import { image, store } from '../../support/hand-made.ts'
import { makePki, type Pki, run, type Server, serve, subjectsOf, wgetIn } from './lab.ts'
import { fromPyPI, manage } from './managed.ts'

const lacking = [
  ...['debootstrap', 'openssl', 'chroot', 'unshare', 'python3'].filter(tool => !hasTool(tool)),
  ...(isRoot ? [] : ['root']),
]
const at = dayStart('2020-05-31')
const name = 'AddTrust_External_Root.crt'
const known = rootByFingerprint('687fa451382278fff0c8b11f8d43d576671c6eb2bceab413fb83d965d06d2ff2')!
const pem = new X509Certificate(rootDer(known.index)).toString()

/** The line that the remedy for the RHEL family writes its file with. */
const writing = (path: string) =>
  renderShell([{ kind: 'write-certificate', path, pem: pem.trim().split('\n') }])!

/** The folder that the remedy takes for this version of p11-kit, and the one that it does not take. */
function blocklistOf(version: string): [string, string] {
  const path = '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem'
  const rhel = image({
    distribution: { id: 'rhel', version: null, endOfLife: null },
    stores: [store(path, [known])],
    packages: [{ name: 'p11-kit-trust', version, manager: 'rpm' }],
    files: { exists: file => file === '/usr/bin/update-ca-trust', read: () => null, resolve: file => file },
  })
  const [candidate] = choose({ kind: 'remove-roots', store: path, roots: [known] }, rhel, at)
  const line = renderShell(candidate!.steps)!
  return line.includes('/blocklist/') ? ['blocklist', 'blacklist'] : ['blacklist', 'blocklist']
}

describe.skipIf(lacking.length > 0).each(['bullseye', 'bookworm', 'trixie'])(
  `%s (needs ${lacking.join(', ') || 'nothing more'})`,
  suite => {
    const work = mkdtempSync(join(tmpdir(), 'imgtrust-managed-'))
    const inRoot = (path: string) => join(root, path)
    const inside = (line: string) => run('chroot', [root, '/bin/sh', '-c', line])
    let root: string
    let pki: Pki
    let server: Server
    let conf: string
    let subjects: readonly string[]

    beforeAll(async () => {
      root = copyOf(debian(suite, ['ca-certificates', 'wget', 'p11-kit', 'p11-kit-modules']))
      conf = readFileSync(inRoot('etc/ca-certificates.conf'), 'utf8')
      pki = makePki()
      writeFileSync(inRoot(`usr/share/ca-certificates/mozilla/${name}`), pem)
      writeFileSync(inRoot('usr/local/share/ca-certificates/lab-new.crt'), pki.newRoot)
      inside('update-ca-certificates --fresh')
      subjects = subjectsOf(inRoot('etc/ssl/certs/ca-certificates.crt'))
      server = await serve(pki)
    })
    afterAll(() => {
      server?.stop()
      for (const folder of [work, root, pki?.folder])
        if (folder) rmSync(folder, { recursive: true, force: true })
    })

    beforeEach(async () => {
      writeFileSync(inRoot('etc/ca-certificates.conf'), conf)
      appendFileSync(inRoot('etc/ca-certificates.conf'), `mozilla/${name}\n`)
      inside('update-ca-certificates --fresh')
    })

    /** The findings that name the expired root, by the path of their store. */
    async function found() {
      const report = await scan([`dir:${root}`], { at, env: {} })
      const findings = report.targets[0]?.findings ?? []
      return findings.filter(
        ({ rule, roots }) => rule === 'expired-root' && roots.some(({ sha256 }) => sha256 === known.sha256),
      )
    }

    /** The remedy that takes the root out by the tool, as each finding shows it. */
    async function remedy(dialect: 'shell' | 'ansible' | 'salt'): Promise<string> {
      const findings = await found()
      expect(findings.map(({ location }) => location.path)).toEqual([
        '/etc/ssl/certs',
        '/etc/ssl/certs/ca-certificates.crt',
      ])
      const texts = findings.map(({ remedy }) => {
        const all = remedy === null ? [] : [remedy, ...remedy.alternatives]
        const removal = all.find(({ steps }) => steps.shell?.includes('ca-certificates.conf'))
        expect(removal?.proven).toBe(true)
        return removal?.steps[dialect] ?? ''
      })
      // One remedy mends the folder and the bundle.
      expect(new Set(texts.map(text => text.replace(/^- name:.*$/m, ''))).size).toBe(1)
      return texts[0]!
    }

    async function isMended(): Promise<void> {
      expect(subjectsOf(inRoot('etc/ssl/certs/ca-certificates.crt'))).toEqual(subjects)
      expect(readFileSync(inRoot('etc/ca-certificates.conf'), 'utf8')).toBe(`${conf}!mozilla/${name}\n`)
      expect(await found()).toEqual([])
      expect(wgetIn(root, server.port)).toBe('OK')
    }

    it('is mended by the shell line, twice with the same result', async () => {
      const line = await remedy('shell')
      for (let times = 0; times < 2; times++) {
        inside(line)
        await isMended()
      }
    })

    it('is mended by the play: accepted, foretold, done, and nothing left to do', async context => {
      const venv = fromPyPI('ansible-core')
      if (venv === null) return context.skip('ansible-core can not be had from PyPI')
      const play = join(work, 'play.yml')
      writeFileSync(play, `${await remedy('ansible')}\n`)
      const ansible = (...options: string[]) => {
        const python = `ansible_python_interpreter=${venv}/bin/python3`
        const args = ['-i', 'localhost,', '-c', 'local', '-e', 'ansible_become=false', '-e', python]
        const done = manage(root, [`${venv}/bin/ansible-playbook`, ...args, ...options, play], {
          ANSIBLE_NOCOLOR: '1',
          ANSIBLE_HOME: work,
        })
        expect(done.status, done.text).toBe(0)
        return done.text
      }
      expect(ansible('--syntax-check')).toContain(play)

      const before = readFileSync(inRoot('etc/ca-certificates.conf'), 'utf8')
      expect(ansible('--check', '--diff')).toMatch(
        /\n-mozilla\/AddTrust_External_Root\.crt\n\+!mozilla\/AddTrust_External_Root\.crt\n/,
      )
      expect(readFileSync(inRoot('etc/ca-certificates.conf'), 'utf8')).toBe(before)

      expect(ansible()).toMatch(/changed=2 .*failed=0/)
      await isMended()
      expect(ansible()).toMatch(/changed=0 .*failed=0/)
      expect(ansible('--check')).toMatch(/changed=0 .*failed=0/)
    })

    it('is mended by the state: rendered, foretold, done, and nothing left to do', async context => {
      const venv = fromPyPI('salt')
      if (venv === null) return context.skip('salt can not be had from PyPI')
      writeFileSync(join(work, 'remedy.sls'), `${await remedy('salt')}\n`)
      writeFileSync(
        join(work, 'minion'),
        `file_client: local\nroot_dir: ${work}\nid: test\nenable_fqdns_grains: false\n`,
      )
      const salt = (...call: string[]) => {
        const where = [
          '--local',
          `--config-dir=${work}`,
          `--file-root=${work}`,
          '--out=json',
          '--log-level=quiet',
        ]
        const done = manage(root, [`${venv}/bin/salt-call`, ...where, ...call])
        expect(done.status, done.text).toBe(0)
        return JSON.parse(done.text.slice(done.text.indexOf('{'))).local as Record<
          string,
          { result: boolean | null; changes: object }
        >
      }
      expect(Object.keys(salt('slsutil.renderer', 'salt://remedy.sls'))).toEqual([
        `deselect ${name}`,
        'make the trust store anew',
      ])
      const results = (states: ReturnType<typeof salt>) => Object.values(states).map(({ result }) => result)
      const changed = (states: ReturnType<typeof salt>) =>
        Object.values(states).filter(({ changes }) => Object.keys(changes).length > 0).length
      expect(results(salt('state.apply', 'remedy', 'test=True'))).toEqual([null, null])
      const first = salt('state.apply', 'remedy')
      expect([results(first), changed(first)]).toEqual([[true, true], 2])
      await isMended()
      const second = salt('state.apply', 'remedy')
      expect([results(second), changed(second)]).toEqual([[true, true], 0])
    })

    it("keeps a root out of what p11-kit extracts by the folder of that p11-kit's version", () => {
      const module = inRoot('usr/share/p11-kit/modules/p11-kit-trust.module')
      writeFileSync(
        module,
        readFileSync(module, 'utf8').replace(
          /^x-init-reserved:.*$/m,
          "x-init-reserved: paths='/etc/pki/ca-trust/source'",
        ),
      )
      const source = '/etc/pki/ca-trust/source'
      inside(`mkdir -p ${source}/anchors ${source}/blacklist ${source}/blocklist`)
      writeFileSync(inRoot(`${source}/anchors/old.pem`), pem)
      writeFileSync(inRoot(`${source}/anchors/new.pem`), pki.newRoot)
      const extract =
        'trust extract --overwrite --format=pem-bundle --filter=ca-anchors --purpose=server-auth /tmp/out.pem'
      const left = () => {
        inside(extract)
        return subjectsOf(inRoot('tmp/out.pem')).length
      }
      expect(left()).toBe(2)
      const version = inside("dpkg-query -W -f '${Version}' p11-kit").replace(/-.*/, '')
      const [folder, other] = blocklistOf(version)
      inside(writing(`${source}/${other}/x.pem`))
      expect(left()).toBe(2)
      inside(writing(`${source}/${folder}/x.pem`))
      expect(left()).toBe(1)
    })
  },
)
