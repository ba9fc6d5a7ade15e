import { type Command, Plugin } from '@oclif/core'
import type { Commands } from './main.ts'
import { readManifest } from './manifest.ts'

/**
 * The program as oclif's root plugin, with its commands in the bundle: oclif itself looks for them as files, which
 * would keep them out of the one script that a start compiles.
 */
export class ProgramPlugin extends Plugin {
  readonly #commands: Commands

  /** @param commands those that can be run; help and version need none */
  constructor(options: ConstructorParameters<typeof Plugin>[0], commands: Commands = {}) {
    super(options)
    this.#commands = commands
  }

  /** What oclif's own loading comes to for this program, without a sort by locale: that alone loads ICU (5 ms). */
  override async load(): Promise<void> {
    const { isRoot, pjson, root } = this.options
    if (!isRoot || !pjson) return await super.load()
    this.root = root
    this.pjson = pjson as typeof this.pjson
    this.isRoot = true
    this.type = 'core'
    this.moduleType = 'module'
    this.valid = true
    this.name = pjson.name
    this.alias = pjson.name
    this.version = pjson.version
    this.hooks = {}
    this.manifest = readManifest(root)
    this.hasManifest = true
    this.commandIDs = Object.keys(this.manifest.commands)
    this.commands = Object.entries(this.manifest.commands).map(([id, command]) => ({
      ...command,
      load: async () => await this.findCommand(id, { must: true }),
      pluginAlias: this.alias,
      pluginType: this.type,
    }))
  }

  override async findCommand(id: string, options: { must: true }): Promise<Command.Class>
  override async findCommand(id: string, options?: { must: boolean }): Promise<Command.Class | undefined>
  override async findCommand(id: string, options?: { must: boolean }): Promise<Command.Class | undefined> {
    const load = this.#commands[id]
    if (load === undefined) {
      if (options?.must) throw new Error(`command ${id} not found`)
      return undefined
    }
    const command = (await load()).default
    command.id = id
    command.plugin = this
    return command
  }
}
