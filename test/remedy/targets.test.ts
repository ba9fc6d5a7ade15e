/** What is chosen for each kind of system, and that it is proven on the model. */
import { describe, expect, it } from 'vitest'
import { dayStart } from '../../src/clock.ts'
import { judge } from '../../src/judge.ts'
import { rootByFingerprint } from '../../src/knowledge/roots.ts'
import type { ImageModel, Root, TrustStore } from '../../src/model.ts'
import { breakingOf, toRoot } from '../../src/questions/roots.ts'
import { applyToImage } from '../../src/remedy/apply.ts'
import { choose } from '../../src/remedy/choose.ts'
import { render } from '../../src/remedy/dialects/index.ts'
import type { Remedy } from '../../src/remedy/plan.ts'
import { traceDockerfile } from '../../src/trace/trace.ts'
import { store } from '../support/hand-made.ts'
import { fileView, imageFromSketch } from '../support/sketch.ts'

const addTrust = '687fa451382278fff0c8b11f8d43d576671c6eb2bceab413fb83d965d06d2ff2'
const userTrust = 'e793c9b02fd8aa13e21c31228accb08119643b749c898964b1746d46c3d4cbd2'
const day = dayStart('2020-05-31')
const known = (sha256: string): Root => toRoot(rootByFingerprint(sha256)!)

function withFiles(model: ImageModel, files: Readonly<Record<string, string>>): ImageModel {
  const view = fileView(new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)])))
  return {
    ...model,
    files: {
      exists: path => view.exists(path) || model.files.exists(path),
      read: path => view.read(path) ?? model.files.read(path),
      resolve: path => view.resolve(path) ?? model.files.resolve(path),
    },
  }
}

/** The removal of AddTrust from a store, and the model after it. */
function removal(model: ImageModel, path: string) {
  const candidates = choose({ kind: 'remove-roots', store: path, roots: [known(addTrust)] }, model, day)
  const [first] = candidates
  const after = first === undefined ? null : applyToImage(model, first.steps)
  const holds = after?.stores.some(each => breakingOf(each.roots, day).length > 0) ?? null
  const say = (dialect: 'shell' | 'ansible' | 'salt' | 'dockerfile') =>
    first === undefined ? null : render({ ...first, proven: true } as Remedy, dialect, model)
  return { candidates, first, after, holds, say }
}

const none = { first: undefined, holds: null }

describe('the RHEL family', () => {
  const path = '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem'
  const rhel = (id: string, version: string, more: Partial<ImageModel> = {}) =>
    withFiles(
      {
        ...imageFromSketch({
          distribution: { id, version },
          stores: [{ path, release: 'alpine/base 3.8.5' }],
        }),
        ...more,
      },
      { '/usr/bin/update-ca-trust': '' },
    )
  const p11 = (version: string) => ({
    packages: [{ name: 'p11-kit-trust', version, manager: 'rpm' as const }],
  })

  it.each([
    ['rhel', '7.9', 'blacklist'],
    ['centos', '8', 'blacklist'],
    ['rocky', '9.3', 'blocklist'],
    ['almalinux', '10', 'blocklist'],
    ['fedora', '34', 'blacklist'],
    ['fedora', '40', 'blocklist'],
    ['amzn', '2', 'blacklist'],
    ['amzn', '2023', 'blocklist'],
  ])('%s %s: into the %3$s', (id, version, folder) => {
    const { holds, say } = removal(rhel(id, version), path)
    expect(holds).toBe(false)
    expect(say('shell')).toMatch(
      new RegExp(
        `^printf '%s\\\\n' '-----BEGIN CERTIFICATE-----' MII.* > /etc/pki/ca-trust/source/${folder}/AddTrust_External_Root.pem && update-ca-trust$`,
      ),
    )
    expect(say('dockerfile')).toBe(`RUN ${say('shell')}`)
  })

  it('goes by the package, then by the folder that is there, before it goes by the release', () => {
    const line = (model: ImageModel) => /source\/(\w+)\//.exec(removal(model, path).say('shell') ?? '')?.[1]
    expect(line(rhel('rhel', '8', p11('0.23.22-1.el8')))).toBe('blacklist')
    expect(line(rhel('rhel', '8', p11('0.25.3-2.el9')))).toBe('blocklist')
    const folder = { '/etc/pki/ca-trust/source/blocklist': '' }
    expect(line(withFiles(rhel('fedora', '34'), folder))).toBe('blocklist')
    const both = { ...folder, '/etc/pki/ca-trust/source/blacklist': '' }
    expect(line(withFiles(rhel('fedora', '34'), both))).toBe('blacklist')
    expect(line(withFiles(rhel('fedora', '34', p11('0.24.0-2.fc34')), both))).toBe('blocklist')
  })

  it('mends every store that the tool makes', () => {
    const model = rhel('rocky', '9')
    const java: TrustStore = {
      ...model.stores[0]!,
      path: '/etc/pki/ca-trust/extracted/java/cacerts',
      format: 'jks',
    }
    expect(removal({ ...model, stores: [...model.stores, java] }, path).holds).toBe(false)
  })

  it('has none for a certificate that nobody knows, or without the tool', () => {
    const model = rhel('rocky', '9')
    const own = { ...known(addTrust), sha256: '0'.repeat(64) }
    expect(choose({ kind: 'remove-roots', store: path, roots: [own] }, model, day)).toEqual([])
    const bare = imageFromSketch({
      distribution: { id: 'rocky', version: '9' },
      stores: [{ path, release: 'alpine/base 3.8.5' }],
    })
    expect(removal(bare, path)).toMatchObject(none)
  })
})

