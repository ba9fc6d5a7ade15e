import { relative } from 'node:path'
import { type Config, type ConfigIgnore, readConfig } from './config.ts'
import { findConfig, readConfigText } from './find.ts'

/** The configurations of one run, each read once, and which of their ignores silenced something. */
export class Configs {
  readonly #choice: string | null
  readonly #read = new Map<string, Config>()
  readonly used = new Set<ConfigIgnore>()

  /** @param choice a path, `find` (upwards from each target), or null: none */
  constructor(choice: string | null) {
    this.#choice = choice
  }

  /**
   * The configuration that counts for what lies in a folder.
   * @throws JobError `not-found`, `unreadable`, `malformed`, `limit`
   */
  async for(folder: string): Promise<Config | null> {
    const path = this.#choice === 'find' ? findConfig(folder) : this.#choice
    if (path === null) return null
    const known = this.#read.get(path)
    if (known) return known
    const { ruleIds } = await import('../../rules/index.ts')
    const { formats } = await import('../report/formats/index.ts')
    const shown = relative(process.cwd(), path)
    const config = readConfig(readConfigText(path), shown.startsWith('..') ? path : shown, {
      rules: ruleIds(),
      formats: Object.keys(formats),
    })
    this.#read.set(path, config)
    return config
  }

  /** A line for each ignore that silenced nothing. */
  unused(): string[] {
    return [...this.#read.values()].flatMap(({ file, ignores }) =>
      ignores
        .filter(ignore => !this.used.has(ignore))
        .map(({ line, rule }) => `${file}:${line}: this ignore of ${rule} silenced nothing`),
    )
  }
}
