/** One stage's state while its instructions run: files, stores, events. What the commands work on. */
import type { BuildContext } from '../dockerfile/context.ts'
import type { LineIndex } from '../dockerfile/lines.ts'
import type { ShellAssignment, ShellHost, ShellWord, Stream } from '../dockerfile/shell-types.ts'
import { isText } from '../dockerfile/shell-types.ts'
import { isUnknown, type Location, type Maybe, type Root, unknown } from '../model.ts'
import { anchorsGiven, doubtAnchors } from './anchors.ts'
import { commandResult } from './commands/index.ts'
import {
  type Catalogue,
  type Content,
  contentOf,
  isBundle,
  isTextContent,
  isUnvouched,
  streamOf,
  textContent,
} from './content.ts'
import { certificateFetched } from './downloads.ts'
import { type Fields, joinFields, trustState } from './fields.ts'
import { lookUp, put } from './files.ts'
import type { TraceKnowledge } from './knowledge.ts'
import { appended, noteWords } from './marks.ts'
import { absolutePath, BUNDLES, CONF, within } from './paths.ts'
import type { StageStart, StoreOrigin, TrustEvent, TrustState } from './state.ts'
import { configSwitches, environmentSwitch } from './verification.ts'

/** What stays the same for all stages of one file. */
export interface Session {
  readonly file: string
  readonly text: string
  readonly lines: LineIndex
  readonly knowledge: TraceKnowledge
  readonly catalogue: Catalogue
  readonly context: BuildContext | null
  readonly platform: string | undefined
  readonly buildArgs: Readonly<Record<string, string>>
  readonly escapeMark: string
}

/** A program that speaks TLS was seen with an address. */
export interface ClientUse {
  readonly program: string
  /** http or the container itself: no trust store is asked. */
  readonly harmless: boolean
}

/** Events of one instruction. */
const MAX_EVENTS = 500

const REMOVING = new Set('rm unlink apk apt apt-get aptitude dpkg yum dnf microdnf tdnf zypper'.split(' '))
const ELEVATING = new Set('sudo doas su runuser gosu su-exec setpriv chpst'.split(' '))

export interface ClientInstall {
  readonly program: string
  readonly location: Location
}

export class Machine implements ShellHost<Fields> {
  readonly session: Session
  readonly stage: string | null
  fields: Fields
  /** Line (from 1) of the instruction that runs. */
  line = 1
  events: TrustEvent[] = []
  uses: ClientUse[] = []
  installs: ClientInstall[] = []
  /** A checksum or a signature was checked in this instruction. */
  checked = false
  /** Where what runs now stands in the file: the command, or the instruction. */
  at: { readonly start: number; readonly end: number } = { start: 0, end: 0 }
  program = ''
  /** What runs stands in no text of this file, such as ONBUILD of a base image: its place is this one. */
  elsewhere: { readonly start: number; readonly end: number } | null = null
  /** Conditions around the command that runs. */
  doubt = 0
  /** sudo, su or their kin were seen in this instruction: who runs its commands can't be told. */
  elevated = false
  /** What is looked at runs in the finished image: ENTRYPOINT, CMD, HEALTHCHECK. */
  running = false
  /** What ENTRYPOINT or CMD that is looked at starts; null while another instruction runs. */
  starting: string[] | null = null
  entrypoint: StageStart | null = null
  command: StageStart | null = null
  /** A script was met that could not be followed. */
  unfollowed = false

  constructor(session: Session, stage: string | null, fields: Fields) {
    this.session = session
    this.stage = stage
    this.fields = fields
  }

  get knowledge(): TraceKnowledge {
    return this.session.knowledge
  }

  get catalogue(): Catalogue {
    return this.session.catalogue
  }

  state(): TrustState {
    return trustState(this.fields)
  }

  set(change: Partial<Fields>): void {
    this.fields = { ...this.fields, ...change }
  }

  location(start: number, end: number): Location {
    const { file, lines, text } = this.session
    const from = Math.min(this.elsewhere?.start ?? start, text.length)
    const to = Math.max(from, Math.min(this.elsewhere?.end ?? end, text.length))
    return {
      file,
      line: lines.line(from),
      column: lines.column(from),
      endLine: lines.line(to),
      endColumn: lines.column(to),
      ...(this.stage === null ? {} : { stage: this.stage }),
    }
  }

