import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { ImageTree } from '../../src/image/facts.ts'
import { buildImageModel, type ReleaseHints } from '../../src/trust/model.ts'
import { makeCertificate } from '../support/certificate.ts'
import { makeElf } from '../support/elf.ts'
import { treeOf } from '../support/tree.ts'

const made = Array.from({ length: 8 }, (_, index) => makeCertificate({ subject: `Root ${index}` }))
const pem = made.map(each => each.pem)
const sha256 = made.map(({ der }) => createHash('sha256').update(der).digest('hex'))
const leaf = makeCertificate({ subject: 'leaf', ca: false })
const bundle = (count: number) => pem.slice(0, count).join('')

function modelOf(
  tree: ImageTree,
  env: Readonly<Record<string, string>> = {},
  kind: 'image' | 'rootfs' = 'image',
) {
  const hints: ReleaseHints[] = []
  const layer = (createdBy: string) => ({ createdBy }) as never
  const model = buildImageModel(
    {
      kind,
      source: 'test',
      reference: 'test',
      digest: null,
      platform: null,
      config: { user: null, env },
      layers: [layer('ADD base'), layer('RUN second'), layer('COPY third')],
    },
    tree,
    {
      rootName: hash => (hash === sha256[0] ? 'Known to all' : null),
      endOfLife: (id, version) => (id === 'alpine' && version === '3.8.5' ? '2020-05-01' : null),
      match(fingerprints, given) {
        hints.push(given)
        return { release: `${fingerprints.size} roots`, match: 'nearest' }
      },
    },
  )
  return { ...model, hints }
}

const paths = (tree: ImageTree, env?: Readonly<Record<string, string>>) => {
  const model = modelOf(tree, env)
  return {
    stores: model.stores.map(({ path, format, roots }) => `${path} ${format} ${roots.length}`),
    certificates: model.certificates.map(({ path }) => path),
    unknowns: model.unknowns.map(({ what, why }) => `${what}: ${why}`),
  }
}

