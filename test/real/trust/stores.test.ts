import { spawnSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ImageModel, TrustStore } from '../../../src/model.ts'
import { buildImageModel } from '../../../src/trust/model.ts'
import { readRpmDatabase } from '../../../src/trust/packages/rpm/packages.ts'
import { copyOf, debian, hasTool, isRoot } from '../../support/chroot.ts'
import { treeOf, treeOfFolder } from '../../support/tree.ts'

const missing = !hasTool('debootstrap') ? 'no debootstrap' : isRoot ? null : 'not root'
const skipped = missing ? ` (skipped: ${missing})` : ''

const packages = [
  'default-jre-headless',
  'ca-certificates-java',
  'python3-certifi',
  'python3-pip',
  'nodejs',
  'libnss3',
  'libnss3-tools',
  'p11-kit',
  'p11-kit-modules',
  'openssl',
  'rpm',
  'ruby',
]
const python = '/usr/lib/python3/dist-packages'
const rubygems = '/usr/lib/ruby/vendor_ruby/rubygems/ssl_certs'

const systems = [
  {
    suite: 'bookworm',
    packages: [...packages, 'ca-certificates-mono'],
    java: 'java-17-openjdk-amd64',
    node: '/usr/lib/x86_64-linux-gnu/libnode.so.108',
    system: 'node,openssl,python3,ruby',
    bundle: 'apt,node,openssl,python3,ruby',
    python: [`${python}/certifi/cacert.pem`, `${python}/pip/_vendor/certifi/cacert.pem`],
    mono: ['/etc/mono/certstore/certs/Trust', '/etc/mono/certstore/new-certs/Trust'],
  },
  {
    suite: 'trixie',
    packages,
    java: 'java-21-openjdk-amd64',
    node: '/usr/lib/x86_64-linux-gnu/libnode.so.115',
    system: 'apt,node,openssl,python3,ruby',
    bundle: 'apt,node,openssl,python3,ruby',
    // Here certifi is without a file of its own.
    python: [`${python}/pip/_vendor/certifi/cacert.pem`],
    mono: [],
  },
]

function modelOf(tree: ReturnType<typeof treeOf>): ImageModel {
  const image = {
    kind: 'rootfs',
    source: 'dir',
    reference: 'x',
    digest: null,
    platform: null,
    layers: [],
  } as const
  return buildImageModel({ ...image, config: { user: null, env: {} } }, tree, {
    rootName: () => null,
    endOfLife: () => null,
    match: () => ({ release: null, match: 'unknown' }),
  })
}

function inside(root: string, script: string): string {
  const done = spawnSync('chroot', [root, 'sh', '-ec', script], { encoding: 'utf8', maxBuffer: 64 << 20 })
  if (done.status !== 0) throw new Error(`${script}: ${done.stdout.slice(-400)}${done.stderr.slice(-400)}`)
  return done.stdout
}

/** SHA-256 of each certificate in a text, as node:crypto reads them; sorted. */
function fingerprints(text: string): string[] {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  return blocks
    .map(block => new X509Certificate(block).fingerprint256.replaceAll(':', '').toLowerCase())
    .sort()
}

const rootsOf = (store: TrustStore) => store.roots.map(({ sha256 }) => sha256).sort()

