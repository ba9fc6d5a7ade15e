/**
 * Runs the parts of the program that the build lays into packs (scripts/build/packs.ts): what `import` and `require`
 * are to modules, without a file for each.
 */

import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** A part: gives what it exports, by a getter for each name, to the helpers that esbuild calls. */
type Part = (
  module: { exports: object },
  require: (id: string) => unknown,
  __export: (target: object, all: Getters) => void,
  __toCommonJS: (exports: object) => object,
  __toESM: (module: object) => object,
  __url: string,
  __dirname: string,
) => void

type Getters = Readonly<Record<string, () => unknown>>

/** The parts of a pack by their ids, `pack/number`. */
export type Pack = Readonly<Record<string, Part>>

export interface PartsOptions {
  /** Where the packs lie. */
  readonly folder: string
  /** Reads a pack by its name. */
  readonly read: (name: string) => Pack
  /** What Node.js itself gives, and files beside the packs. */
  readonly require: (id: string) => unknown
}

/** @returns what loads a part by its id: what it exports, each value as it is when the part has run */
export function createParts({ folder, read, require }: PartsOptions): (id: string) => object {
  // To a part it is the URL of its own file, which tells where others lie.
  const url = pathToFileURL(join(folder, 'x')).href
  const packs = new Map<string, Pack>()
  const loaded = new Map<string, object>()
  const parts = new WeakSet<object>()

  const load = (id: string): object => {
    const known = loaded.get(id)
    if (known) return known
    const name = id.slice(0, id.indexOf('/'))
    const pack = packs.get(name) ?? read(name)
    packs.set(name, pack)
    const part = pack[id]
    if (!part) throw new Error(`${folder} holds no part ${id}`)
    const exports: Record<string, unknown> = {}
    let getters: Getters = {}
    part(
      { exports },
      ask,
      (_, all) => {
        getters = all
      },
      () => exports,
      asModule,
      url,
      folder,
    )
    // Values, not getters: they are read at each use. No part asks for one that has not run (scripts/build/split.ts).
    for (const name in getters) exports[name] = getters[name]!()
    loaded.set(id, exports)
    parts.add(exports)
    return exports
  }

  const ask = (id: string): unknown => (PART.test(id) ? load(id) : require(id))
  /** What `import` makes of CommonJS; parts are as they are. Its names are inherited: nothing is loaded to copy them. */
  const asModule = (module: object): object =>
    parts.has(module) ? module : Object.create(module, { default: { value: module } })
  return load
}

const PART = /^[a-z]+\/\d+$/
