import { spawn } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { Cache } from '../../src/cache/cache.ts'
import { makePrivate, userCacheFolder } from '../../src/cache/private-folder.ts'

const folder = mkdtempSync(join(tmpdir(), 'imgtrust-cache-'))
afterAll(() => rmSync(folder, { recursive: true }))

let number = 0
let path: string
beforeEach(() => {
  path = join(folder, `cache-${number++}`, 'images')
})
const files = () => readdirSync(path).map(name => join(path, name))
const bytes = (text: string) => Buffer.from(text)

describe('what is kept', () => {
  it('is read by its key, in another process’s eyes too', () => {
    new Cache(path).write('one', [bytes('first '), bytes('second')])
    expect(new Cache(path).read('one')?.toString()).toBe('first second')
    expect(new Cache(path).read('two')).toBeNull()
  })

  it('can be empty', () => {
    new Cache(path).write('one', [])
    expect(new Cache(path).read('one')).toHaveLength(0)
  })

  it.each<[string, (file: string) => void]>([
    ['cut', file => writeFileSync(file, readFileSync(file).subarray(0, 40))],
    ['empty', file => writeFileSync(file, '')],
    ['longer', file => writeFileSync(file, 'x', { flag: 'a' })],
    [
      'one bit otherwise',
      file => {
        const content = readFileSync(file)
        content[content.length - 3]! ^= 1
        writeFileSync(file, content)
      },
    ],
  ])('is gone where it is %s', (_, spoil) => {
    new Cache(path).write('one', [bytes('some text that is long enough')])
    for (const file of files()) spoil(file)
    expect(new Cache(path).read('one')).toBeNull()
    expect(files()).toEqual([])
  })

  it('is not taken for another key’s', () => {
    const cache = new Cache(path)
    cache.write('one', [bytes('1')])
    const [one = ''] = files()
    cache.write('two', [bytes('2')])
    const two = files().find(file => file !== one)!
    writeFileSync(two, readFileSync(one))
    expect(cache.read('two')).toBeNull()
    expect(cache.read('one')?.toString()).toBe('1')
  })

  it('is the last one written', () => {
    const cache = new Cache(path)
    for (const text of ['a', 'b', 'c']) cache.write('one', [bytes(text)])
    expect(cache.read('one')?.toString()).toBe('c')
    expect(files()).toHaveLength(1)
  })
})

describe('the limit', () => {
  const limit = 10_000
  const kilobyte = Buffer.alloc(1000, 'x')
  const age = (cache: Cache, key: string, seconds: number) => {
    const before = new Set(files())
    cache.write(key, [kilobyte])
    const file = files().find(each => !before.has(each))!
    utimesSync(file, seconds, seconds)
  }

  it('is kept by taking away what was not used for longest', () => {
    const cache = new Cache(path, limit)
    mkdirSync(resolve(path), { recursive: true, mode: 0o700 })
    for (let n = 0; n < 9; n++) age(cache, `key ${n}`, 1_000_000 + n)
    expect(cache.read('key 0')).not.toBeNull() // used now
    cache.write('new', [kilobyte])
    expect(cache.status().bytes).toBeLessThanOrEqual(limit)
    expect(cache.read('key 1')).toBeNull()
    expect(cache.read('key 0')).not.toBeNull()
    expect(cache.read('new')).not.toBeNull()
  })

  it('holds where times lie in the future: the answer is right, whatever goes', () => {
    const cache = new Cache(path, limit)
    mkdirSync(resolve(path), { recursive: true, mode: 0o700 })
    for (let n = 0; n < 9; n++) age(cache, `key ${n}`, 9_000_000_000 - n)
    for (let n = 0; n < 9; n++) expect(cache.read(`key ${n}`)).toEqual(kilobyte)
    for (let n = 9; n < 30; n++) cache.write(`key ${n}`, [kilobyte])
    expect(cache.status().bytes).toBeLessThanOrEqual(limit)
    for (let n = 0; n < 30; n++) expect([null, kilobyte]).toContainEqual(cache.read(`key ${n}`))
  })

  it('keeps out what is larger than all of it', () => {
    const cache = new Cache(path, limit)
    cache.write('large', [Buffer.alloc(limit)])
    expect(cache.status()).toEqual({ path, entries: 0, bytes: 0, limit })
  })
})

describe('the folder', () => {
  it('is the user’s alone', () => {
    new Cache(path).write('one', [bytes('1')])
    expect(statSync(path).mode & 0o777).toBe(0o700)
    expect(statSync(files()[0]!).mode & 0o777).toBe(0o600)
  })

  it('is not used where others may write it', () => {
    new Cache(path).write('one', [bytes('1')])
    chmodSync(path, 0o777)
    const cache = new Cache(path)
    expect(cache.read('one')).toBeNull()
    cache.write('two', [bytes('2')])
    expect(files()).toHaveLength(1)
  })

  it('is not a link', () => {
    mkdirSync(resolve(path, '..'), { recursive: true })
    symlinkSync(tmpdir(), path)
    expect(makePrivate(path)).toBe(false)
  })

  it('may be one that nobody can make: then nothing is kept', () => {
    for (const none of ['/proc/none/imgtrust/images', '/dev/null/imgtrust/images']) {
      const cache = new Cache(none)
      cache.write('one', [bytes('1')])
      expect(cache.read('one')).toBeNull()
      expect(cache.clear().entries).toBe(0)
    }
  })

  it('is taken away with its drafts, and nothing else', () => {
    const cache = new Cache(path)
    cache.write('one', [bytes('1')])
    writeFileSync(`${files()[0]}.99.0.draft`, 'half')
    writeFileSync(join(path, 'somebody-elses.txt'), 'kept')
    expect(cache.clear().entries).toBe(2)
    expect(readdirSync(path)).toEqual(['somebody-elses.txt'])
  })

  it('lies where XDG says, if that is absolute', () => {
    expect(userCacheFolder({ XDG_CACHE_HOME: '/somewhere' })).toBe('/somewhere/imgtrust')
    expect(userCacheFolder({ XDG_CACHE_HOME: 'here' })).toMatch(/^\/.*\/\.cache\/imgtrust$/)
  })
})

it('gives many processes the right answer while they write, read and evict the same keys', async () => {
  const script = `
    import { Cache } from ${JSON.stringify(resolve(import.meta.dirname, '../../src/cache/cache.ts'))}
    const cache = new Cache(process.argv[2], 60_000)
    for (let n = 0; n < 400; n++) {
      const key = 'key ' + (n * 7) % 40
      const found = cache.read(key)
      if (found && found.toString() !== key.repeat(500)) { console.error('wrong: ' + key); process.exit(1) }
      cache.write(key, [Buffer.from(key.repeat(500))])
    }`
  const file = join(folder, 'writer.mts')
  writeFileSync(file, script)
  const run = () =>
    new Promise<number | null>(done =>
      spawn(process.execPath, ['--import', 'tsx', file, path], {
        stdio: 'inherit',
        cwd: resolve(import.meta.dirname, '../..'),
      }).on('close', done),
    )
  expect(await Promise.all([run(), run(), run()])).toEqual([0, 0, 0])
  expect(new Cache(path, 60_000).status().bytes).toBeLessThanOrEqual(3 * 60_000)
})