describe('Java', () => {
  const path = '/opt/java/lib/security/cacerts'
  const java = (alias?: string, at = path, files: Readonly<Record<string, string>> = {}) => {
    const model = imageFromSketch({
      distribution: { id: 'ubuntu', version: '20.04' },
      stores: [{ path: at, release: 'alpine/base 3.8.5' }],
    })
    const [found] = model.stores
    const roots = found!.roots.map(root =>
      root.sha256 === addTrust && alias !== undefined ? { ...root, alias } : root,
    )
    const stores: TrustStore[] = [{ ...found!, format: 'jks', roots }]
    return withFiles({ ...model, stores }, { '/opt/java/bin/keytool': '', ...files })
  }

  it.each([
    ['addtrustexternalca [jdk]', "'addtrustexternalca [jdk]'"],
    ['debian:addtrust_external_root.pem', 'debian:addtrust_external_root.pem'],
    ['addtrustexternalca', 'addtrustexternalca'],
  ])('takes the entry %j out', (alias, word) => {
    const { holds, say } = removal(java(alias), path)
    expect(holds).toBe(false)
    expect(say('shell')).toBe(
      `/opt/java/bin/keytool -delete -alias ${word} -keystore ${path} -storepass changeit`,
    )
    expect(say('salt')).toContain('onlyif')
    expect(say('ansible')).toContain("'does not exist'")
  })

  it.each(['a b', '-x', "a'b", 'a;id', 'a\nb', '$(id)'])('has none for the entry %j', alias => {
    expect(removal(java(alias), path)).toMatchObject(none)
  })

  it('has none where the entry has no name, or where there is no keytool', () => {
    expect(removal(java(), path)).toMatchObject(none)
    expect(removal(java('a', '/srv/app/cacerts'), '/srv/app/cacerts')).toMatchObject(none)
  })

  it("knows the names of Debian's hook, and takes the keytool of the path", () => {
    const debian = '/etc/ssl/certs/java/cacerts'
    const { holds, say } = removal(java(undefined, debian, { '/usr/bin/keytool': '' }), debian)
    expect(holds).toBe(false)
    expect(say('shell')).toMatch(/^keytool -delete -alias debian:addtrust_external_root\.pem /)
  })
})

