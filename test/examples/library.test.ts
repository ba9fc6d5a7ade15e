/** examples/library: each program runs as it stands; `npm run types` compiles them against the library's types. */
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '../support/run.ts'

const SAYS: Readonly<Record<string, RegExp>> = {
  'fleet.ts': /^dir:examples 1\ndir:\.\/examples 1\n0 errors, 0 warnings$/m,
  'forecast.ts': /^2020-05-30 root-expires: AddTrust External Root expires\n {2}signed USERTrust RSA/m,
  'lint.ts': /:2 error expired-root-kept\nRUN sed -i "\/AddTrust_External_Root\.crt\/d" /,
  'roots.ts': /^\d+ in both\n[\s\S]*: removed/,
  'scan.ts': /rule: 'no-trust-store'[\s\S]*^dir:examples: 0 stores\n0 errors, 0 warnings$/m,
}

describe('examples/library', () => {
  const files = readdirSync(join(root, 'examples/library'))
  it('are all known here', () => expect(files.sort()).toEqual(Object.keys(SAYS).sort()))

  it.each(files)('%s', file => {
    const { stdout, stderr } = spawnSync(
      process.execPath,
      ['--import', 'tsx', join('examples/library', file)],
      { cwd: root, encoding: 'utf8' },
    )
    expect([stderr, stdout]).toEqual(['', expect.stringMatching(SAYS[file] ?? /^$/)])
  })
})
