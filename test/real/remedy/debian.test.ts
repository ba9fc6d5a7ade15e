/** The line of the outage, run for real in a Debian: an expired root is planted first as the package would bring it. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { rootByFingerprint, rootDer } from '../../../src/knowledge/roots.ts'
import { commandsOf } from '../../../src/remedy/dialects/commands.ts'
import { renderShell } from '../../../src/remedy/dialects/shell.ts'
import type { Step } from '../../../src/remedy/plan.ts'
import { shellLine } from '../../../src/remedy/quote.ts'
import { makePki, missingTools, type Pki, run, type Server, serve, subjectsOf, wgetIn } from './lab.ts'

const missing = missingTools(['debootstrap', 'openssl', 'chroot'])
const lacking = [...missing, ...(process.getuid?.() === 0 ? [] : ['root'])]

const addTrust = '687fa451382278fff0c8b11f8d43d576671c6eb2bceab413fb83d965d06d2ff2'
const seedLine =
  'sed -i "/AddTrust_External_Root.crt/d" /etc/ca-certificates.conf && update-ca-certificates -f -v'
const names = ['AddTrust_External_Root.crt', 'Lab_Old_Root.crt']

describe.skipIf(lacking.length > 0)(
  `the remedy in Debian (needs ${lacking.join(', ') || 'nothing more'})`,
  () => {
    const root = mkdtempSync(join(tmpdir(), 'imgtrust-debian-'))
    const bundle = join(root, 'etc/ssl/certs/ca-certificates.crt')
    const conf = join(root, 'etc/ca-certificates.conf')
    let pki: Pki
    let server: Server
    let clean: string
    let subjects: string[]

    const inside = (line: string) => run('chroot', [root, '/bin/sh', '-c', line])
    const steps = (kind: 'conf-delete' | 'conf-deselect', which = names): Step[] => [
      { kind, conf: '/etc/ca-certificates.conf', names: which },
      { kind: 'run-tool', tool: 'update-ca-certificates', fresh: true },
    ]
    const dockerfileLine = (which?: string[]) =>
      shellLine(steps('conf-delete', which).flatMap(step => commandsOf(step, 'delete')!))
    const planted = () => subjectsOf(bundle).filter(subject => /AddTrust External|Lab Old Root/.test(subject))
    const links = () =>
      readdirSync(join(root, 'etc/ssl/certs')).filter(name => /^(AddTrust|Lab_Old)/.test(name))

    beforeAll(async () => {
      run('debootstrap', ['--variant=minbase', '--include=ca-certificates,wget', 'bookworm', root])
      clean = readFileSync(conf, 'utf8')
      subjects = subjectsOf(bundle)
      pki = makePki()
      server = await serve(pki)
    })
    afterAll(() => {
      server?.stop()
      for (const folder of [root, pki?.folder]) if (folder) rmSync(folder, { recursive: true, force: true })
    })

    beforeEach(() => {
      const der = Buffer.from(rootDer(rootByFingerprint(addTrust)!.index))
      const body = der.toString('base64').replace(/.{64}/g, '$&\n')
      const pem = `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`
      const folder = join(root, 'usr/share/ca-certificates/mozilla')
      writeFileSync(join(folder, names[0]!), pem)
      writeFileSync(join(folder, names[1]!), pki.oldRoot)
      writeFileSync(join(root, 'usr/local/share/ca-certificates/lab-new.crt'), pki.newRoot)
      writeFileSync(conf, `${clean.trimEnd()}\n${names.map(name => `mozilla/${name}\n`).join('')}`)
      inside('update-ca-certificates --fresh')
      expect(planted()).toHaveLength(2)
      expect(links()).toHaveLength(2)
    })

    it('is the line of the outage, word for word', () => {
      expect(dockerfileLine(names.slice(0, 1))).toBe(seedLine)
    })

    it('takes one root out of the bundle and its links, and nothing else', () => {
      inside(seedLine)
      expect(planted()).toEqual([expect.stringContaining('Lab Old Root')])
      expect(links()).toEqual(['Lab_Old_Root.pem'])
      expect(subjectsOf(bundle)).toHaveLength(subjects.length + 2)
    })

    it('takes several out in one line, twice with the same result, and the client accepts the server', () => {
      const line = dockerfileLine()
      inside(line)
      expect(planted()).toEqual([])
      expect(links()).toEqual([])
      const once = readFileSync(bundle, 'utf8')
      inside(line)
      expect(readFileSync(bundle, 'utf8')).toBe(once)
      expect(wgetIn(root, server.port)).toBe('OK')
    })

    it('stays through an upgrade of the package only as `!`: the form for hosts', () => {
      // What dpkg runs when the package is upgraded: its config script, then its postinst, with the old version.
      const scripts = '/var/lib/dpkg/info/ca-certificates'
      const upgrade = `DEBIAN_FRONTEND=noninteractive /usr/share/debconf/frontend ${scripts}.postinst configure 20210119`
      inside(dockerfileLine())
      inside(upgrade)
      expect(planted()).toHaveLength(2)

      inside(renderShell(steps('conf-deselect'))!)
      expect(planted()).toEqual([])
      const marked = readFileSync(conf, 'utf8')
      const deselected = marked.split('\n').filter(text => text.startsWith('!'))
      expect(deselected).toEqual(names.map(name => `!mozilla/${name}`))
      inside(renderShell(steps('conf-deselect'))!)
      expect(readFileSync(conf, 'utf8')).toBe(marked)
      inside(upgrade)
      expect(planted()).toEqual([])
    })
  },
)
