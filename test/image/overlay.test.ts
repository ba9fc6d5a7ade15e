import { describe, expect, it } from 'vitest'
import { overlay } from '../../src/image/overlay.ts'
import { factsOf, textAt, treeOfLayers } from '../support/gather.ts'
import { layerTar, packTar } from '../support/image.ts'

describe('whiteouts', () => {
  it('take a file away that a lower layer has', async () => {
    const tree = await treeOfLayers({ 'a/x': '1', 'a/y': '2' }, { 'a/x': { whiteout: true } })
    expect(tree.exists('/a/x')).toBe(false)
    expect(tree.list('/a')).toEqual(['y'])
  })

  it('take a folder away with all in it', async () => {
    const tree = await treeOfLayers({ 'a/b/c': '1' }, { a: { whiteout: true } })
    expect(tree.exists('/a/b/c')).toBe(false)
    expect(tree.list('/')).toEqual([])
  })

  it.each([
    [
      'before',
      [
        ['a/x', { whiteout: true }],
        ['a/x', 'new'],
      ],
    ],
    [
      'after',
      [
        ['a/x', 'new'],
        ['a/x', { whiteout: true }],
      ],
    ],
  ] as const)('leave what their own layer brings, standing %s it', async (_, files) => {
    const tree = await treeOfLayers({ 'a/x': 'old' }, files)
    expect(textAt(tree, '/a/x')).toBe('new')
  })

  it('of what is not there change nothing', async () => {
    const tree = await treeOfLayers({ f: '1' }, { 'no/such': { whiteout: true } })
    expect(tree.exists('/f')).toBe(true)
    expect(tree.exists('/no/such')).toBe(false)
  })

  it('of a link take the link, not its target', async () => {
    const tree = await treeOfLayers({ t: '1', l: { link: 't' } }, { l: { whiteout: true } })
    expect(tree.exists('/l')).toBe(false)
    expect(textAt(tree, '/t')).toBe('1')
  })

  it('a later layer may bring the path back', async () => {
    const tree = await treeOfLayers({ x: '1' }, { x: { whiteout: true } }, { x: '3' })
    expect(tree.file('/x')).toMatchObject({ layer: 2 })
  })

  it('of AUFS itself are no files', async () => {
    const tree = await treeOfLayers({ '.wh..wh.plnk/1.2': 'x', '.wh..wh.aufs': '', f: '1' })
    expect(tree.list('/')).toEqual(['f'])
  })
})

describe('opaque folders', () => {
  it('hide what lower layers have in them', async () => {
    const tree = await treeOfLayers({ 'a/x': '1', 'a/d/y': '2' }, { a: { opaque: true }, 'a/z': '3' })
    expect(tree.list('/a')).toEqual(['z'])
  })

  it.each([
    [
      'first',
      [
        ['a', { opaque: true }],
        ['a/z', '3'],
      ],
    ],
    [
      'last',
      [
        ['a/z', '3'],
        ['a', { opaque: true }],
      ],
    ],
  ] as const)('keep what their own layer brings, the mark standing %s', async (_, files) => {
    expect((await treeOfLayers({ 'a/x': '1' }, files)).list('/a')).toEqual(['z'])
  })

  it('may be the root', async () => {
    expect((await treeOfLayers({ x: '1' }, { '': { opaque: true }, y: '2' })).list('/')).toEqual(['y'])
  })

  it('over a file make a folder', async () => {
    const tree = await treeOfLayers({ a: 'file' }, { a: { opaque: true } })
    expect(tree.list('/a')).toEqual([])
  })
})

