/** Reports in one format, as files: of real input by the built program, and of hostile names. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { formats } from '../../../src/report/formats/index.ts'
import { hostileReport, options, report } from '../../report/sample-report.ts'
import { nastyNames } from '../../support/nasty-names.ts'
import { imgtrust, root } from '../../support/run.ts'

export interface Samples {
  readonly folder: string
  /** File paths by what they are. */
  readonly files: Readonly<Record<string, string>>
  remove(): void
}

const AT = ['--at', '2021-10-01']

export async function samples(format: string, extension: string): Promise<Samples> {
  const folder = mkdtempSync(join(tmpdir(), `imgtrust-${format}-`))
  const files: Record<string, string> = {}
  const keep = (what: string, text: string) => {
    const file = join(folder, `${what.replace(/[^A-Za-z0-9]+/g, '-')}.${extension}`)
    writeFileSync(file, text)
    files[what] = file
  }
  const image = join(folder, 'addtrust.tar')
  spawnSync(process.execPath, ['--import', 'tsx', join(root, 'examples/addtrust/make-image.ts'), image], {
    cwd: root,
  })
  const run = async (...args: string[]) => (await imgtrust([...args, ...AT, '--format', format])).stdout
  keep('lint', await run('lint', 'examples/addtrust/Dockerfile'))
  keep('lint with a failure', await run('lint', 'examples/addtrust/Dockerfile', 'no-such-file'))
  keep('scan', await run('scan', image))
  keep('scan of several', await run('scan', image, image, join(folder, 'no-such.tar')))
  const { render } = await formats[format]!()
  keep('nothing', render(report(), options))
  for (const [what, name] of Object.entries(nastyNames))
    keep(`hostile ${what}`, render(hostileReport(name), options))
  return { folder, files, remove: () => rmSync(folder, { recursive: true, force: true }) }
}