describe('what is a store', () => {
  test.each([
    [
      'a known path with a single root',
      '/etc/ssl/cert.pem',
      bundle(1),
      ['/etc/ssl/cert.pem pem-bundle 1'],
      0,
    ],
    ['five authorities anywhere', '/srv/x.txt', bundle(5), ['/srv/x.txt pem-bundle 5'], 0],
    ['four authorities elsewhere', '/srv/x.txt', bundle(4), [], 4],
    ['four authorities, one of them twice', '/srv/x.txt', bundle(4) + pem[0], [], 4],
    ['four authorities and a leaf', '/srv/x.txt', bundle(4) + leaf.pem, [], 5],
    ['a JSON file of five', '/srv/x.json', JSON.stringify(pem.slice(0, 5)), ['/srv/x.json embedded 5'], 0],
    ['a program with five', '/srv/x', `\x7fELF\0\0${bundle(5)}\0`, ['/srv/x embedded 5'], 0],
    [
      'certifi',
      '/usr/lib/python3/site-packages/certifi/cacert.pem',
      bundle(2),
      ['/usr/lib/python3/site-packages/certifi/cacert.pem pem-bundle 2'],
      0,
    ],
    ['roots for e-mail alone', '/etc/pki/ca-trust/extracted/pem/email-ca-bundle.pem', bundle(6), [], 6],
    ['an anchor where nothing is fed', '/usr/local/share/ca-certificates/a.crt', bundle(1), [], 1],
  ])('%s', (_, path, content, stores, certificates) => {
    const found = paths(treeOf({ [path]: content }))
    expect(found.stores).toEqual(stores)
    expect(found.certificates).toEqual(Array(certificates).fill(path))
    expect(found.unknowns).toEqual([])
  })

  test('links lead to one store, all of them its aliases', () => {
    const { stores } = modelOf(
      treeOf({
        '/etc/ssl/certs/ca-certificates.crt': bundle(3),
        '/etc/ssl/cert.pem': { link: 'certs/ca-certificates.crt' },
        '/usr/lib/ssl/certs': { link: '/etc/ssl/certs' },
        '/srv/again': { link: '../etc/ssl/cert.pem' },
        '/srv/loop': { link: 'loop' },
        '/srv/out': { link: '../../../../../../etc/ssl/cert.pem' },
      }),
    )
    expect(stores.map(({ path, aliases }) => [path, aliases])).toEqual([
      ['/etc/ssl/certs/ca-certificates.crt', ['/etc/ssl/cert.pem', '/srv/again', '/srv/out']],
    ])
  })

  test("RHEL's store through a linked folder", () => {
    const { stores } = modelOf(
      treeOf({
        '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem': bundle(3),
        '/etc/pki/tls/certs/ca-bundle.crt': { link: '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem' },
        '/etc/pki/tls/cert.pem': { link: 'certs/ca-bundle.crt' },
        '/etc/ssl/certs': { link: '../pki/tls/certs' },
        '/etc/pki/ca-trust/source/anchors/own.pem': pem[7]!,
      }),
    )
    expect(stores).toMatchObject([
      {
        path: '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
        aliases: [
          '/etc/pki/tls/cert.pem',
          '/etc/pki/tls/certs/ca-bundle.crt',
          '/etc/ssl/certs/ca-bundle.crt',
        ],
        sources: ['/etc/pki/ca-trust/source'],
      },
    ])
  })

  test("Debian's folder and bundle are two stores of the same sources; what lies in the folder unhashed is a certificate", () => {
    const folder: Record<string, string | { link: string }> = {
      '/etc/ssl/certs/ca-certificates.crt': bundle(3),
    }
    for (const [index, text] of pem.slice(0, 3).entries()) {
      folder[`/usr/share/ca-certificates/mozilla/Root_${index}.crt`] = text
      folder[`/etc/ssl/certs/Root_${index}.pem`] = {
        link: `/usr/share/ca-certificates/mozilla/Root_${index}.crt`,
      }
      folder[`/etc/ssl/certs/0000000${index}.0`] = { link: `Root_${index}.pem` }
    }
    folder['/usr/local/share/ca-certificates/own.crt'] = pem[7]!
    folder['/etc/ssl/certs/loose.pem'] = leaf.pem
    folder['/etc/ssl/certs/deadbeef.0'] = { link: 'nowhere.pem' }
    const { stores, certificates, unknowns } = modelOf(treeOf(folder))
    expect(stores).toMatchObject([
      { path: '/etc/ssl/certs', format: 'hashed-dir', roots: sha256.slice(0, 3).map(sha256 => ({ sha256 })) },
      { path: '/etc/ssl/certs/ca-certificates.crt', format: 'pem-bundle' },
    ])
    for (const { sources } of stores)
      expect(sources).toEqual(['/usr/local/share/ca-certificates', '/usr/share/ca-certificates'])
    expect(certificates.map(({ path }) => path)).toEqual(['/etc/ssl/certs/loose.pem'])
    expect(unknowns).toEqual([])
  })

  test('a root counts once, in file order', () => {
    const { stores } = modelOf(treeOf({ '/etc/ssl/cert.pem': pem[2]! + pem[0]! + pem[2]! + pem[1]! }))
    expect(stores[0]!.roots.map(root => root.sha256)).toEqual([sha256[2], sha256[0], sha256[1]])
  })

  test('names: the public one, else the common name', () => {
    const { stores } = modelOf(treeOf({ '/etc/ssl/cert.pem': bundle(2) }))
    expect(stores[0]!.roots.map(({ name }) => name)).toEqual(['Known to all', 'Root 1'])
  })

  test('the environment makes a store of a single certificate', () => {
    const tree = treeOf({ '/srv/own.pem': pem[0]!, '/srv/link.pem': { link: 'own.pem' } })
    expect(paths(tree).stores).toEqual([])
    expect(paths(tree, { SSL_CERT_FILE: '/srv/link.pem' }).stores).toEqual(['/srv/own.pem pem-bundle 1'])
    expect(paths(tree, { SSL_CERT_FILE: '/srv/none.pem' }).stores).toEqual([])
    expect(paths(tree, { SSL_CERT_FILE: 'relative.pem' }).stores).toEqual([])
  })
})

describe('what can not be read in a store is told by the store, and not once more', () => {
  const lines = pem[1]!.trimEnd().split('\n')
  const cut = `${[...lines.slice(0, 2), ...lines.slice(3)].join('\n')}\n`
  test.each([
    ['a bundle', { '/etc/ssl/cert.pem': `${pem[0]}${cut}` }, ['it is cut or no DER']],
    [
      'twice',
      { '/etc/ssl/cert.pem': `${pem[0]}${cut}\n${cut}` },
      ['it is cut or no DER', 'it is cut or no DER'],
    ],
    [
      'a folder',
      { '/etc/ssl/certs/12345678.0': pem[0]!, '/etc/ssl/certs/87654321.0': cut },
      ['87654321.0: it is cut or no DER'],
    ],
    [
      "Mono's folder",
      { '/usr/share/.mono/certs/Trust/ski-1.cer': pem[0]!, '/usr/share/.mono/certs/Trust/ski-2.cer': cut },
      ['ski-2.cer: it is cut or no DER'],
    ],
  ])('%s', (_, files, broken) => {
    const tree = treeOf(files)
    const { stores, unknowns } = modelOf(tree)
    expect(stores).toMatchObject([{ broken }])
    expect(unknowns).toEqual([])
  })
})

