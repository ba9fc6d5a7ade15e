/** Remedies as a Salt state file: what is already so is left alone, the tool runs where something changed. */
import type { Remedy, Step } from '../plan.ts'
import { isPemLine, isSafeName, isSafePath, shellLine, words } from '../quote.ts'
import { keytoolCommands } from './commands.ts'
import { blockWith, confLine } from './patterns.ts'
import { keyLength, type Yaml, yamlLines } from './yaml.ts'

interface State {
  readonly id: string
  /** `file.replace`. */
  readonly call: string
  readonly args: readonly { readonly [key: string]: Yaml }[]
  /** Does the tool that makes the store read what this changes? */
  readonly feeds?: true
}

/**
 * @returns null where a state can't do these steps, or a name in them is not safe
 */
export function renderSalt({ steps }: Remedy): string | null {
  const states: State[] = []
  for (const step of steps) {
    const made = statesOf(step, states)
    if (made === null) return null
    states.push(...made)
  }
  const ids = states.map(({ id }) => id)
  if (ids.length === 0 || new Set(ids).size < ids.length || ids.some(id => id.length > keyLength - 2))
    return null
  const last = states.at(-1)!
  return [
    '# A quarter of the fleet at a time: salt --batch-size 25% MINIONS state.apply NAME (with test=True it changes nothing).',
    ...yamlLines(Object.fromEntries(states.map(({ id, call, args }) => [id, { [call]: [...args] }]))),
    '# What still runs with the old store must be restarted, each service by a state of its own:',
    '# nginx:',
    '#   service.running:',
    '#     - watch:',
    `#       - ${last.call.split('.')[0]}: ${last.id}`,
  ].join('\n')
}

function statesOf(step: Step, before: readonly State[]): State[] | null {
  switch (step.kind) {
    case 'conf-delete':
    case 'conf-deselect':
      return isSafePath(step.conf) ? all(step.names, name => deselect(step.conf, name)) : null
    case 'run-tool': {
      const changed = before.filter(({ feeds }) => feeds).map(({ id, call }) => ({ [moduleOf(call)]: id }))
      const name = step.fresh ? `${step.tool} --fresh` : step.tool
      return [
        {
          id: 'make the trust store anew',
          call: 'cmd.run',
          args: [{ name }, ...(changed.length > 0 ? [{ onchanges: changed }] : [])],
        },
      ]
    }
    case 'bundle-delete':
      return isSafePath(step.path) ? all(step.fragments, fragment => cut(step.path, fragment)) : null
    case 'backup':
      if (!isSafePath(step.path) || !isSafePath(step.to)) return null
      return [
        {
          id: `keep ${step.path} as it was`,
          call: 'file.copy',
          args: [{ name: step.to }, { source: step.path }, { preserve: true }],
        },
      ]
    case 'write-certificate':
      if (!isSafePath(step.path) || !step.pem.every(isPemLine)) return null
      return [
        {
          id: `forbid the certificate in ${step.path}`,
          call: 'file.managed',
          args: [{ name: step.path }, { contents: `${step.pem.join('\n')}\n` }, { mode: '0644' }],
          feeds: true,
        },
      ]
    case 'keystore-delete':
      return (
        keytoolCommands(step)?.map(({ alias, path, remove, find }) => ({
          id: `take ${alias} out of ${path}`,
          call: 'cmd.run',
          args: [{ name: shellLine([words(...remove)]) }, { onlyif: [shellLine([words(...find)])] }],
        })) ?? null
      )
    case 'link':
      if (!isSafePath(step.path) || !isSafePath(step.to)) return null
      return [
        {
          id: `make ${step.path} a link`,
          call: 'file.symlink',
          args: [{ name: step.path }, { target: step.to }, { force: true }],
        },
      ]
    case 'install-package':
      if (!step.names.every(isSafeName)) return null
      return [
        {
          id: `${step.upgrade ? 'upgrade' : 'install'} ${step.names.join(' ')}`,
          call: step.upgrade ? 'pkg.latest' : 'pkg.installed',
          args: [{ pkgs: step.names }, { refresh: true }],
        },
      ]
    case 'pip-upgrade':
      if (!isSafePath(step.python)) return null
      return [
        {
          id: `upgrade ${step.name} of ${step.python}`,
          call: 'pip.installed',
          args: [{ name: step.name }, { upgrade: true }, { bin_env: step.python }],
        },
      ]
    case 'set-base':
    case 'copy-store':
    case 'edit-text':
      return null
  }
}

function moduleOf(call: string): string {
  return call.split('.')[0] ?? call
}

function all<T>(items: readonly T[], state: (item: T) => State | null): State[] | null {
  const states = items.map(state).filter(made => made !== null)
  return states.length < items.length ? null : states
}

function deselect(conf: string, name: string): State | null {
  const line = confLine(name)
  if (line === null) return null
  return {
    id: `deselect ${name}`,
    call: 'file.replace',
    args: [{ name: conf }, { pattern: line.pattern }, { repl: line.replacement }, { backup: false }],
    feeds: true,
  }
}

function cut(path: string, fragment: string): State | null {
  const pattern = blockWith(fragment)
  if (pattern === null) return null
  return {
    id: `take the certificate with ${fragment} out of ${path}`,
    call: 'file.replace',
    args: [{ name: path }, { pattern }, { repl: '' }],
  }
}
