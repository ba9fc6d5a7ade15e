import { X509Certificate } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { overlay } from '../../src/image/overlay.ts'
import { names } from '../../src/questions/policy.ts'
import { accessTo } from '../../src/trust/access.ts'
import { buildImageModel } from '../../src/trust/model.ts'
import { makeCertificate } from '../support/certificate.ts'
import { treeOf } from '../support/tree.ts'

const naming = {
  rootName: () => null,
  endOfLife: () => null,
  match: () => ({ release: null, match: 'unknown' }) as const,
}

describe("what a root's own bytes say", () => {
  it.each([
    ['a root', { subject: 'Corp Root' }, true],
    ['a server certificate', { subject: 'example.com', ca: false }, false],
  ])('%s: as Node.js reads it', (_, sketch, ca) => {
    const { pem } = makeCertificate(sketch)
    const truth = new X509Certificate(pem)
    const tree = treeOf({ '/etc/ssl/cert.pem': pem })
    const model = buildImageModel(
      {
        kind: 'rootfs',
        source: 'test',
        reference: '',
        digest: null,
        platform: null,
        config: { user: null, env: {} },
        layers: [],
      },
      tree,
      naming,
    )
    const [root] = model.stores[0]!.roots
    expect(root?.certificate).toEqual({
      subject: truth.subject.replaceAll('\n', ', '),
      key: 'Ed25519',
      ca,
    })
    const fingerprint = truth.fingerprint.replaceAll(':', '').toLowerCase()
    const entry = { algorithm: 'sha1', fingerprint, comment: null, file: 'policy.yaml', line: 1 } as const
    expect(names(entry, root!)).toBe(true)
    expect(names({ ...entry, fingerprint: '0'.repeat(40) }, root!)).toBe(false)
    expect(truth.ca).toBe(ca)
  })
})

describe('who may write a store', () => {
  const entry = (path: string, mode: number, uid = 0, gid = 0, type: 'file' | 'dir' = 'file') => ({
    path,
    type,
    link: null,
    mode,
    uid,
    gid,
    size: 0,
    content: null,
    found: [],
  })
  const tree = overlay([
    {
      diffId: null,
      entries: [
        entry('etc/ssl/certs', 0o755, 0, 0, 'dir'),
        entry('etc/ssl/certs/a.0', 0o644),
        entry('etc/ssl/certs/b.0', 0o644),
        entry('etc/ssl/certs/c.0', 0o666, 1000),
      ],
      whiteouts: [],
      opaque: [],
    },
  ])

  it('is told of a file and the folder around it', () => {
    expect(accessTo(tree, '/etc/ssl/certs/a.0')).toEqual([
      { path: '/etc/ssl/certs/a.0', mode: 0o644, uid: 0, gid: 0 },
      { path: '/etc/ssl/certs', mode: 0o755, uid: 0, gid: 0 },
    ])
  })

  it('is told of a folder and of each kind of member once', () => {
    expect(accessTo(tree, '/etc/ssl/certs').map(({ path }) => path)).toEqual([
      '/etc/ssl/certs',
      '/etc/ssl/certs/a.0',
      '/etc/ssl/certs/c.0',
    ])
  })

  it('is not told where no layer names the folder', () => {
    expect(accessTo(tree, '/etc/ssl')).toEqual([{ path: '/etc/ssl/certs', mode: 0o755, uid: 0, gid: 0 }])
    expect(accessTo(tree, '/nowhere')).toEqual([])
  })
})