describe('what can not be read is told', () => {
  const lines = pem[1]!.trimEnd().split('\n')
  const cut = [...lines.slice(0, 2), ...lines.slice(3)].join('\n')
  test.each([
    [
      'a store without a certificate',
      { '/etc/ssl/cert.pem': '# empty\n' },
      ['the trust store /etc/ssl/cert.pem: no PEM certificate is in it'],
    ],
    [
      'an anchor',
      { '/usr/local/share/ca-certificates/x.crt': cut },
      ['a certificate in /usr/local/share/ca-certificates/x.crt: it is cut or no DER'],
    ],
    ['an empty store', { '/etc/ssl/cert.pem': '' }, []],
    [
      'a sample in a manual',
      { '/usr/share/doc/x.txt': `${lines[0]}\n…\n${lines.at(-1)}\n${'#'.repeat(300)}` },
      [],
    ],
    ['a first line in a program', { '/usr/bin/x': `\x7fELF\0\0${lines[0]}\0${'\0'.repeat(300)}` }, []],
    [
      "a JVM's keystore",
      { '/usr/lib/jvm/jre/lib/security/cacerts': Buffer.from('feedfeed', 'hex') },
      [
        'the Java keystore /usr/lib/jvm/jre/lib/security/cacerts: it is cut or damaged: nothing of it could be read',
      ],
    ],
    [
      "Debian's Java keystore",
      { '/etc/ssl/certs/java/cacerts': Buffer.from('feedfeed', 'hex') },
      ['the Java keystore /etc/ssl/certs/java/cacerts: it is cut or damaged: nothing of it could be read'],
    ],
    [
      'NSS',
      { '/usr/lib64/libnssckbi.so': Buffer.from('7f454c46', 'hex') },
      ["the module of NSS's built-in roots /usr/lib64/libnssckbi.so: no certificate was found in it"],
    ],
  ])('%s', (_, files, unknowns) => {
    expect(paths(treeOf(files)).unknowns).toEqual(unknowns)
  })
})

describe('layers', () => {
  const tree = () =>
    treeOf(
      { '/etc/ssl/cert.pem': bundle(2), '/srv/leaf.pem': leaf.pem },
      { '/etc/ssl/certs/ca-certificates.crt': bundle(3) },
      { '/etc/ssl/cert.pem': bundle(4) },
    )

  test('a store names the layer that brought its present content, a root the one that first brought it', () => {
    expect(modelOf(tree()).stores).toMatchObject([
      {
        path: '/etc/ssl/cert.pem',
        layer: 2,
        createdBy: 'COPY third',
        roots: sha256.slice(0, 4).map((sha256, number) => ({ sha256, layer: number < 2 ? 0 : 2 })),
      },
      { path: '/etc/ssl/certs/ca-certificates.crt', layer: 1, createdBy: 'RUN second' },
    ])
    expect(modelOf(tree()).certificates).toMatchObject([
      { path: '/srv/leaf.pem', layer: 0, subject: 'CN=leaf' },
    ])
  })

  test('a root that was taken out and came back is of the layer that brought it back', () => {
    const [store] = modelOf(
      treeOf(
        { '/etc/ssl/cert.pem': bundle(3) },
        { '/etc/ssl/cert.pem': bundle(1) },
        { '/etc/ssl/cert.pem': bundle(2) },
      ),
    ).stores
    expect(store?.roots.map(({ layer }) => layer)).toEqual([0, 2])
  })

  test('outside images there are none', () => {
    const { stores, certificates } = modelOf(tree(), {}, 'rootfs')
    expect(stores.map(({ layer, createdBy }) => [layer, createdBy])).toEqual([
      [null, null],
      [null, null],
    ])
    expect(stores.flatMap(({ roots }) => roots.filter(root => 'layer' in root))).toEqual([])
    expect(certificates[0]!.layer).toBeNull()
  })
})