describe("Python's certifi", () => {
  const at = (prefix: string, version: string, part = 'certifi') =>
    `${prefix}/lib/python${version}/site-packages/${part}/cacert.pem`
  const python = (prefix: string, version: string, path: string, files = {}) =>
    withFiles(
      imageFromSketch({
        distribution: { id: 'debian', version: '10' },
        stores: [{ path, release: 'certifi 2019.11.28' }],
      }),
      {
        [`${prefix}/bin/python${version}`]: '',
        [`${prefix}/lib/python${version}/site-packages/pip`]: '',
        ...files,
      },
    )

  it.each(['/usr/local', '/opt/venv', '/app/.venv'])('below %s: newer by pip', prefix => {
    const path = at(prefix, '3.9')
    const { holds, say } = removal(python(prefix, '3.9', path), path)
    if (prefix === '/app/.venv') {
      // A segment that begins with a dot is not a safe name.
      expect(say('shell')).toBeNull()
      return
    }
    expect(holds).toBe(false)
    expect(say('shell')).toBe(`${prefix}/bin/python3.9 -m pip install --no-cache-dir --upgrade certifi`)
  })

  it('of an older Python, and inside pip, is not proven', () => {
    const old = at('/usr/local', '3.6')
    expect(removal(python('/usr/local', '3.6', old), old).after).toBeNull()
    const pip = at('/usr/local', '3.9', 'pip/_vendor/certifi')
    const inside = removal(python('/usr/local', '3.9', pip), pip)
    expect(inside.after).toBeNull()
    expect(inside.say('shell')).toMatch(/--upgrade pip$/)
  })

  it('leaves what another program manages', () => {
    const path = at('/usr/local', '3.12')
    const managed = { '/usr/local/lib/python3.12/EXTERNALLY-MANAGED': '' }
    const { say } = removal(python('/usr/local', '3.12', path, managed), path)
    expect(say('shell') ?? '').not.toContain('pip')
  })
})

describe('macOS', () => {
  const path = '/private/etc/ssl/cert.pem'
  const sketch = imageFromSketch({
    distribution: { id: 'alpine', version: '3.8.5' },
    stores: [{ path, release: 'alpine/base 3.8.5' }],
  })
  const mac: ImageModel = { ...sketch, kind: 'host', distribution: null, platform: null }
  const marker = { '/System/Library/CoreServices/SystemVersion.plist': '' }

  it.each<[string, ImageModel]>([
    ['its own file', withFiles(mac, marker)],
    ['its platform', { ...mac, platform: 'darwin/arm64' }],
  ])("is told by %s, keeps a copy and speaks BSD's sed", (_, model) => {
    const { holds, say, first } = removal(model, path)
    expect(holds).toBe(false)
    expect(say('shell')).toMatch(
      /^test -e \S+\.orig \|\| cp -p \S+cert\.pem \S+\.orig && sed -i '' -e .* \/private\/etc\/ssl\/cert\.pem$/,
    )
    expect(say('dockerfile')).toBeNull()
    expect(first?.summary).toMatch(/; then restart what still runs with the old store$/)
  })
})

describe('roots inside a program', () => {
  it('leave it by a newer program alone', () => {
    const model = imageFromSketch({
      distribution: { id: 'debian', version: '12' },
      stores: [{ path: '/usr/local/bin/node', release: 'alpine/base 3.8.5' }],
    })
    const stores = model.stores.map(each => ({ ...each, format: 'embedded' as const }))
    expect(removal({ ...model, stores }, '/usr/local/bin/node')).toMatchObject(none)
  })
})

