/** roots list, show and diff: the built program on root filesystems whose certificates Node.js has read as well. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { diffRoots, JobError, listRoots, showRoots } from '../../src/index.ts'
import type { RootDifference, RootList, RootLives } from '../../src/roots/report.ts'
import { renderRoots } from '../../src/roots/text.ts'
import { nastyNames } from '../support/nasty-names.ts'
import { debian, folderWith, type SketchedRoot, sketchRoot } from '../support/rootfs.ts'
import { imgtrust, validBy } from '../support/run.ts'

const list = validBy<RootList>('roots')
const lives = validBy<RootLives>('roots')
const difference = validBy<RootDifference>('roots')

const made = ['A', 'B', 'C', 'D', 'E', 'F'].map((name, index) =>
  sketchRoot(`Root ${name}`, `2${index + 4}0601120000Z`),
)
const [a, b, c, d, e, f] = made as [
  SketchedRoot,
  SketchedRoot,
  SketchedRoot,
  SketchedRoot,
  SketchedRoot,
  SketchedRoot,
]
const folders: string[] = []
const rootfs = (files: Readonly<Record<string, string>>) => {
  const folder = folderWith(files)
  folders.push(folder)
  return `dir:${folder}`
}
const five = rootfs(debian([a, b, c, d, e]))
const other = rootfs(debian([b, c, d, e, f]))
const java = rootfs({
  ...debian([a, b, c, d, e]),
  'opt/more/bundle.pem': made.map(({ pem }) => pem).join(''),
})
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

describe('roots list', () => {
  it('has the roots of the store, as Node.js reads them, and their status on a day', async () => {
    const { stdout, status } = await imgtrust([
      'roots',
      'list',
      five,
      '--at',
      '2026-06-02',
      '--format',
      'json',
    ])
    expect(status).toBe(0)
    const store = list(stdout).targets[0]?.stores[0]
    expect(store).toMatchObject({ path: '/etc/ssl/certs/ca-certificates.crt', unknown: null })
    expect(store?.roots.map(({ sha256, name, status, known }) => ({ sha256, name, status, known }))).toEqual(
      [a, b, c, d, e].map(({ sha256, name, notAfter }) => ({
        sha256,
        name,
        status: notAfter < Date.parse('2026-06-02') ? ['expired'] : [],
        known: false,
      })),
    )
  })

  it('takes only those of a status', async () => {
    const of = async (...status: ('expired' | 'expiring' | 'unknown')[]) => {
      const at = Date.parse('2026-06-02')
      const report = await listRoots([five], { at, status, expiringWithin: 400 * 86_400_000 })
      return report.targets[0]?.stores[0]?.roots.map(({ name }) => name)
    }
    expect(await of('expired')).toEqual(['Root A', 'Root B', 'Root C'])
    expect(await of('expiring')).toEqual(['Root D'])
    expect(await of('expired', 'expiring')).toEqual(['Root A', 'Root B', 'Root C', 'Root D'])
    expect(await of('unknown')).toHaveLength(5)
  })

  it('lists all that are known where no target is named, and none of them is unknown', async () => {
    const { stdout } = await imgtrust(['roots', 'list', '--format', 'json'])
    const [all] = list(stdout).targets
    expect(all?.target).toBeNull()
    expect(all?.stores[0]?.roots.length).toBeGreaterThan(400)
    expect(all?.stores[0]?.roots.every(({ known }) => known)).toBe(true)
  })

  it('traces a Dockerfile, and says of one that it can’t be told', async () => {
    const traced = rootfs({
      Dockerfile: 'FROM alpine:3.8.5\n',
      'b/Dockerfile': 'FROM example.org/none\n',
    }).slice(4)
    const { stdout, stderr, status } = await imgtrust(['roots', 'list', traced, '--format', 'json'])
    const { targets } = list(stdout)
    // Alpine 3.8's own cert.pem holds 133 certificates: `grep -c BEGIN` of its root filesystem.
    expect(targets[0]?.stores[0]?.roots).toHaveLength(133)
    expect(targets[1]?.error).toMatch(/can't be told: example\.org\/none/)
    expect(stderr).toContain(targets[1]?.error)
    expect(status).toBe(2)
  })

  it('does not stop at a target that is not there', async () => {
    const { stdout, status } = await imgtrust(['roots', 'list', './none', five])
    expect(stdout).toMatch(/failed[\s\S]*Root A/)
    expect(status).toBe(2)
  })
})

describe('roots show', () => {
  const life = async (query: string, at?: string) => {
    const { stdout } = await imgtrust([
      'roots',
      'show',
      query,
      '--format',
      'json',
      ...(at ? ['--at', at] : []),
    ])
    return lives(stdout).roots
  }

  it('tells the life of DST Root CA X3 as its sources do', async () => {
    const [root, ...more] = await life('DST Root CA X3', '2021-10-15')
    expect(more).toEqual([])
    // https://bugzilla.mozilla.org/show_bug.cgi?id=1733560: "Remove expired DST Root CA X3 from NSS".
    expect(root?.events.at(-1)).toMatchObject({ change: 'removed', bug: 1733560 })
    expect(root?.notAfter).toBe('2021-09-30T14:01:15Z')
    expect(root?.status).toEqual(['expired'])
    expect(root?.crossSigned.map(({ name }) => name)).toEqual(['ISRG Root X1'])
    // Debian's changelog of 20211004.
    expect(root?.stores.find(({ store }) => store === 'debian sid')?.dropped?.release).toMatch(/ 20211004$/)
    // Alpine 3.11 never got a store without it.
    expect(root?.stores.find(({ store }) => store === 'alpine 3.11')?.dropped).toBeNull()
  })

  it('finds by fingerprint, by its beginning, by a file, by a part of a name, whatever the case', async () => {
    const addTrust = '687fa451382278fff0c8b11f8d43d576671c6eb2bceab413fb83d965d06d2ff2'
    const colons = addTrust.toUpperCase().match(/../g)?.join(':') ?? ''
    for (const query of [addTrust, colons, '687FA451', 'AddTrust_External_Root.crt', 'addtrust external'])
      expect([query, (await life(query)).map(({ sha256 }) => sha256)]).toEqual([query, [addTrust]])
  })

  it('says who signed whom from both sides, and who needs a root', async () => {
    const [x1] = await life('ISRG Root X1')
    expect(x1?.crossSignedBy.map(({ name }) => name)).toEqual(['DST Root CA X3'])
    expect(x1?.neededBy[0]?.services).toMatch(/Let's Encrypt/)
    expect(x1?.mozilla).toBe(true)
  })

  it('tells a published incident', async () => {
    const [root] = await life('DigiNotar Root CA')
    expect(root?.incidents[0]).toMatchObject({ name: 'DigiNotar', from: '2011-08-30' })
  })

  it('lists what fits where many roots do, and means the nearest where none does', async () => {
    const { stdout } = await imgtrust(['roots', 'show', 'entrust'])
    expect(stdout).toMatch(/^\d+ roots fit 'entrust'; name one/)
    const { stderr, status } = await imgtrust(['roots', 'show', 'DST Rot CA X3'])
    expect(stderr).toMatch(/no root of that name .*did you mean 'DST Root CA X3'\?/)
    expect(status).toBe(2)
    await expect(showRoots(' ')).rejects.toThrow(JobError)
  })
})

describe('roots diff', () => {
  it('is 1 and names each root that one side lacks', async () => {
    const { stdout, status } = await imgtrust(['roots', 'diff', five, other, '--format', 'json'])
    const { pairs, same } = difference(stdout)
    expect([status, same]).toEqual([1, false])
    expect(pairs.map(({ both }) => both)).toEqual([4])
    expect(pairs[0]?.onlyA.map(({ sha256 }) => sha256)).toEqual([a.sha256])
    expect(pairs[0]?.onlyB.map(({ sha256 }) => sha256)).toEqual([f.sha256])
  })

  it('is 0 where all is the same', async () => {
    const { stdout, status } = await imgtrust(['roots', 'diff', five, five])
    expect(stdout).toMatch(/5 roots in both, 0 only in the first, 0 only in the second/)
    expect(status).toBe(0)
  })

  it('compares the systems’ own stores wherever they lie, and names those without a counterpart', async () => {
    const rhel = rootfs({
      'etc/os-release': 'ID=rhel\nVERSION_ID="9"\n',
      'etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem': made
        .slice(0, 5)
        .map(({ pem }) => pem)
        .join(''),
    })
    const { stdout } = await imgtrust(['roots', 'diff', rhel, java, '--format', 'json'])
    const { pairs, a: left, b: right, same } = difference(stdout)
    expect(pairs.map(each => [each.a.path, each.b.path])).toEqual([
      ['/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem', '/etc/ssl/certs/ca-certificates.crt'],
    ])
    expect([left.unpaired, right.unpaired, same]).toEqual([[], ['/opt/more/bundle.pem'], false])
    const { status } = await imgtrust([
      'roots',
      'diff',
      five,
      java,
      '--store',
      '/etc/ssl/certs/ca-certificates.crt',
    ])
    expect(status).toBe(0)
  })

  it('compares releases', async () => {
    // Debian's changelog of 20211016 up to 20230311, certdata 2.50 to 2.60.
    const { pairs } = await diffRoots(
      'release:debian/ca-certificates 20210119',
      'release:debian/ca-certificates 20230311',
    )
    expect(pairs[0]?.onlyA.map(({ name }) => name)).toContain('DST Root CA X3')
    expect(pairs[0]?.onlyB.map(({ name }) => name)).toContain('ISRG Root X2')
  })

  it.each([
    [['roots', 'diff', five, './none'], /is not there/],
    [['roots', 'diff', five, 'release:mozila 2.60'], /no such release.*did you mean 'mozilla 2.60'/],
    [['roots', 'diff', five, other, '--store', '/none'], /has no store \/none; it has \/etc/],
    [['roots', 'diff', five], /Missing 1 required arg/],
    [['roots', 'show'], /Missing 1 required arg/],
  ])('%j is 2 and one line', async (args, message) => {
    const { stderr, status } = await imgtrust(args)
    expect(stderr).toMatch(message)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    expect(status).toBe(2)
  })
})

describe('the text', () => {
  for (const [what, name] of Object.entries(nastyNames)) {
    it(`shows ${what} without its power`, async () => {
      const report = await listRoots([join('release:', name)])
      expect(renderRoots(report, false)).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u)
    })
  }
})
