/** `RUN --mount`: what is there while that RUN runs, and gone after it. Dockerfile reference, "RUN --mount". */
import { clampPath } from '../dockerfile/context.ts'
import { expandWord } from '../dockerfile/expand.ts'
import type { Flag } from '../dockerfile/words.ts'
import { isUnknown, type Maybe, unknown } from '../model.ts'
import type { FindSource } from './copy.ts'
import { copyPath } from './copy-path.ts'
import type { Fields } from './fields.ts'
import { contextFile } from './files.ts'
import type { Machine } from './machine.ts'
import { absolutePath, BUNDLES, CONF, within } from './paths.ts'

interface Mount {
  /** `bind`, `cache`, `secret`, `tmpfs` or `ssh`. */
  readonly type: string
  /** Absolute. */
  readonly target: string
  readonly source: string
  /** The stage or image; null: the build context. */
  readonly from: string | null
}

/** Runs `run` with the mounts that the flags ask for. */
export function withMounts(
  machine: Machine,
  flags: readonly Flag[],
  find: FindSource,
  run: () => void,
): void {
  const settings = flags.flatMap(flag => (flag.name === 'mount' ? [readSettings(machine, flag)] : []))
  const names = settings.flatMap(values => (values.get('type') === 'secret' ? (values.get('env') ?? []) : []))
  const mounts = settings.flatMap(values => readMount(machine, values))
  const before = machine.fields
  const hiding = mounts.filter(({ target }) => hides(before, target))
  for (const { target } of hiding) machine.storesUnknown(`${target} is mounted`)
  const plain = mounts.filter(mount => !hiding.includes(mount))
  for (const mount of plain) lay(machine, mount, find)
  for (const name of names)
    machine.set({ args: machine.fields.args.with(name, unknown(`${name} is a secret of the build`)) })
  run()
  for (const name of names) {
    const was = before.args.get(name)
    const { args } = machine.fields
    machine.set({ args: was === undefined ? args.without(name) : args.with(name, was) })
  }
  for (const { target } of plain) lift(machine, target, before)
  if (hiding.length === 0) return
  const { stores, conf, tool, packaged, packages } = before
  machine.set({ stores, conf, tool, packaged, packages })
}

function readSettings(machine: Machine, { value }: Flag): ReadonlyMap<string, string> {
  const lookup = (name: string): Maybe<string> | undefined => machine.environment(name)
  const settings = new Map<string, string>()
  for (const part of (value ?? '').split(',')) {
    const at = part.indexOf('=')
    const key = (at < 0 ? part : part.slice(0, at)).trim().toLowerCase()
    const known = expandWord(at < 0 ? '' : part.slice(at + 1), lookup, machine.session.escapeMark)
    if (!isUnknown(known)) settings.set(key, known)
  }
  return settings
}

/** None where it brings no file, or where it lies can't be told. */
function readMount(machine: Machine, settings: ReadonlyMap<string, string>): Mount[] {
  const given = (...names: string[]): string | undefined =>
    names.map(name => settings.get(name)).find(value => value !== undefined && value !== '')
  const type = given('type') ?? 'bind'
  if (type === 'ssh') return []
  const id = given('id', 'source', 'src')
  const standard = type === 'secret' && id && !settings.has('env') ? `/run/secrets/${id}` : undefined
  const written = given('target', 'dst', 'destination') ?? standard
  const { workdir } = machine.fields
  const target = written ? absolutePath(written, isUnknown(workdir) ? null : workdir) : null
  if (target === null) return []
  return [{ type, target, source: given('source', 'src') ?? '', from: given('from') ?? null }]
}

/** Does it lie over a store, or what makes one? */
function hides({ stores, layout }: Fields, target: string): boolean {
  const paths = [
    CONF,
    ...(layout ? [layout.bundle, ...layout.aliases, ...(layout.packaged ? [layout.packaged] : [])] : BUNDLES),
    ...(isUnknown(stores) ? [] : stores.flatMap(({ path, aliases }) => [path, ...aliases])),
  ]
  return paths.some(path => within(path, target))
}

function lay(machine: Machine, { type, target, source, from }: Mount, find: FindSource): void {
  let { files } = machine.fields
  for (const [path] of files) if (within(path, target)) files = files.without(path)
  machine.set({ files, trees: machine.fields.trees.filter(tree => !within(tree.at, target)) })
  if (type === 'secret') {
    machine.set({ files: files.with(target, { kind: 'file', content: unknown('it is a secret') }) })
  } else if (type === 'bind' && from !== null) {
    const path = absolutePath(source === '' ? '/' : source, '/') ?? '/'
    copyPath(machine, find(from), path, target, {
      into: false,
      intoIfFolder: false,
      origin: { from },
      at: machine.at,
    })
  } else if (type === 'bind') {
    const path = clampPath(source)
    const kind = path === '' ? 'folder' : (machine.session.context?.read(path).kind ?? 'absent')
    if (kind === 'folder')
      machine.set({ trees: [...machine.fields.trees, { at: target, source: path === '' ? '.' : path }] })
    else {
      // The build would fail without it: it is there, and not here.
      const content = contextFile(machine, path) ?? unknown(`${path} is not in the build context at hand`)
      machine.set({ files: files.with(target, { kind: 'file', content }) })
    }
  }
}

/** What was written there is not in the image. */
function lift(machine: Machine, target: string, before: Fields): void {
  const { trees, stores } = machine.fields
  let { files, anchors } = machine.fields
  for (const [path] of files) if (within(path, target)) files = files.without(path)
  for (const [path, node] of before.files) if (within(path, target)) files = files.with(path, node)
  for (const [path] of anchors) if (within(path, target)) anchors = anchors.without(path)
  for (const [path, mark] of before.anchors) if (within(path, target)) anchors = anchors.with(path, mark)
  const covered = before.trees.filter(tree => within(tree.at, target))
  machine.set({
    files,
    anchors,
    trees: [...covered, ...trees.filter(tree => !within(tree.at, target))],
    stores: isUnknown(stores) ? stores : stores.filter(store => !within(store.path, target)),
  })
}