describe('Alpine up to 3.11 with the package beside the base image', () => {
  const bundle = '/etc/ssl/certs/ca-certificates.crt'
  const plain = '/etc/ssl/cert.pem'
  const alpine = imageFromSketch({
    distribution: { id: 'alpine', version: '3.8.5' },
    stores: [
      { path: plain, release: 'alpine/base 3.8.5', consumers: ['busybox wget'] },
      { path: bundle, release: 'alpine/base 3.8.5', consumers: ['curl'] },
    ],
    packages: [{ name: 'ca-certificates', version: '20190108-r0' }],
  })

  it('mends both stores by making cert.pem a link', () => {
    const { holds, after, say } = removal(alpine, plain)
    expect(holds).toBe(false)
    expect(after?.stores).toMatchObject([
      { path: bundle, aliases: [plain], consumers: ['busybox wget', 'curl'] },
    ])
    expect(say('dockerfile')).toBe(
      `RUN sed -i "/AddTrust_External_Root.crt/d" /etc/ca-certificates.conf && update-ca-certificates -f -v && ln -sf ${bundle} ${plain}`,
    )
  })

  it('is the link alone where the tool has mended its bundle before', () => {
    const stores = alpine.stores.map(each =>
      each.path === bundle
        ? { ...each, roots: each.roots.filter(({ sha256 }) => sha256 !== addTrust) }
        : each,
    )
    const { holds, say } = removal({ ...alpine, stores }, plain)
    expect(holds).toBe(false)
    expect(say('shell')).toBe(`ln -sf ${bundle} ${plain}`)
  })
})

describe("Debian's folder and bundle", () => {
  it('are mended by one remedy, and each finding knows it', async () => {
    const sketch = imageFromSketch({
      distribution: { id: 'debian', version: '9' },
      stores: [
        {
          path: '/etc/ssl/certs/ca-certificates.crt',
          release: 'debian/ca-certificates 20161130+nmu1+deb9u1',
          consumers: ['curl'],
        },
      ],
      clients: [
        { program: 'curl', library: 'OpenSSL', libraryVersion: '1.0.2u-1~deb9u4', build: 'debian' },
        { program: 'git', library: 'GnuTLS', libraryVersion: '3.5.8-5+deb9u4', build: 'debian' },
      ],
      packages: [{ name: 'ca-certificates', version: '20161130+nmu1+deb9u1' }],
    })
    const folder: TrustStore = {
      ...sketch.stores[0]!,
      path: '/etc/ssl/certs',
      format: 'hashed-dir',
      consumers: ['git'],
    }
    const model = { ...sketch, stores: [...sketch.stores, folder] }
    const findings = await judge(model, { at: day, expiringWithin: 0 })
    const errors = findings.filter(({ severity }) => severity === 'error')
    expect(errors.map(({ location }) => location.path)).toEqual([
      '/etc/ssl/certs',
      '/etc/ssl/certs/ca-certificates.crt',
    ])
    const lines = errors.map(({ remedy, alternatives }) => {
      const removal = [remedy!, ...alternatives].find(({ steps }) =>
        steps.some(({ kind }) => kind === 'conf-delete'),
      )
      expect(removal?.proven).toBe(true)
      const after = applyToImage(model, removal!.steps)
      expect(after?.stores.flatMap(({ roots }) => breakingOf(roots, day))).toEqual([])
      return render(removal!, 'shell', model)
    })
    expect(new Set(lines).size).toBe(1)
  })
})