describe('what replaces what', () => {
  it('a file over a folder hides all that was in it', async () => {
    const tree = await treeOfLayers({ 'a/b/c': '1' }, { a: 'file' })
    expect(textAt(tree, '/a')).toBe('file')
    expect(tree.exists('/a/b/c')).toBe(false)
  })

  it('a folder over a file', async () => {
    const tree = await treeOfLayers({ a: 'file' }, { 'a/b': '1' })
    expect(tree.file('/a')).toBeNull()
    expect(textAt(tree, '/a/b')).toBe('1')
  })

  it('a folder over a folder joins it', async () => {
    const tree = await treeOfLayers({ 'a/x': '1' }, { a: { dir: true, mode: 0o700 }, 'a/y': '2' })
    expect(tree.list('/a')).toEqual(['x', 'y'])
  })

  it('a folder over a link hides the link, not its target', async () => {
    // overlay2 and containerd unpack a layer without those below: bin becomes a folder of its own.
    const tree = await treeOfLayers({ 'usr/bin/sh': '1', bin: { link: 'usr/bin' } }, { 'bin/x': '2' })
    expect(tree.list('/bin')).toEqual(['x'])
    expect(tree.list('/usr/bin')).toEqual(['sh'])
  })

  it('a link over a folder', async () => {
    const tree = await treeOfLayers({ 'a/x': '1', 'b/y': '2' }, { a: { link: 'b' } })
    expect(tree.resolve('/a/y')).toBe('/b/y')
    expect(tree.exists('/a/x')).toBe(false)
  })

  it('a device over a file', async () => {
    const tree = await treeOfLayers({ f: '1' }, { f: { device: 'character-device' } })
    expect(tree.exists('/f')).toBe(true)
    expect(tree.file('/f')).toBeNull()
  })

  it('the last of equal paths in one layer', async () => {
    const tree = await treeOfLayers([
      ['f', '1'],
      ['g', ''],
      ['f', '2'],
    ])
    expect(textAt(tree, '/f')).toBe('2')
  })

  it('a link after a folder of the same layer, then files through it', async () => {
    const tree = await treeOfLayers([
      ['a/lost', '1'],
      ['b/kept', '2'],
      ['a', { link: 'b' }],
      ['a/new', '3'],
    ])
    expect(tree.list('/b')).toEqual(['kept', 'new'])
    expect(tree.exists('/a/lost')).toBe(false)
  })
})

describe('hard links', () => {
  it('share the file of their own layer', async () => {
    const tree = await treeOfLayers({ a: 'text', b: { hardlink: 'a' }, 'c/d': { hardlink: './b' } })
    expect(textAt(tree, '/c/d')).toBe('text')
    expect([...tree.files()].map(file => file.path)).toEqual(['/a', '/b', '/c/d'])
  })

  it('share the file of a lower layer, and say which brought it', async () => {
    const tree = await treeOfLayers({ a: 'text' }, { b: { hardlink: 'a' } })
    expect(tree.file('/b')).toMatchObject({ layer: 0, path: '/b' })
  })

  it('keep the content when the other name is replaced or taken away', async () => {
    const tree = await treeOfLayers(
      { a: 'old', b: { hardlink: 'a' } },
      { a: 'new' },
      { a: { whiteout: true } },
    )
    expect(textAt(tree, '/b')).toBe('old')
    expect(tree.exists('/a')).toBe(false)
  })

  it('go to a file that the same layer whites out', async () => {
    const tree = await treeOfLayers({ a: 'text' }, { a: { whiteout: true }, b: { hardlink: 'a' } })
    expect(textAt(tree, '/b')).toBe('text')
  })

  it('to nowhere, or to a folder, are unknown', async () => {
    const tree = await treeOfLayers({ d: { dir: true }, a: { hardlink: 'no/such' }, b: { hardlink: 'd' } })
    expect(tree.exists('/a')).toBe(false)
    expect(tree.unknowns.map(one => one.what)).toEqual(['/a', '/b'])
  })

  it('of a link are that link', async () => {
    const tree = await treeOfLayers({ t: '1', l: { link: 't' }, m: { hardlink: 'l' } })
    expect(tree.resolve('/m')).toBe('/t')
  })
})

