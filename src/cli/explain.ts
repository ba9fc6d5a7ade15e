/** Help and version: oclif's own, from its manifest. */
import { type Interfaces, run } from '@oclif/core'
import packageJson from '../../package.json' with { type: 'json' }
import { root } from './config.ts'
import { rootExamples } from './help.ts'
import { print, stream } from './output.ts'
import { ProgramPlugin } from './plugin.ts'

/** What asks for the help of the whole program. */
const ROOT_HELP = ['--help', '-h']

/** Prints what the words ask for. @param words as {@link checkedWords} gives them */
export async function explain(words: string[]): Promise<void> {
  // oclif prints by console.log.
  stream(1)
  stream(2)
  const plugin = new ProgramPlugin({ root, isRoot: true, pjson: packageJson as unknown as Interfaces.PJSON })
  await plugin.load()
  await run(words, { root, plugins: new Map([[plugin.name, plugin]]) })
  if (words.length === 0 || ROOT_HELP.includes(words[0] ?? '')) print(`${rootExamples()}\n`)
}
