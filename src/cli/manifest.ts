import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command, Interfaces } from '@oclif/core'

/** oclif's manifest: all commands with their flags, made by the build. */
export function readManifest(root: string): Interfaces.Manifest {
  return JSON.parse(readFileSync(join(root, 'oclif.manifest.json'), 'utf8'))
}

/** Its commands, by their ids. */
export function manifestCommands(root: string): Command.Cached[] {
  return Object.values(readManifest(root).commands)
}
