/** The law on real root filesystems: what a distribution serves today gives no error and no warning. */
import { describe, expect, it } from 'vitest'
import { addDays, dayStart } from '../../../src/clock.ts'
import { newestRelease } from '../../../src/knowledge/releases.ts'
import { knowledgeDate } from '../../../src/knowledge/status.ts'
import { isSystemStore } from '../../../src/questions/line.ts'
import { scanTarget } from '../../../src/scan.ts'
import { debian, hasTool, isRoot } from '../../support/chroot.ts'

/** The same as in trust/clients.test.ts: each root filesystem is made once. */
const systems = [
  ['bookworm', '12', ['ca-certificates', 'curl', 'wget', 'openssl', 'python3', 'git', 'gnutls-bin']],
  ['trixie', '13', ['ca-certificates', 'curl', 'wget', 'nodejs']],
] as const
const missing = !isRoot ? 'not root' : hasTool('debootstrap') ? '' : 'no debootstrap'
const today = dayStart(knowledgeDate())

describe.skipIf(missing !== '')(
  `Debian by debootstrap${missing === '' ? '' : ` (skipped: ${missing})`}`,
  () => {
    it.each(
      systems,
    )('%s: nothing but what an upgrade of its own line mends', async (suite, version, packages) => {
      const settings = { at: today, expiringWithin: addDays(0, 90), open: { env: {}, plainHttp: [] } }
      const results = []
      for await (const result of scanTarget(`dir:${debian(suite, packages)}`, settings)) results.push(result)
      const [{ model, findings }] = results as [(typeof results)[0]]
      if (model === null || model.kind === 'dockerfile') throw new Error('it was not scanned')
      const bundle = model.stores.find(store => store.format === 'pem-bundle' && isSystemStore(model, store))
      expect(bundle?.match).toBe('exact')
      const newest = newestRelease('debian', version)!
      const alarms = findings.filter(({ severity }) => severity !== 'info')
      // debootstrap asks the suite itself and neither its updates nor its security archive: what it gets may be older.
      if (bundle?.package?.version === newest.version || bundle?.release === newest.id) {
        expect(alarms.map(({ message }) => message)).toEqual([])
      } else {
        const rules = ['distrusted-root', 'expired-root', 'inconsistent-stores', 'stale-ca-package']
        expect(alarms.filter(({ rule }) => !rules.includes(rule))).toEqual([])
        const same = new Set(newest.roots).size === bundle?.roots.length
        if (!same) expect(alarms.map(({ rule }) => rule)).toContain('stale-ca-package')
      }
    })
  },
)