describe('who reads a store', () => {
  const lib = '/usr/lib/x86_64-linux-gnu'
  const base = {
    '/etc/ssl/certs/ca-certificates.crt': bundle(2),
    '/usr/share/ca-certificates/a.crt': pem[0]!,
    '/etc/ssl/certs/00000000.0': { link: '/usr/share/ca-certificates/a.crt' },
    '/usr/lib/ssl/cert.pem': { link: '/etc/ssl/certs/ca-certificates.crt' },
    '/usr/lib/ssl/certs': { link: '/etc/ssl/certs' },
    '/srv/own.pem': pem[5]!,
    '/usr/bin/openssl': makeElf({ needed: ['libssl.so.3'] }),
    '/usr/bin/wget': makeElf({ needed: ['libgnutls.so.30'] }),
    '/usr/bin/git': makeElf({ needed: [] }),
    '/usr/lib/git-core/git-remote-https': makeElf({ needed: ['libcurl-gnutls.so.4'] }),
    [`${lib}/libssl.so.3`]: makeElf({
      needed: [],
      text: ['OpenSSL 3.0.15 3 Sep 2024', 'OPENSSLDIR: "/usr/lib/ssl"'],
    }),
    [`${lib}/libgnutls.so.30`]: makeElf({ needed: [], text: ['/etc/ssl/certs/ca-certificates.crt'] }),
    [`${lib}/libcurl-gnutls.so.4`]: makeElf({ needed: ['libgnutls.so.30'], text: ['/etc/ssl/certs'] }),
  }
  const readers = (env: Readonly<Record<string, string>>) =>
    Object.fromEntries(modelOf(treeOf(base), env).stores.map(({ path, consumers }) => [path, consumers]))

  test('by what the libraries name; GnuTLS takes all files of a folder, the bundle among them', () => {
    expect(readers({})).toEqual({
      '/etc/ssl/certs': ['git', 'openssl'],
      '/etc/ssl/certs/ca-certificates.crt': ['git', 'openssl', 'wget'],
    })
  })

  test.each([
    [
      { SSL_CERT_FILE: '/srv/own.pem' },
      { bundle: ['git', 'wget'], folder: ['git', 'openssl'], own: ['openssl'] },
    ],
    [
      { SSL_CERT_FILE: '/srv/own.pem', SSL_CERT_DIR: '/nowhere' },
      { bundle: ['git', 'wget'], folder: ['git'], own: ['openssl'] },
    ],
    [
      { GIT_SSL_CAINFO: '/srv/own.pem' },
      { bundle: ['git', 'openssl', 'wget'], folder: ['git', 'openssl'], own: ['git'] },
    ],
    [
      { REQUESTS_CA_BUNDLE: '/srv/own.pem' },
      { bundle: ['git', 'openssl', 'wget'], folder: ['git', 'openssl'], own: ['requests'] },
    ],
  ])('%j', (env, expected) => {
    expect(readers(env)).toEqual({
      '/etc/ssl/certs': expected.folder,
      '/etc/ssl/certs/ca-certificates.crt': expected.bundle,
      '/srv/own.pem': expected.own,
    })
  })
})

describe('the model', () => {
  test('distribution with its end of life, packages, hints for the release', () => {
    const model = modelOf(
      treeOf({
        '/etc/os-release': 'ID=alpine\nVERSION_ID=3.8.5\n',
        '/lib/apk/db/installed': 'P:ca-certificates-cacert\nV:20191127-r2\nF:etc/ssl\nR:cert.pem\n',
        '/etc/ssl/cert.pem': bundle(3),
      }),
    )
    expect(model.distribution).toEqual({ id: 'alpine', version: '3.8.5', endOfLife: '2020-05-01' })
    expect(model.packages).toEqual([
      { name: 'ca-certificates-cacert', version: '20191127-r2', manager: 'apk' },
    ])
    expect(model.hints).toEqual([
      { path: '/etc/ssl/cert.pem', distribution: 'alpine', version: '3.8.5', packageVersion: '20191127-r2' },
    ])
    expect(model.stores).toMatchObject([{ release: '3 roots', match: 'nearest' }])
  })

  test('an empty image', () => {
    const { distribution, stores, certificates, clients, packages, unknowns } = modelOf(treeOf({}))
    expect({ distribution, stores, certificates, clients, packages, unknowns }).toEqual({
      distribution: null,
      stores: [],
      certificates: [],
      clients: [],
      packages: [],
      unknowns: [],
    })
  })
})