describe('a root that is still needed', () => {
  const path = '/etc/ssl/certs/ca-certificates.crt'
  const lacking = (version: string, gone: string, more: Partial<ImageModel> = {}) => {
    const model = imageFromSketch({
      distribution: { id: 'debian', version },
      stores: [{ path, release: 'debian/ca-certificates 20161130+nmu1+deb9u1', consumers: ['curl'] }],
      clients: [{ program: 'curl', library: 'OpenSSL', libraryVersion: '1.0.2u-1~deb9u4', build: 'debian' }],
      packages: [{ name: 'ca-certificates', version: '20161130+nmu1+deb9u1' }],
    })
    const stores = model.stores.map(each => ({
      ...each,
      roots: each.roots.filter(({ sha256 }) => sha256 !== gone),
    }))
    return { ...model, stores, ...more }
  }

  it('is told, and the removal alone is never proven', async () => {
    const model = lacking('9', userTrust)
    const { candidates } = removal(model, path)
    expect(candidates).toHaveLength(1)
    expect(candidates[0]).toMatchObject({ fixable: false, doubt: expect.any(String) })
    expect(candidates[0]?.summary).toContain(
      'but USERTrust RSA Certification Authority is not there either, and until the store holds it servers that stand on it are refused all the same',
    )
    const findings = await judge(model, { at: day, expiringWithin: 0 })
    const found = findings.find(({ rule }) => rule === 'expired-root')
    const shown = [found!.remedy!, ...found!.alternatives]
    expect(
      shown.filter(({ proven, steps }) => proven && steps.some(({ kind }) => kind === 'run-tool')),
    ).toEqual([])
  })

  it('comes with its successor where the newest package of the line brings it', () => {
    const model = lacking('12', userTrust)
    const { candidates, holds, after } = removal(model, path)
    expect(candidates[0]?.summary).toMatch(
      /^Upgrade ca-certificates, which brings USERTrust RSA Certification Authority, then take AddTrust External Root out of /,
    )
    expect(candidates[0]?.steps.map(({ kind }) => kind)).toEqual([
      'install-package',
      'conf-delete',
      'run-tool',
    ])
    expect(candidates[0]).not.toHaveProperty('doubt')
    expect(holds).toBe(false)
    expect(after?.stores[0]?.roots.some(({ sha256 }) => sha256 === userTrust)).toBe(true)
    expect(candidates[1]).toHaveProperty('doubt')
  })

  it('is one that is in date itself', () => {
    const model = lacking('9', '')
    const [candidate] = choose({ kind: 'remove-roots', store: path, roots: [known(userTrust)] }, model, day)
    expect(candidate?.summary).toContain(
      'but it is still trusted and in date: servers that stand on it will be refused',
    )
    expect(candidate).toMatchObject({ fixable: false })
    expect(candidate).not.toHaveProperty('doubt')
  })

  it('needs nothing more where both are there', () => {
    const [candidate] = removal(lacking('9', ''), path).candidates
    expect(candidate).not.toHaveProperty('doubt')
    expect(candidate?.summary).not.toContain('but ')
  })
})

describe('a check that was switched off where no store is', () => {
  const at = dayStart('2026-08-16')
  const remediesOf = async (text: string) => {
    const trace = (changed: string) => traceDockerfile(changed, { file: 'Dockerfile', context: null })
    const model = trace(text)
    const findings = await judge(model, { at, expiringWithin: 0, prove: { retrace: trace } })
    const found = findings.find(({ rule }) => rule === 'tls-verification-disabled')
    return [found?.remedy, ...(found?.alternatives ?? [])].flatMap(remedy =>
      remedy == null ? [] : [{ ...remedy, text: render(remedy, 'dockerfile', model) }],
    )
  }

  it('comes on again together with a store', async () => {
    const remedies = await remediesOf(
      'FROM debian:trixie-slim\nRUN apt-get update && apt-get install -y --no-install-recommends curl\nRUN curl -ksSO https://example.com/a\nCMD ["a"]\n',
    )
    expect(remedies.map(({ proven, text }) => [proven, text])).toEqual([
      [
        true,
        'RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*\nRUN curl -sSO https://example.com/a',
      ],
    ])
    expect(remedies[0]?.summary).toMatch(/^Install ca-certificates, and take .* away/)
  })

  it('needs no store where one is', async () => {
    const remedies = await remediesOf(
      'FROM debian:trixie-slim\nRUN apt-get update && apt-get install -y ca-certificates curl\nRUN curl -ksSO https://example.com/a\n',
    )
    expect(remedies.map(({ text }) => text)).toEqual(['RUN curl -sSO https://example.com/a'])
  })
})

describe('what an image holds that was made by hand', () => {
  it('is mended by the file itself', () => {
    const model = imageFromSketch({
      distribution: { id: 'alpine', version: '3.8.5' },
      stores: [{ path: '/srv/app/roots.pem', release: 'alpine/base 3.8.5' }],
    })
    expect(removal(model, '/srv/app/roots.pem').say('shell')).toMatch(/^sed -i -e .* \/srv\/app\/roots\.pem$/)
    expect(removal({ ...model, stores: [store('/a b.pem', [known(addTrust)])] }, '/a b.pem')).toMatchObject(
      none,
    )
  })
})
