import { relative } from 'node:path'
import { mergePolicies } from '../policy/policy.ts'
import type { Config, ConfigIgnore, NetworkSettings } from './config.ts'
import { findConfig, findOwnConfig, readConfigText } from './find.ts'

/** The configurations of one run, each read once, and which of their ignores silenced something. */
export class Configs {
  readonly #choice: string | null
  readonly #env: Readonly<Record<string, string | undefined>>
  readonly #read = new Map<string, Config>()
  readonly #merged = new Map<Config, Config>()
  #own: Promise<Config | null> | null = null
  readonly used = new Set<ConfigIgnore>()

  /**
   * @param choice a path, `find` (upwards from each target), or null: none, the user's own neither
   * @param env where the user's own file is looked for; absent: the process's own
   */
  constructor(choice: string | null, env: Readonly<Record<string, string | undefined>> = process.env) {
    this.#choice = choice
    this.#env = env
  }

  /**
   * The configuration that counts for what lies in a folder: the repository's (or the one that was named), and under
   * it the user's own.
   * @throws JobError `not-found`, `unreadable`, `malformed`, `limit`
   */
  async for(folder: string): Promise<Config | null> {
    const own = await this.#ownConfig()
    const path = this.#choice === 'find' ? findConfig(folder) : this.#choice
    if (path === null) return own
    const config = this.#read.get(path) ?? (await read(path, 'repository'))
    this.#read.set(path, config)
    if (own === null) return config
    const merged = this.#merged.get(config) ?? over(config, own)
    this.#merged.set(config, merged)
    return merged
  }

  /** What the user's own file says of the network. @throws as `for` */
  async network(): Promise<NetworkSettings> {
    return (await this.#ownConfig())?.network ?? {}
  }

  /** A line for each ignore that silenced nothing; the user's own are for many runs. */
  unused(): string[] {
    return [...this.#read.values()].flatMap(({ file, ignores }) =>
      ignores
        .filter(ignore => !this.used.has(ignore))
        .map(({ line, rule }) => `${file}:${line}: this ignore of ${rule} silenced nothing`),
    )
  }

  #ownConfig(): Promise<Config | null> {
    const path = this.#choice === null ? null : findOwnConfig(this.#env)
    this.#own ??= path === null ? Promise.resolve(null) : read(path, 'user')
    return this.#own
  }
}

async function read(path: string, whose: 'repository' | 'user'): Promise<Config> {
  // A parser of YAML is loaded where there is something to parse.
  const { readConfig } = await import('./config.ts')
  const { ruleIds } = await import('../../rules/index.ts')
  const { formats } = await import('../report/formats/index.ts')
  const names = { rules: ruleIds(), formats: Object.keys(formats) }
  const near = relative(process.cwd(), path)
  const shown = whose === 'user' || near.startsWith('..') ? path : near
  return readConfig(readConfigText(path), shown, names, whose)
}

/** What the upper one says counts; lists are put together. */
function over(upper: Config, lower: Config): Config {
  const policies = [upper.policy, lower.policy].filter(policy => policy !== null)
  return {
    file: `${upper.file}, ${lower.file}`,
    preset: upper.preset ?? lower.preset,
    rules: { ...lower.rules, ...upper.rules },
    failOn: upper.failOn ?? lower.failOn,
    expiringWithin: upper.expiringWithin ?? lower.expiringWithin,
    format: upper.format ?? lower.format,
    ignores: [...upper.ignores, ...lower.ignores],
    // The first pattern that fits counts.
    bases: new Map([...upper.bases, ...[...lower.bases].filter(([pattern]) => !upper.bases.has(pattern))]),
    policy: policies.length === 0 ? null : mergePolicies(policies),
    network: lower.network,
  }
}

/** What was told, and what it leaves open as the user's own file has it. */
export function withNetwork<Told extends NetworkSettings>(told: Told, own: NetworkSettings): Told {
  const plainHttp = [...(told.plainHttp ?? []), ...(own.plainHttp ?? [])]
  return { ...own, ...told, plainHttp, ...(told.offline || own.offline ? { offline: true } : {}) }
}