  /** Where the command or the instruction that runs now stands. */
  place(): Location {
    return this.location(this.at.start, this.at.end)
  }

  note(name: string): void {
    if (!this.fields.notes.has(name)) this.set({ notes: this.fields.notes.with(name, true) })
  }

  emit(event: TrustEvent): void {
    if (this.events.length >= MAX_EVENTS) return
    const { line, column, endColumn } = event.location
    const twin = this.events.some(
      other =>
        other.kind === event.kind &&
        other.program === event.program &&
        other.location.line === line &&
        other.location.column === column &&
        other.location.endColumn === endColumn,
    )
    if (!twin) this.events.push(event)
  }

  /** Verification is switched off at [start, end). */
  switchedOff(
    program: string,
    how: string,
    at: { readonly start: number; readonly end: number },
    loopback = false,
    remove: { readonly start: number; readonly end: number } | null = null,
  ): void {
    this.emit({
      kind: 'verification-off',
      program,
      how,
      location: this.location(at.start, at.end),
      loopback,
      checked: false,
      remove,
    })
  }

  // The shell's host.

  run(command: Parameters<ShellHost<Fields>['run']>[0]): ReturnType<ShellHost<Fields>['run']> {
    for (const assignment of command.assignments) this.assigned(assignment, true)
    const program = (command.name.value ?? '').replace(/^.*\//, '')
    this.at = { start: command.start, end: command.end }
    this.program = program
    if (ELEVATING.has(program)) this.elevated = true
    this.starting?.push(program)
    anchorsGiven(this, program, command.args, command.cwd)
    noteWords(this, program, command.args)
    const { stores } = this.fields
    const result = commandResult(command, this)
    if (REMOVING.has(program)) this.storesGone(stores, program)
    return result
  }

  /** Tells which stores a command took away. */
  storesGone(before: Fields['stores'], program: string): void {
    const after = this.fields.stores
    if (before === after || isUnknown(before) || isUnknown(after)) return
    const left = new Set(after.map(({ path }) => path))
    const paths = before.flatMap(({ path }) => (left.has(path) ? [] : [path]))
    if (paths.length > 0) this.emit({ kind: 'store-removed', program, paths, location: this.place() })
  }

  save(): Fields {
    return this.fields
  }

  restore(state: Fields): void {
    this.fields = state
  }

  join(a: Fields, b: Fields): Fields {
    return joinFields(a, b)
  }

  assigned(assignment: ShellAssignment, exported: boolean): void {
    if (!exported) return
    const found = environmentSwitch(assignment.name, assignment.value)
    if (found) this.switchedOff(found.program, `${assignment.name}=${assignment.value ?? ''}`, assignment)
  }

  concat(streams: readonly Stream[]): Stream {
    if (streams.every(isText)) {
      const text = streams.map(stream => stream.text).join('')
      return text.length > 1024 * 1024 ? unknown('it prints too much') : { text, mapped: null }
    }
    const contents = streams.map(contentOf)
    if (contents.some(isUnknown)) return contents.find(isUnknown) ?? unknown('it is not known')
    return streamOf(this.joinContents(contents))
  }

  read(path: ShellWord, cwd: string | null): Stream {
    const absolute = path.value === null ? null : absolutePath(path.value, cwd)
    if (absolute === null) return unknown('a file whose path is not known')
    return streamOf(this.readFile(absolute) ?? unknown(`${absolute} is not known`))
  }

  write(path: ShellWord, stream: Stream, append: boolean, cwd: string | null): void {
    const absolute = path.value === null ? null : absolutePath(path.value, cwd)
    if (absolute === null) {
      // A relative name is enough to know a configuration file by.
      this.configured(path.value ?? path.suffix, contentOf(stream), path)
      return
    }
    if (absolute.startsWith('/dev/')) return
    this.writeFile(absolute, contentOf(stream), append, path)
  }

  // Files.

  /** Null where surely no such file is there, as far as the trace knows of it. */
  readFile(path: string): Content | null {
    return lookUp(this, path)
  }

  /** `at`: where the finding points for what can't be found in the text itself. */
  writeFile(
    path: string,
    content: Content,
    append: boolean,
    at: { readonly start: number; readonly end: number },
  ): void {
    this.configured(path, content, at)
    if (isUnvouched(content)) certificateFetched(this, path, content, this.program, at)
    if (append) {
      const before = this.readFile(path)
      if (before !== null) {
        appended(this, path, before, content, at)
        put(this, path, this.joinContents([before, content]))
        return
      }
    }
    put(this, path, content)
  }

  /** Tells where a configuration file's text switches verification off. */
  configured(path: string, content: Content, at: { readonly start: number; readonly end: number }): void {
    if (!isTextContent(content)) return
    for (const found of configSwitches(path, content.text)) {
      const range = content.mapped ? content.mapped.range(found.start, found.end) : at
      this.switchedOff(found.program, content.text.slice(found.start, found.end), range)
    }
  }

  /** What a file holds after one content is put behind another. */
  joinContents(contents: readonly Content[]): Content {
    const unknowns = contents.find(isUnknown)
    const [first] = contents
    if (unknowns) {
      if (!first || !isBundle(first)) return unknowns
      return {
        ...first,
        roots: unknown(unknowns.unknown),
        match: 'unknown',
        origin: this.edited(first.origin),
      }
    }
    if (contents.every(isTextContent)) return textContent(contents.map(content => content.text).join(''))
    const roots: Root[] = []
    let release: string | null = null
    let origin: StoreOrigin | null = null
    for (const content of contents) {
      if (isUnknown(content)) return content
      const more = content.kind === 'bundle' ? content.roots : this.catalogue.parse(content.text)
      if (isUnknown(more)) return more
      roots.push(...more)
      if (content.kind === 'bundle') {
        release ??= content.release
        origin ??= content.origin
      }
    }
    const unique = [...new Map(roots.map(root => [root.sha256, root])).values()]
    return { kind: 'bundle', roots: unique, release, match: 'nearest', origin: this.edited(origin) }
  }

  /** The origin of what this instruction changed. */
  edited(was: StoreOrigin | null): StoreOrigin {
    return {
      kind: 'edit',
      line: this.line,
      was: was?.kind === 'edit' && was.line === this.line ? was.was : was,
    }
  }

  /** A program may do anything to this store, conf, or folder of them. */
  writeDoubt(path: string, why: string, at: { readonly start: number; readonly end: number }): void {
    const { stores } = this.fields
    if (isUnknown(stores)) return
    const inside = stores.filter(
      store => within(store.path, path) || store.aliases.some(alias => within(alias, path)),
    )
    const file =
      inside.some(store => store.path === path || store.aliases.includes(path)) ||
      BUNDLES.has(path) ||
      path === CONF
    if (file) this.writeFile(path, unknown(why), false, at)
    else if (inside.length === 0 && stores.length === 0) this.storesUnknown(why)
    else {
      this.set({
        stores: stores.map(store =>
          inside.includes(store)
            ? { ...store, roots: unknown(why), match: 'unknown', origin: this.edited(store.origin) }
            : store,
        ),
      })
    }
  }

  /** Stores that may have changed in a way that can't be told. */
  storesUnknown(why: string): void {
    this.unfollowed = true
    doubtAnchors(this)
    const { stores, conf, packages } = this.fields
    this.set({
      stores: isUnknown(stores) ? stores : unknown(why),
      conf: isUnknown(conf) ? conf : unknown(why),
      tool: isUnknown(this.fields.tool) ? this.fields.tool : unknown(why),
      packaged: isUnknown(this.fields.packaged) ? this.fields.packaged : unknown(why),
      packages: isUnknown(packages) ? packages : unknown(why),
    })
  }

  /** A value of ENV or ARG as a shell would see it. */
  environment(name: string): Maybe<string> | undefined {
    return this.fields.env.get(name) ?? this.fields.args.get(name) ?? (name === 'HOME' ? '~' : undefined)
  }
}
