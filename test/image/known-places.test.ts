/** What `dir:` and `host` find without --deep: every store and runtime of a system is in a known place. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { folderFacts } from '../../src/image/folder-facts.ts'
import { readTree } from '../../src/image/read-image.ts'
import { openImages } from '../../src/image/source.ts'
import { allRoots, rootDer } from '../../src/knowledge/roots.ts'
import { naming } from '../../src/read-images.ts'
import { buildImageModel } from '../../src/trust/model.ts'
import { trustReader } from '../../src/trust/reader.ts'
import { pemOf } from '../support/certificate.ts'

const pems = allRoots()
  .slice(0, 6)
  .map(({ index }) => pemOf(Buffer.from(rootDer(index))))
const bundle = pems.join('')
const elf = Buffer.concat([
  Buffer.from('\x7fELF\x02\x01\x01\0', 'latin1'),
  Buffer.from(`\0${pems.join('\0')}\0`),
])

const stores: Record<string, string | Buffer> = {
  'etc/ssl/certs/ca-certificates.crt': bundle,
  'etc/app/trust/0a1b2c3d.0': pems[0]!,
  'usr/lib/x86_64-linux-gnu/libnode.so.108': elf,
  'usr/lib/x86_64-linux-gnu/libnode.so.115.20.1': elf,
  'usr/local/bin/node': elf,
  'usr/lib/python3/dist-packages/botocore/cacert.pem': bundle,
  'usr/lib/python3/dist-packages/botocore/vendored/requests/cacert.pem': bundle,
  'usr/local/aws-cli/v2/2.15.0/dist/awscli/botocore/cacert.pem': bundle,
  'usr/lib/python3/dist-packages/httplib2/cacerts.txt': bundle,
  'usr/share/php/composer/ca-bundle/res/cacert.pem': bundle,
  'usr/lib/ruby/vendor_ruby/rubygems/ssl_certs/rubygems.org/GlobalSignRootCA.pem': pems[0]!,
  'opt/tool/cacert-2024-07-02.pem': bundle,
  'app/vendor/composer/ca-bundle/res/cacert.pem': bundle,
  'root/.local/lib/python3.12/site-packages/certifi/cacert.pem': bundle,
  'root/.nvm/versions/node/v20.19.0/bin/node': elf,
  'root/miniconda3/ssl/cacert.pem': bundle,
  'home/ann/.local/lib/python3.11/site-packages/certifi/cacert.pem': bundle,
  'home/ann/.local/share/virtualenvs/x-1/lib/python3.11/site-packages/pip/_vendor/certifi/cacert.pem': bundle,
  'home/ann/shop/.venv/lib/python3.11/site-packages/certifi/cacert.pem': bundle,
  'home/ann/venv/lib/python3.11/site-packages/requests/cacert.pem': bundle,
  'home/ann/.pyenv/versions/3.11.9/lib/python3.11/site-packages/pip/_vendor/certifi/cacert.pem': bundle,
  'home/bob/.nvm/versions/node/v22.1.0/bin/node': elf,
  'home/bob/.sdkman/candidates/java/21-tem/lib/security/own-truststore.pem': bundle,
  'home/bob/.config/.mono/certs/Trust/ski-1.cer': pems[1]!,
  'srv/site/venv/lib/python3.11/site-packages/certifi/cacert.pem': bundle,
}

/** What is no store of this system, and may be there a million times. */
const others: Record<string, string | Buffer> = {
  'home/ann/.local/share/containers/storage/overlay/x/diff/etc/ssl/certs/ca-certificates.crt': bundle,
  'home/ann/.cache/pip/certifi/cacert.pem': bundle,
  'home/ann/a/b/c/d/e/f/certifi/cacert.pem': bundle,
  'var/lib/docker/overlay2/x/diff/etc/ssl/certs/ca-certificates.crt': bundle,
}

const folder = mkdtempSync(join(tmpdir(), 'imgtrust-places-'))
afterAll(() => rmSync(folder, { recursive: true }))

function make(root: string, files: Record<string, string | Buffer>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(root, dirname(path)), { recursive: true })
    writeFileSync(join(root, path), content)
  }
}

async function storesOf(root: string, deep: boolean) {
  const [opened] = await openImages(`dir:${root}`, { reader: trustReader, deep })
  const { stores } = buildImageModel(opened!, await readTree(opened!, trustReader), naming)
  return stores.map(({ path, format, roots }) => `${path} ${format} ${roots.length}`)
}

describe('known places', () => {
  beforeAll(() => {
    // A hashed folder is one where something names it as such: c_rehash is not at hand everywhere.
    const { 'etc/app/trust/0a1b2c3d.0': _, ...plain } = stores
    make(join(folder, 'system'), plain)
    make(join(folder, 'more'), { ...plain, ...others })
  })

  it('hold the same stores as every file together', async () => {
    const known = await storesOf(join(folder, 'system'), false)
    expect(known).toEqual(await storesOf(join(folder, 'system'), true))
    // Two of them lie in a folder that is one store.
    expect(known).toHaveLength(Object.keys(stores).length - 1)
  })

  it('do not hold what is of other systems, of caches, or deep in a home', async () => {
    const known = await storesOf(join(folder, 'more'), false)
    expect(known).toEqual(await storesOf(join(folder, 'system'), true))
    expect((await storesOf(join(folder, 'more'), true)).length).toBe(
      known.length + Object.keys(others).length,
    )
  })

  it('the names of hashed folders are looked at', async () => {
    const root = join(folder, 'hashed')
    make(root, { 'etc/app/trust/0a1b2c3d.0': pems[0]! })
    const { entries } = await folderFacts(root, trustReader, {})
    const file = [...entries].find(({ path }) => path.endsWith('0a1b2c3d.0'))
    expect(file?.found).toHaveLength(1)
  })
})
