/**
 * Writes the library's declarations to dist/types: what src/index.ts reaches and no more, with the `.js` endings that
 * every resolver of a user's compiler knows.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, normalize } from 'node:path'

const made = mkdtempSync(join(tmpdir(), 'imgtrust-types-'))
try {
  execFileSync(
    process.execPath,
    ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.types.json', '--outDir', made],
    {
      stdio: 'inherit',
    },
  )
  const waiting = ['src/index.d.ts']
  const done = new Set<string>()
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (done.has(path)) continue
    done.add(path)
    const text = readFileSync(join(made, path), 'utf8').replace(
      /(from |import\()(['"])(\.[^'"]+)\.ts\2/g,
      (_, lead: string, quote: string, target: string) => {
        waiting.push(`${normalize(join(dirname(path), target))}.d.ts`)
        return `${lead}${quote}${target}.js${quote}`
      },
    )
    const target = join('dist/types', path)
    await mkdir(dirname(target), { recursive: true })
    await writeFile(target, text)
  }
} finally {
  rmSync(made, { recursive: true, force: true })
}
