/**
 * `.imgtrust.yaml` and the user's own `config.yaml`: their types and their reader. Only the user's own says anything
 * about credentials, registries and networks.
 */
import { dirname, resolve } from 'node:path'
import { parseInstant } from '../clock.ts'
import { JobError } from '../errors.ts'
import { type Severity, severities } from '../finding.ts'
import type { Instant } from '../model.ts'
import { parseDuration } from '../options.ts'
import { type Policy, readOwnPolicy } from '../policy/index.ts'
import { nearest } from '../policy/nearest.ts'
import { readStrictYaml, type YamlNode } from '../policy/strict-yaml.ts'

export interface Config {
  /** As it was found; shown in reports. */
  readonly file: string
  readonly preset: PresetId | null
  readonly rules: Readonly<Record<string, Severity | 'off'>>
  readonly failOn: Severity | 'never' | null
  /** Milliseconds. */
  readonly expiringWithin: number | null
  readonly format: string | null
  readonly ignores: readonly ConfigIgnore[]
  /** Pattern of a private image → the public reference that it stands on. */
  readonly bases: ReadonlyMap<string, string>
  readonly policy: Policy | null
  /** Of the user's own file alone. */
  readonly network: NetworkSettings
}

export interface NetworkSettings {
  readonly authfile?: string
  readonly caFile?: string
  readonly plainHttp?: readonly string[]
  readonly offline?: boolean
}

export interface ConfigIgnore {
  readonly rule: string
  /** Glob over the target as reported, or an image's reference; null: every target. */
  readonly target: string | null
  /** Fingerprint or name of a root; null: all. */
  readonly root: string | null
  /** The ignore ends at the start of this day. */
  readonly until: Instant | null
  readonly reason: string
  /** Its line in the file. */
  readonly line: number
}

export const presetIds = ['recommended', 'strict', 'outage'] as const
export type PresetId = (typeof presetIds)[number]

const KEYS = ['preset', 'rules', 'fail-on', 'expiring-within', 'format', 'ignore', 'bases', 'policy']
/** What the user's own file may say beside these. */
const OWN_KEYS = ['authfile', 'ca-file', 'plain-http', 'offline']
const IGNORE_KEYS = ['rule', 'target', 'root', 'until', 'reason']
/** What only flags, the environment and the user's own file may say: a repository must not redirect its readers. */
const FLAGS_ONLY = ['authfile', 'ca-file', 'plain-http', 'cache-dir', 'output', 'offline', 'platform']

/** What a configuration may name. */
export interface Names {
  readonly rules: readonly string[]
  readonly formats: readonly string[]
}

/**
 * Reads the text of a configuration file.
 * @param file as shown in messages; of the user's own the absolute path, which the paths in it are relative to
 * @throws JobError `malformed`: file, line, the key at fault, and the nearest right one
 */
export function readConfig(
  text: string,
  file: string,
  names: Names,
  whose: 'repository' | 'user' = 'repository',
): Config {
  const { root } = readStrictYaml(text, file)
  const keys = root === null ? new Map<string, YamlNode>() : keysOf(root, whose)
  const word = <T extends string>(key: string, words: readonly T[]): T | null => {
    const node = keys.get(key)
    return node === undefined ? null : oneOf(node, words)
  }
  const list = keys.get('ignore')
  const policy = keys.get('policy')
  return {
    file,
    preset: word('preset', presetIds),
    failOn: word('fail-on', [...severities, 'never'] as const),
    format: word('format', names.formats),
    expiringWithin: durationOf(keys.get('expiring-within')),
    rules: rulesOf(keys.get('rules'), names.rules),
    ignores: list === undefined || list.isEmpty ? [] : list.list().map(node => ignoreOf(node, names.rules)),
    bases: new Map(
      [...(keys.get('bases')?.map(null) ?? [])].map(([pattern, node]) => [pattern, node.text()]),
    ),
    policy: policy === undefined ? null : readOwnPolicy(policy, file),
    network: whose === 'user' ? networkOf(keys, dirname(file)) : {},
  }
}

function networkOf(keys: ReadonlyMap<string, YamlNode>, folder: string): NetworkSettings {
  const path = (key: string) => {
    const text = keys.get(key)?.text()
    return text === undefined ? undefined : resolve(folder, text)
  }
  const [authfile, caFile, list, offline] = [
    path('authfile'),
    path('ca-file'),
    keys.get('plain-http'),
    keys.get('offline'),
  ]
  return {
    ...(authfile === undefined ? {} : { authfile }),
    ...(caFile === undefined ? {} : { caFile }),
    ...(list === undefined || list.isEmpty ? {} : { plainHttp: list.list().map(node => node.text()) }),
    ...(offline === undefined ? {} : { offline: oneOf(offline, ['true', 'false'] as const) === 'true' }),
  }
}

function keysOf(root: YamlNode, whose: 'repository' | 'user'): ReadonlyMap<string, YamlNode> {
  if (whose === 'user') return root.map([...KEYS, ...OWN_KEYS])
  for (const [key, node] of root.map(null))
    if (FLAGS_ONLY.includes(key))
      throw node.error(
        `"${key}" can't be said in a file that a repository brings; ${OWN_KEYS.includes(key) ? `use the flag --${key}, or the config.yaml in $XDG_CONFIG_HOME/imgtrust` : `use the flag --${key}`}`,
      )
  return root.map(KEYS)
}

function oneOf<T extends string>(node: YamlNode, words: readonly T[]): T {
  const text = node.text()
  if (words.includes(text as T)) return text as T
  const meant = nearest(text, words)
  throw node.error(
    `${node.what} can't be ${JSON.stringify(text.slice(0, 60))}; ${meant === null ? `use one of ${words.join(', ')}` : `did you mean "${meant}"?`}`,
  )
}

function durationOf(node: YamlNode | undefined): number | null {
  if (node === undefined) return null
  try {
    return parseDuration(node.text())
  } catch (error) {
    throw error instanceof JobError && error.code === 'usage' ? node.error(error.message) : error
  }
}

function rulesOf(node: YamlNode | undefined, rules: readonly string[]): Config['rules'] {
  if (node === undefined || node.isEmpty) return {}
  return Object.fromEntries(
    [...node.map(rules)].map(([rule, severity]) => [rule, oneOf(severity, [...severities, 'off'] as const)]),
  )
}

function ignoreOf(node: YamlNode, rules: readonly string[]): ConfigIgnore {
  const keys = node.map(IGNORE_KEYS)
  const rule = keys.get('rule')
  const reason = keys.get('reason')
  if (rule === undefined) throw node.error(`${node.what} needs the key "rule"`)
  if (reason === undefined || reason.text().trim() === '')
    throw node.error(`${node.what} needs a "reason", for whoever reads it next year`)
  const until = keys.get('until')
  const day = until === undefined ? null : parseInstant(until.text())
  if (until !== undefined && day === null) throw until.error(`until is no day; say 2027-01-31`)
  return {
    rule: oneOf(rule, rules),
    target: keys.get('target')?.text() ?? null,
    root: keys.get('root')?.text() ?? null,
    until: day,
    reason: reason.text(),
    line: node.line,
  }
}
