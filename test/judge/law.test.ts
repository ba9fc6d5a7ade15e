/** The law: the newest known store of every supported distribution gives no error and no warning, today. */
import { describe, expect, it } from 'vitest'
import { addDays, dayStart } from '../../src/clock.ts'
import { judge } from '../../src/judge.ts'
import { isSupported, lifecyclesOf } from '../../src/knowledge/lifecycles.ts'
import { baseImageRelease, newestRelease } from '../../src/knowledge/releases.ts'
import { knowledgeDate } from '../../src/knowledge/status.ts'
import { storeLayout } from '../../src/knowledge/store-layouts.ts'
import { tlsLibrariesOf } from '../../src/knowledge/tls-libraries.ts'
import type { Release } from '../../src/knowledge/types.ts'
import { imageFromSketch } from '../support/sketch.ts'

const today = dayStart(knowledgeDate())
const distributions = [
  'alpine',
  'debian',
  'ubuntu',
  'fedora',
  'centos-stream',
  'rhel',
  'rocky',
  'almalinux',
  'ol',
  'amzn',
  'opensuse-leap',
  'sles',
]

const lines = distributions.flatMap(id =>
  lifecyclesOf(id)
    .filter(
      ({ version, released }) => dayStart(released) <= today && isSupported(id, version, today) === true,
    )
    .map(({ version }) => ({ id, version })),
)

function storesOf(id: string, version: string): [path: string, release: Release][] {
  const bundle = storeLayout(id)?.bundle
  const base = id === 'alpine' ? baseImageRelease(version, null) : null
  const found: [string | undefined, Release | null][] = [
    [bundle, newestRelease(id, version)],
    [bundle, base],
  ]
  return found.filter((pair): pair is [string, Release] => pair[0] !== undefined && pair[1]?.roots != null)
}

describe('supported distributions', () => {
  const known = lines.filter(({ id, version }) => storesOf(id, version).length > 0)

  it('are known for all families that people use', () => {
    const families = new Set(known.map(({ id }) => id))
    for (const id of ['alpine', 'debian', 'ubuntu', 'fedora', 'rhel', 'rocky', 'almalinux', 'amzn']) {
      expect(families, id).toContain(id)
    }
    expect(known.length).toBeGreaterThanOrEqual(20)
  })

  it.each(known)('$id $version: no error, no warning', async ({ id, version }) => {
    const libraries = tlsLibrariesOf(id, version)
    for (const [path, release] of storesOf(id, version)) {
      const clients = libraries.map(({ library, version: number }, index) => ({
        program: `client ${index}`,
        library,
        libraryVersion: number.split(' ')[0]!,
        build: id,
      }))
      const consumers = clients.map(({ program }) => program)
      const model = imageFromSketch({
        distribution: { id, version },
        stores: [{ path, release: release.id, consumers }],
        clients,
      })
      const findings = await judge(model, { at: today, expiringWithin: addDays(0, 90) })
      const alarms = findings.filter(({ severity }) => severity !== 'info')
      expect(alarms.map(({ message }) => message)).toEqual([])
    }
  })
})
