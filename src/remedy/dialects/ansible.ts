/** Remedies as an Ansible play: idempotent tasks, batch by batch, a handler that restarts what the user names. */
import type { Remedy, Step } from '../plan.ts'
import { isPemLine, isSafeName, isSafePath } from '../quote.ts'
import { type KeytoolCommand, keytoolCommands } from './commands.ts'
import { blockWith, confLine } from './patterns.ts'
import { type Yaml, yamlLines } from './yaml.ts'

type Task = { readonly [key: string]: Yaml }

const refresh = 'Make the trust store anew'
const restart = 'Restart what still runs with the old store'
const services = '{{ restart_services }}'
const item = '{{ item }}'
const vouched = new Set([services, item])

/**
 * @returns null where a play can't do these steps, or a name in them is not safe
 */
export function renderAnsible({ summary, steps }: Remedy): string | null {
  const tasks = steps.map(tasksOf)
  if (tasks.length === 0 || tasks.includes(null)) return null
  const tools = steps.flatMap(step => (step.kind === 'run-tool' ? [step] : []))
  const play: Task = {
    name: title(summary),
    hosts: 'all',
    become: true,
    // A quarter of the fleet at a time; the first failure stops the rest.
    serial: '25%',
    max_fail_percentage: 0,
    // Notified once, they run also where a later task fails: the next run would find nothing changed.
    force_handlers: true,
    vars: { restart_services: [] },
    tasks: tasks.filter(made => made !== null).flat(),
    handlers: [
      ...tools.map(
        ({ tool, fresh }): Task => ({
          name: refresh,
          'ansible.builtin.command': { argv: fresh ? [tool, '--fresh'] : [tool] },
          changed_when: true,
          notify: restart,
        }),
      ),
      {
        name: restart,
        'ansible.builtin.service': { name: item, state: 'restarted' },
        loop: services,
      },
    ],
  }
  return [
    '# ansible-playbook --check --diff FILE tells what it would change.',
    '# Name the services to restart: -e \'{"restart_services": ["nginx"]}\'',
    ...yamlLines([play], vouched),
  ].join('\n')
}

/** Without the reminder to restart: the handler does that. A title is for people: no more than letters and signs. */
function title(summary: string): string {
  const [head = ''] = summary.split('; then restart')
  const ascii = head
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^ -~]/g, '?')
    .replace(/[{}]/g, '')
  return ascii.slice(0, 200)
}

function tasksOf(step: Step): Task[] | null {
  switch (step.kind) {
    case 'conf-delete':
    case 'conf-deselect':
      return isSafePath(step.conf) ? all(step.names, name => deselect(step.conf, name)) : null
    case 'run-tool':
      // A handler.
      return []
    case 'bundle-delete':
      return isSafePath(step.path) ? all(step.fragments, fragment => cut(step.path, fragment)) : null
    case 'backup':
      if (!isSafePath(step.path) || !isSafePath(step.to)) return null
      return [
        {
          name: `Keep ${step.path} as it was`,
          'ansible.builtin.copy': {
            src: step.path,
            dest: step.to,
            remote_src: true,
            force: false,
            mode: 'preserve',
          },
        },
      ]
    case 'write-certificate':
      return isSafePath(step.path) && step.pem.every(isPemLine) ? [write(step.path, step.pem)] : null
    case 'keystore-delete':
      return keytoolCommands(step)?.map(removeEntry) ?? null
    case 'link':
      if (!isSafePath(step.path) || !isSafePath(step.to)) return null
      return [
        {
          name: `Make ${step.path} a link to ${step.to}`,
          'ansible.builtin.file': { src: step.to, dest: step.path, state: 'link', force: true },
          notify: restart,
        },
      ]
    case 'install-package':
      return step.names.every(isSafeName) ? [install(step)] : null
    case 'pip-upgrade':
      return isSafePath(step.python) ? [upgrade(step.python, step.name)] : null
    case 'set-base':
    case 'copy-store':
    case 'edit-text':
      return null
  }
}

function all<T>(items: readonly T[], task: (item: T) => Task | null): Task[] | null {
  const tasks = items.map(task).filter(made => made !== null)
  return tasks.length < items.length ? null : tasks
}

function deselect(conf: string, name: string): Task | null {
  const line = confLine(name)
  if (line === null) return null
  return {
    name: `Deselect ${name}`,
    'ansible.builtin.replace': { path: conf, regexp: line.pattern, replace: line.replacement },
    notify: refresh,
  }
}

function cut(path: string, fragment: string): Task | null {
  const regexp = blockWith(fragment)
  if (regexp === null) return null
  return {
    name: `Take the certificate with ${fragment} out of ${path}`,
    'ansible.builtin.replace': { path, regexp, replace: '' },
    notify: restart,
  }
}

function write(path: string, pem: readonly string[]): Task {
  return {
    name: `Forbid the certificate in ${path}`,
    'ansible.builtin.copy': { dest: path, content: `${pem.join('\n')}\n`, mode: '0644' },
    notify: refresh,
  }
}

function removeEntry({ alias, path, remove }: KeytoolCommand): Task {
  return {
    name: `Take ${alias} out of ${path}`,
    'ansible.builtin.command': { argv: remove },
    register: 'removed',
    changed_when: 'removed.rc == 0',
    failed_when: "removed.rc != 0 and 'does not exist' not in removed.stdout",
    notify: restart,
  }
}

function install({ manager, names, upgrade }: Extract<Step, { kind: 'install-package' }>): Task {
  const module = manager === 'apt-get' ? 'ansible.builtin.apt' : 'ansible.builtin.package'
  const cache = manager === 'apt-get' ? { update_cache: true } : {}
  return {
    name: `${upgrade ? 'Upgrade' : 'Install'} ${names.join(' ')}`,
    [module]: { name: names, state: upgrade ? 'latest' : 'present', ...cache },
    notify: restart,
  }
}

function upgrade(python: string, name: string): Task {
  return {
    name: `Upgrade ${name} of ${python}`,
    'ansible.builtin.command': { argv: [python, '-m', 'pip', 'install', '--upgrade', name] },
    register: 'upgraded',
    changed_when: "'Successfully installed' in upgraded.stdout",
    notify: restart,
  }
}
