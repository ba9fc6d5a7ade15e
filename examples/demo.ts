/** `npm run demo`: the outage of 30 May 2020, linted and scanned, on the days before and after. No network, no daemon. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')
const folder = mkdtempSync(join(tmpdir(), 'imgtrust-demo-'))
const image = join(folder, 'addtrust.tar')

function run(args: string[], cwd: string, expected: number): void {
  console.log(`\n$ imgtrust ${args.join(' ')}\n`)
  const { status } = spawnSync(process.execPath, [join(root, 'bin/run.js'), ...args], {
    cwd,
    stdio: 'inherit',
  })
  if (status !== expected) throw new Error(`exit status ${status}, expected ${expected}`)
}

try {
  const made = spawnSync(
    process.execPath,
    ['--import', 'tsx', join(root, 'examples/addtrust/make-image.ts'), image],
    {
      cwd: root,
      stdio: 'inherit',
    },
  )
  if (made.status !== 0) throw new Error('the example image could not be made')
  for (const [day, status] of [
    ['2020-05-29', 0],
    ['2020-05-31', 1],
  ] as const) {
    run(['lint', 'examples/addtrust/Dockerfile', '--at', day, '--fail-on', 'error'], root, status)
    run(['scan', 'addtrust.tar', '--at', day, '--fail-on', 'error'], folder, status)
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