describe('symbolic links', () => {
  it('resolve inside the root, absolute and relative', async () => {
    const tree = await treeOfLayers({
      'usr/lib/x': '1',
      lib: { link: 'usr/lib' },
      'etc/abs': { link: '/lib/x' },
      'etc/up': { link: '../../../../lib/x' },
    })
    for (const path of ['/lib/x', 'lib/x', '/etc/abs', '/etc/up', '/etc/../lib/./x', '/../usr/lib/x']) {
      expect(tree.resolve(path)).toBe('/usr/lib/x')
    }
  })

  it('in a chain, over layers', async () => {
    const tree = await treeOfLayers({ a: { link: 'b' } }, { b: { link: 'c' } }, { c: 'end' })
    expect(tree.resolve('/a')).toBe('/c')
    expect([...tree.links()]).toEqual([
      { path: '/a', target: '/c' },
      { path: '/b', target: '/c' },
    ])
  })

  it('that loop or are dead lead nowhere', async () => {
    const tree = await treeOfLayers({
      a: { link: 'b' },
      b: { link: 'a' },
      self: { link: 'self/x' },
      dead: { link: 'no' },
    })
    for (const path of ['/a', '/b', '/self', '/dead', '/a/x']) expect(tree.resolve(path)).toBeNull()
    expect([...tree.links()].every(link => link.target === null)).toBe(true)
  })

  it.each([
    [40, true],
    [41, false],
  ])('%i in a chain: found %s, as Linux does', async (count, found) => {
    const files = Object.fromEntries(
      Array.from({ length: count }, (_, i) => [`l${i}`, { link: `l${i + 1}` }]),
    )
    const tree = await treeOfLayers({ ...files, [`l${count}`]: 'end' })
    expect(tree.exists('/l0')).toBe(found)
  })

  it('to a file are no folder', async () => {
    const tree = await treeOfLayers({ f: '1', l: { link: 'f' } })
    expect(tree.exists('/l/x')).toBe(false)
    expect(tree.exists('/f/..')).toBe(false)
    expect(tree.list('/l')).toBeNull()
  })

  it('in an entry\u2019s path are followed within its layer, never out of the root', async () => {
    const tree = await treeOfLayers([
      ['real/x', '1'],
      ['way', { link: '../../real' }],
      ['way/y', '2'],
      ['out', { link: '/no/folder/yet' }],
      ['out/z', '3'],
    ])
    expect(tree.list('/real')).toEqual(['x', 'y'])
    expect(textAt(tree, '/no/folder/yet/z')).toBe('3')
  })

  it('in a loop make the entries behind them unknown', async () => {
    const tree = await treeOfLayers([
      ['a', { link: 'a' }],
      ['a/x', '1'],
      ['f', ''],
      ['f/x', '2'],
    ])
    expect(tree.unknowns.map(one => one.what)).toEqual(['/a/x', '/f/x'])
  })

  it('that become folders of their own layer lead nowhere else from then on', async () => {
    const tree = await treeOfLayers([
      ['a/l', { link: '.' }],
      ['a/l/x', '1'],
      ['a/l/l', { dir: true }],
      ['a/l/y', '2'],
      ['f', ''],
      ['f/b/x', '3'],
      ['f', { dir: true }],
      ['f/b/y', '4'],
    ])
    expect(tree.list('/a')).toEqual(['l', 'x'])
    expect(textAt(tree, '/a/l/y')).toBe('2')
    expect(tree.unknowns.map(one => one.what)).toEqual(['/f/b/x'])
    expect(textAt(tree, '/f/b/y')).toBe('4')
  })

  it('that go down and up again see what lies above as it is', async () => {
    const tree = await treeOfLayers([
      ['a/k', { link: '../m' }],
      ['a/c', 'replaced, and all in it'],
      ['a/c', { dir: true }],
      ['way', { link: 'a/c/.././k' }],
      ['way/x', '1'],
    ])
    expect(textAt(tree, '/m/x')).toBe('1')
  })
})

describe('paths', () => {
  it('never leave the root', async () => {
    const tar = await packTar([
      [{ name: '../../up' }, '1'],
      [{ name: '/abs' }, '2'],
      [{ name: './dot//x' }, '3'],
      [{ name: 'a/../../b' }, '4'],
    ])
    const tree = overlay([await factsOf(tar)])
    expect(tree.list('/')).toEqual(['abs', 'b', 'dot', 'up'])
    expect(textAt(tree, '/dot/x')).toBe('3')
  })

  it('named like parts of JavaScript are names', async () => {
    const tree = await treeOfLayers({ '__proto__/constructor': '1', toString: '2' })
    expect(tree.list('/')).toEqual(['__proto__', 'toString'])
    expect(tree.exists('/hasOwnProperty')).toBe(false)
  })

  it('two thousand names deep are laid over each other', async () => {
    const deep = Array.from({ length: 2000 }, () => 'd').join('/')
    const tree = await treeOfLayers({ [`${deep}/a`]: '1' }, { [`${deep}/b`]: '2' })
    expect(tree.list(`/${deep}`)).toEqual(['a', 'b'])
  })
})

describe('a file says', () => {
  it('mode, owner, size and the layer of its content', async () => {
    const tar = await layerTar({ f: { file: 'text', mode: 0o640, uid: 7, gid: 8 } })
    const tree = overlay([await factsOf(tar)])
    expect(tree.file('/f')).toMatchObject({ path: '/f', mode: 0o640, uid: 7, gid: 8, size: 4, layer: 0 })
  })

  it('the same, the layers merged or split', async () => {
    const one = await treeOfLayers({ a: '1', 'd/b': '2', l: { link: 'd' } })
    const two = await treeOfLayers(
      { a: '0', l: { link: 'x' } },
      { a: '1' },
      { 'd/b': '2' },
      { l: { link: 'd' } },
    )
    const paths = (tree: typeof one) =>
      [...tree.files()].map(file => [file.path, Buffer.from(file.content!).toString()])
    expect(paths(two)).toEqual(paths(one))
    expect([...two.links()]).toEqual([...one.links()])
  })
})
