import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { lookupImage } from '../../src/knowledge/base-images.ts'
import { isUnknown } from '../../src/model.ts'

/** What the published package list of a real image says. */
interface Listed {
  readonly image: string
  readonly source: string
  readonly caCertificates: boolean
  /** Of its ca-certificates, on the day of the list. */
  readonly version?: string
  /** Id and version of os-release, told from the list's own packages. */
  readonly distribution?: string
}

const listed = JSON.parse(readFileSync(join(import.meta.dirname, 'image-packages.json'), 'utf8')) as Listed[]

/** `yes`: its own package's store; `no`: at most Alpine's bare bundle. */
function answer(reference: string): 'yes' | 'no' | 'unknown' {
  const image = lookupImage(reference)
  if (isUnknown(image)) throw new Error(image.unknown)
  const { stores, tool } = image
  if (isUnknown(stores) || isUnknown(tool)) return 'unknown'
  return tool ? 'yes' : 'no'
}

describe('what an image is said to hold is what its published package list has', () => {
  it.each(listed)('$image', ({ image, caCertificates }) => {
    expect([caCertificates ? 'yes' : 'no', 'unknown']).toContain(answer(image))
  })

  it.each(listed.filter(row => row.distribution !== undefined))('$image stands on $distribution', row => {
    const image = lookupImage(row.image)
    if (isUnknown(image)) throw new Error(image.unknown)
    const { distribution } = image
    if (distribution?.version) expect(`${distribution.id} ${distribution.version}`).toBe(row.distribution)
  })

  it('and most of them are known', () => {
    const known = listed.filter(({ image }) => answer(image) !== 'unknown')
    expect(known.length / listed.length).toBeGreaterThan(0.8)
    expect(new Set(listed.map(({ image }) => image.split(':')[0])).size).toBeGreaterThanOrEqual(15)
  })

  it('Alpine images without the package still have their bundle', () => {
    for (const reference of ['redis:6.0-alpine3.17', 'alpine:3.16', 'nginx:stable-alpine-slim']) {
      const image = lookupImage(reference)
      if (isUnknown(image) || isUnknown(image.stores)) throw new Error(`${reference} is not known`)
      expect(image.stores.map(store => store.path)).toEqual(['/etc/ssl/certs/ca-certificates.crt'])
    }
  })
})
