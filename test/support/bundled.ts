import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'

/**
 * Bundles a source beside this file into one script that Node.js 20 runs, in a process or a worker: it loads no
 * TypeScript there.
 * @returns the script's path; it is taken away when this process ends
 */
export async function bundled(source: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'imgtrust-bundled-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const outfile = join(folder, 'script.cjs')
  await build({
    entryPoints: [resolve(import.meta.dirname, source)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'error',
    define: { 'import.meta.dirname': '__dirname' },
  })
  return outfile
}
