/** docs/dependencies.md names what package.json has, and says of each whether it ships. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from './support/run.ts'

const page = readFileSync(join(root, 'docs/dependencies.md'), 'utf8')
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const named = (text: string) =>
  [...text.matchAll(/^\| `([^`]+)` \| \S/gm)].map(match => match[1] ?? '').sort()
const sections = page.split(/^## /m)
const section = (title: string) => named(sections.find(text => text.startsWith(title)) ?? '')

it('names each dependency once', () => {
  expect(named(page)).toEqual(Object.keys(manifest.devDependencies).sort())
})

it('has them all pinned, and none that users would have to install', () => {
  for (const version of Object.values(manifest.devDependencies)) expect(version).toMatch(/^\d+\.\d+\.\d+$/)
  for (const kind of ['dependencies', 'optionalDependencies', 'peerDependencies'])
    expect(manifest[kind]).toBeUndefined()
})

it('calls bundled what is in the bundle', () => {
  const notice = readFileSync(join(root, 'dist/NOTICE'), 'utf8')
  const inBundle = Object.keys(manifest.devDependencies).filter(name =>
    new RegExp(`^${name.replace(/[/.]/g, '\\$&')} \\d[^ ]* \\(`, 'm').test(notice),
  )
  expect(section('Bundled')).toEqual(inBundle.sort())
})

it('links to no other registry in the lock file', () => {
  expect(readFileSync(join(root, 'package-lock.json'), 'utf8')).not.toContain('"resolved"')
})
