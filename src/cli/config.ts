import { fileURLToPath } from 'node:url'
import { type Command, Config, type Interfaces } from '@oclif/core'
import packageJson from '../../package.json' with { type: 'json' }
import { manifestCommands } from './manifest.ts'

/** The folder of the package. */
export const root = fileURLToPath(new URL('../../', import.meta.url))

/**
 * What oclif's commands ask of their configuration. oclif's own loading looks for themes, shells, plugins and Windows
 * beneath, which only help needs: `explain.ts` goes that way.
 */
export class ProgramConfig extends Config {
  constructor() {
    super({ root })
    const pjson = packageJson as unknown as Interfaces.PJSON
    this.root = root
    this.pjson = pjson as typeof this.pjson
    this.name = pjson.name
    this.version = pjson.version
    this.bin = pjson.oclif.bin ?? pjson.name
    this.dirname = pjson.oclif.dirname ?? pjson.name
    this.topicSeparator = ' '
    this.valid = true
    this.userAgent = `${pjson.name}/${pjson.version} ${process.platform}-${process.arch} node-${process.version}`
  }

  /** There are no hooks. */
  override async runHook<T extends keyof Interfaces.Hooks>(): Promise<
    Interfaces.Hook.Result<Interfaces.Hooks[T]['return']>
  > {
    return { successes: [], failures: [] }
  }

  /** All commands with their flags, as the manifest has them; none can be run. */
  override get commands(): Command.Loadable[] {
    return manifestCommands(root).map(command => ({
      ...command,
      load: () => Promise.reject(new Error(`${command.id} is not loaded`)),
    }))
  }
}