describe.each(systems)('Debian $suite', system => {
  describe.skipIf(missing !== null)(`with Java, Python, Node.js, NSS, p11-kit, Ruby${skipped}`, () => {
    let root = ''
    let model: ImageModel
    const storeAt = (path: string) => model.stores.find(each => each.path === path)!

    beforeAll(() => {
      root = copyOf(debian(system.suite, system.packages))
      model = modelOf(treeOfFolder(root))
    })
    afterAll(() => rmSync(root, { recursive: true, force: true }))

    test('its stores, none more and none less; nothing is unknown', () => {
      expect(model.stores.map(({ path, format, consumers }) => [path, format, consumers.join()])).toEqual([
        ...system.mono.map(path => [path, 'hashed-dir', 'mono']),
        ['/etc/ssl/certs', 'hashed-dir', system.system],
        ['/etc/ssl/certs/ca-certificates.crt', 'pem-bundle', system.bundle],
        ['/etc/ssl/certs/java/cacerts', 'jks', 'java'],
        ...system.python.map(path => [path, 'pem-bundle', path.includes('/pip/') ? 'pip' : '']),
        [rubygems, 'hashed-dir', 'gem'],
        [system.node, 'embedded', ''],
        ['/usr/lib/x86_64-linux-gnu/libnssckbi.so', 'embedded', ''],
      ])
      expect(model.unknowns).toEqual([])
    })

    test.skipIf(!hasTool('keytool'))(
      "Java's store holds what keytool lists (skipped without keytool)",
      () => {
        const store = storeAt('/etc/ssl/certs/java/cacerts')
        const options = ['-list', '-rfc', '-keystore', join(root, store.path), '-storepass', 'changeit']
        const said = spawnSync('keytool', options, { encoding: 'utf8', maxBuffer: 64 << 20 })
        expect(rootsOf(store)).toEqual(fingerprints(said.stdout))
        expect(store.sources).toEqual(['/usr/share/ca-certificates'])
        expect(store.aliases).toContain(`/usr/lib/jvm/${system.java}/lib/security/cacerts`)
      },
    )

    test("NSS's module holds what certutil trusts for servers, and tells the others apart", () => {
      inside(root, 'mkdir /tmp/nss && certutil -N -d sql:/tmp/nss --empty-password')
      inside(
        root,
        'modutil -force -dbdir sql:/tmp/nss -add roots -libfile /usr/lib/x86_64-linux-gnu/libnssckbi.so',
      )
      const token = 'Builtin Object Token'
      const list = inside(root, `certutil -L -d sql:/tmp/nss -h '${token}'`)
      const servers: string[] = []
      const others: string[] = []
      for (const [, nickname, trust] of list.matchAll(/^(Builtin Object Token:.*?)\s+(\S*,\S*,\S*) *$/gm)) {
        const pem = inside(root, `certutil -L -d sql:/tmp/nss -h '${token}' -n "${nickname}" -a`)
        // Two roots of one name come together.
        const found = fingerprints(pem.replaceAll('\r', ''))
        expect(found.length, nickname).toBeGreaterThan(0)
        ;(trust!.split(',')[0]!.includes('C') ? servers : others).push(...found)
      }
      const store = storeAt('/usr/lib/x86_64-linux-gnu/libnssckbi.so')
      const kept = model.certificates.filter(({ path }) => path === store.path).map(({ sha256 }) => sha256)
      expect(servers.length).toBeGreaterThan(100)
      expect(rootsOf(store)).toEqual([...new Set(servers)].sort())
      expect(kept.sort()).toEqual([...new Set(others)].sort())
    })

    test('an NSS database holds what certutil put there with which trust', () => {
      const made = ['C,,', 'CT,C,', 'T,,', 'P,,', 'p,,', ',,', ',C,'].map((trust, index) => {
        const name = `test${index}`
        inside(
          root,
          `cd /tmp && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 9 -subj /CN=${name} -keyout k -out ${name}.pem 2>/dev/null`,
        )
        return { trust, name, pem: readFileSync(join(root, `tmp/${name}.pem`), 'utf8') }
      })
      inside(root, 'mkdir -p /etc/pki/nssdb && certutil -N -d sql:/etc/pki/nssdb --empty-password')
      for (const { trust, name } of made)
        inside(root, `certutil -A -d sql:/etc/pki/nssdb -n ${name} -t '${trust}' -i /tmp/${name}.pem`)
      const path = '/etc/pki/nssdb/cert9.db'
      const { stores, certificates, unknowns } = modelOf(treeOf({ [path]: readFileSync(join(root, path)) }))
      const of = (wanted: (trust: string) => boolean) =>
        made
          .filter(({ trust }) => wanted(trust))
          .map(({ pem }) => fingerprints(pem)[0]!)
          .sort()
      const isAnchor = (trust: string) => trust.split(',')[0]!.includes('C')
      expect(stores.map(rootsOf)).toEqual([of(isAnchor)])
      expect(certificates.map(({ sha256 }) => sha256).sort()).toEqual(of(trust => !isAnchor(trust)))
      expect(unknowns).toEqual([])
    })

    test('what p11-kit writes of the same roots is read alike', () => {
      const bundle = storeAt('/etc/ssl/certs/ca-certificates.crt')
      const filter = '--filter=ca-anchors --purpose=server-auth'
      inside(root, `trust extract --format=java-cacerts ${filter} /tmp/cacerts`)
      inside(root, `trust extract --format=openssl-bundle --filter=ca-anchors /tmp/trusted.pem`)
      inside(root, 'trust dump > /tmp/roots.p11-kit')
      const file = (name: string) => readFileSync(join(root, 'tmp', name))
      const { stores, unknowns } = modelOf(
        treeOf({
          '/etc/pki/ca-trust/extracted/java/cacerts': file('cacerts'),
          '/etc/pki/ca-trust/extracted/openssl/ca-bundle.trust.crt': file('trusted.pem'),
          '/srv/roots.p11-kit': file('roots.p11-kit'),
        }),
      )
      expect(unknowns).toEqual([])
      expect(stores.map(({ format }) => format)).toEqual(['jks', 'pem-bundle', 'p11-kit'])
      for (const store of stores) expect(rootsOf(store)).toEqual(rootsOf(bundle))
      const counted = inside(root, 'trust list --filter=ca-anchors').match(/^pkcs11:/gm)!
      expect(counted.length).toBe(bundle.roots.length)
    })

    test('certifi and the copy in pip hold what Python reads from them', () => {
      for (const path of system.python) {
        // Debian patches certifi so that it names the system's bundle: the file is asked for by its place.
        const script = `import ssl, hashlib\nc = ssl.create_default_context(cafile="${path}")\nprint("\\n".join(hashlib.sha256(d).hexdigest() for d in c.get_ca_certs(True)))`
        const said = inside(root, `python3 -c '${script}'`)
        expect(rootsOf(storeAt(path))).toEqual([...new Set(said.trim().split('\n'))].sort())
      }
    })

    test("Node.js's own roots are those that it lists", () => {
      const said = inside(root, `node -p 'tls.rootCertificates.join("\\n")'`)
      expect(rootsOf(storeAt(system.node))).toEqual([...new Set(fingerprints(said))].sort())
    })

    test.skipIf(system.mono.length === 0)(
      "Mono's folder holds what cert-sync was given (skipped where there is none)",
      () => {
        expect(rootsOf(storeAt(system.mono[0]!))).toEqual(
          rootsOf(storeAt('/etc/ssl/certs/ca-certificates.crt')),
        )
      },
    )
  })
})

