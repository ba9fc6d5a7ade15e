/** What a shell keeps between commands, and a subshell gets a copy of. */
import type { CommandNode, CompoundList } from 'unbash'
import { type Maybe, unknown } from '../model.ts'
import type { MappedText } from './mapped-text.ts'
import type { PersistentMap } from './persistent-map.ts'

export interface ShellFunction {
  readonly body: CommandNode | CompoundList
  readonly source: MappedText
}

export interface Variable {
  readonly value: Maybe<string>
  readonly exported: boolean
}

export interface Frame {
  variables: PersistentMap<string, Variable>
  functions: PersistentMap<string, ShellFunction>
  /** Absolute; null where it can't be told. */
  cwd: string | null
  /** The text that positions of the syntax tree count in. */
  source: MappedText
  /** `$1 …`; null where they can't be told. */
  parameters: readonly string[] | null
  bash: boolean
  /** `set -e`: a command that fails ends the script. */
  errexit: boolean
}

/** Names whose value differs, or is set on one way only, become unknown. */
export function joinVariables(
  a: PersistentMap<string, Variable>,
  b: PersistentMap<string, Variable>,
): PersistentMap<string, Variable> {
  if (a === b) return a
  let joined = a
  for (const [name, variable] of b) {
    const other = a.get(name)
    if (other && (other === variable || other.value === variable.value)) continue
    joined = joined.with(name, {
      value: unknown(`$${name} depends on a condition`),
      exported: variable.exported,
    })
  }
  return joined
}

/** Where `cd` leads; null where it can't be told. */
export function changeFolder(cwd: string | null, target: string | null): string | null {
  if (target === null || target === '-') return null
  if (target.startsWith('/') || target.startsWith('~')) return target
  return cwd === null ? null : `${cwd.replace(/\/$/, '')}/${target}`
}
