/**
 * Lays the parts of the program into a few packs, the files that a start reads: what a task usually needs, and no more
 * than that, in few files, as each script takes time of its own.
 */
import { loadersOf } from '../../rules/index.ts'
import type { Rule } from '../../src/rule.ts'
import type { Split } from './split.ts'
import { PARAMETERS } from './split.ts'

/** The rules of a scope; those of images belong to what reads images. */
const rulesOf = (scope: Rule['scope']) => `rules/(?:${Object.keys(loadersOf(scope)).join('|')})`

/** What usually runs in each task: these sources and what they import at once. */
const TASKS: Readonly<Record<string, RegExp>> = {
  help: /^src\/cli\/(?:explain|program)\.ts$|^apart:/,
  lint: new RegExp(`^(?:src/(?:commands/lint|lint-all|lint)|${rulesOf('dockerfile')})\\.ts$`),
  scan: new RegExp(
    `^(?:src/(?:cli/line-stream|commands/scan|scan-all|image/sources/(?!engine)[^/]+)|${rulesOf('image')})\\.ts$`,
  ),
  verify: /^src\/(?:commands\/verify|read-images|verify\/[^/]+)\.ts$/,
}

/** What each of them but help asks for when it comes to it. */
const COMMON =
  /^(?:src\/(?:index|cli\/program|config\/(?:load|settings)|judge\/remedies|report\/formats\/(?:index|text|json))|rules\/index)\.ts$/

/** The packs, by the tasks that read them: the first that fits. */
const PACKS: readonly { readonly pack: string; readonly fits: (tasks: ReadonlySet<string>) => boolean }[] = [
  { pack: 'rest', fits: tasks => tasks.size === 0 },
  { pack: 'help', fits: tasks => tasks.size === 1 && tasks.has('help') },
  { pack: 'base', fits: tasks => tasks.has('help') },
  { pack: 'lint', fits: tasks => tasks.size === 1 && tasks.has('lint') },
  { pack: 'verify', fits: tasks => tasks.size === 1 && tasks.has('verify') },
  { pack: 'trace', fits: tasks => tasks.has('lint') && !tasks.has('scan') },
  { pack: 'both', fits: tasks => tasks.has('lint') },
  { pack: 'scan', fits: () => true },
]

export interface Packs {
  /** Texts of the files, by the packs' names. */
  readonly texts: ReadonlyMap<string, string>
  /** `pack/number` of a part. @throws Error where there is none of that source */
  idOf(source: string): string
  /** The sources of each part, by its id. */
  readonly contents: Readonly<Record<string, readonly string[]>>
}

export function pack(parts: readonly Split[]): Packs {
  const tasks = tasksOf(parts)
  const byPack = new Map<string, Split[]>()
  for (const part of parts) {
    const { pack } = PACKS.find(({ fits }) => fits(tasks.get(part.name) ?? new Set()))!
    byPack.set(pack, [...(byPack.get(pack) ?? []), part])
  }
  const ids = new Map(
    [...byPack].flatMap(([pack, list]) =>
      list.flatMap(({ name, entry }, at) =>
        [name, entry ?? name].map(key => [key, `${pack}/${at}`] as const),
      ),
    ),
  )
  return {
    texts: new Map([...byPack].map(([pack, list]) => [pack, textOf(list, ids)])),
    idOf(source) {
      const id = ids.get(source)
      if (id === undefined) throw new Error(`no part begins with ${source}`)
      return id
    },
    contents: Object.fromEntries(parts.map(({ name, inputs }) => [ids.get(name)!, inputs])),
  }
}

/** The tasks that usually load each part. */
function tasksOf(parts: readonly Split[]): ReadonlyMap<string, ReadonlySet<string>> {
  const byName = new Map(parts.map(part => [part.name, part]))
  const tasks = new Map<string, Set<string>>()
  const add = (name: string, task: string) => {
    const known = tasks.get(name) ?? new Set()
    tasks.set(name, known)
    if (known.has(task)) return
    known.add(task)
    for (const next of byName.get(name)?.imports ?? []) add(next, task)
  }
  for (const { name, entry } of parts) {
    if (entry === null) continue
    for (const [task, sources] of Object.entries(TASKS))
      if (sources.test(entry) || (task !== 'help' && COMMON.test(entry))) add(name, task)
  }
  return tasks
}

/** A script whose value is its parts; a module of Node.js that gives them. */
function textOf(parts: readonly Split[], ids: ReadonlyMap<string, string>): string {
  const lines = parts.map(
    ({ name, body }) => `${JSON.stringify(ids.get(name))}(${PARAMETERS}){${linked(body, ids)}}`,
  )
  return `'use strict';(typeof module==='object'?module:{}).exports={\n${lines.join(',\n')}}\n`
}

/** The body with ids in place of files' names; of a package that lies apart its one value is meant. */
function linked(body: string, ids: ReadonlyMap<string, string>): string {
  return body
    .replace(/"\.\/([\w.-]+\.js)"/g, (text, name: string) => {
      const id = ids.get(name)
      return id === undefined ? text : JSON.stringify(id)
    })
    .replace(/\("(apart:[\w-]+)"\)/g, (_, entry: string) => `("${ids.get(entry)}").default`)
}