const specs = [
  { name: 'openssl-libs', epoch: 1, files: 3_000 },
  { name: 'ca-certificates', epoch: 0, files: 3 },
  { name: 'tiny', epoch: null, files: 0 },
]

describe.skipIf(missing !== null)(`RPM's databases, as rpm itself makes them${skipped}`, () => {
  test.each([
    ['SQLite', 'trixie', 'sqlite', 'rpmdb.sqlite'],
    ['ndb', 'trixie', 'ndb', 'Packages.db'],
    ['Berkeley DB', 'bullseye', 'bdb', 'Packages'],
  ])('%s', (_, suite, backend, file) => {
    const root = copyOf(debian(suite, ['rpm']))
    try {
      mkdirSync(join(root, 'tmp/build'))
      for (const { name, epoch, files } of specs) {
        const list = Array.from({ length: files }, (_, index) => `/usr/lib64/${name}-${index}.so`)
        const spec = [
          `Name: ${name}`,
          'Version: 1.2.3',
          'Release: 4.el9',
          ...(epoch === null ? [] : [`Epoch: ${epoch}`]),
          'Summary: x',
          'License: MIT',
          'BuildArch: noarch',
          'Requires: bash',
          '%description\nx\n%install\nmkdir -p %{buildroot}/usr/lib64',
          ...(files > 0
            ? [`for i in $(seq 0 ${files - 1}); do echo > %{buildroot}/usr/lib64/${name}-$i.so; done`]
            : []),
          '%files',
          ...list,
          '',
        ]
        writeFileSync(join(root, `tmp/build/${name}.spec`), spec.join('\n'))
        inside(root, `rpmbuild --define '_topdir /tmp/build' -bb /tmp/build/${name}.spec`)
      }
      const rpm = `rpm --define '_db_backend ${backend}' --dbpath /tmp/database`
      inside(root, `${rpm} --initdb`)
      const install = `${rpm} -i --nodeps --justdb --noscripts --ignoresize`
      inside(root, `${install} /tmp/build/RPMS/noarch/*.rpm`)
      // Something taken out and put back: free places in the file.
      inside(root, `${rpm} -e --nodeps --justdb --noscripts openssl-libs`)
      inside(root, `${install} /tmp/build/RPMS/noarch/openssl-libs*.rpm`)
      const format = '%{NAME} %|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE}\\n'
      const listed = inside(root, `${rpm} -qa --qf '${format}'`).trim().split('\n').sort()
      const { packages, problems } = readRpmDatabase(readFileSync(join(root, 'tmp/database', file)))
      expect(problems).toEqual([])
      // An epoch of zero is none.
      expect(packages.map(({ name, version }) => `${name} ${version}`).sort()).toEqual(
        listed.map(line => line.replace(' 0:', ' ')),
      )
      for (const { name, files } of packages) {
        if (name === 'tiny') continue
        const said = inside(root, `${rpm} -ql ${name}`).trim().split('\n').sort()
        expect([...files].sort()).toEqual(said)
      }
      const one = packages.find(({ name }) => name === 'openssl-libs')!
      expect(one.depends).toContain('bash')
      expect(one.origin).toBe('openssl-libs')
    } finally {
      rmSync(root, { recursive: true, force: true })
    }
  })
})
