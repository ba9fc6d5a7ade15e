/** The shell commands of a step: what a Dockerfile's RUN and a host's shell have in common. */
import type { PackageManager, Step } from '../plan.ts'
import {
  escapePattern,
  isFragment,
  isSafeName,
  isSafePath,
  isSeedName,
  type Word,
  word,
  words,
} from '../quote.ts'

/**
 * How a certificate leaves ca-certificates.conf. In an image that is built anew its line is deleted. On a system
 * that lives on the package's next upgrade would take a deleted line for a new certificate and bring it back:
 * there `!` goes before the name (update-ca-certificates(8)).
 */
export type ConfForm = 'delete' | 'deselect'

/** The commands of one step in order; null where a shell has none for it, or where a name in it is not safe. */
export function commandsOf(step: Step, confForm: ConfForm): Word[][] | null {
  switch (step.kind) {
    case 'conf-delete':
      return editConf(step.conf, step.names, confForm)
    case 'conf-deselect':
      return editConf(step.conf, step.names, 'deselect')
    case 'run-tool':
      return [runTool(step.tool, step.fresh, confForm)]
    case 'bundle-delete':
      return deleteFromBundle(step.path, step.fragments)
    case 'link':
      return isSafePath(step.path) && isSafePath(step.to) ? [words('ln', '-sf', step.to, step.path)] : null
    case 'install-package':
      return step.names.every(isSafeName) ? install(step.manager, step.names, step.upgrade) : null
    case 'set-base':
    case 'copy-store':
    case 'edit-text':
      return null
  }
}

function editConf(conf: string, names: readonly string[], form: ConfForm): Word[][] | null {
  if (!isSafePath(conf) || names.length === 0 || !names.every(isSeedName)) return null
  const scripts = names.map(
    (name): Word =>
      form === 'delete'
        ? { text: `/${name}/d`, quote: 'double' }
        : { text: `s|^mozilla/${escapePattern(name, '|')}$|!&|`, quote: 'single' },
  )
  return [[...words('sed', '-i'), ...scriptOptions(scripts), word(conf)]]
}

/** One script stands by itself, several each behind `-e`. */
function scriptOptions(scripts: readonly Word[]): Word[] {
  return scripts.length === 1 ? [...scripts] : scripts.flatMap(script => [word('-e'), script])
}

function runTool(tool: string, fresh: boolean, form: ConfForm): Word[] {
  if (!fresh || tool !== 'update-ca-certificates') return words(tool)
  return form === 'delete' ? words(tool, '-f', '-v') : words(tool, '--fresh')
}

/**
 * Gathers each PEM block into sed's pattern space and deletes the one that holds the fragment. One `-e` a command:
 * GNU, BusyBox and BSD sed differ in what may follow a label or a brace on the same line.
 */
function deleteFromBundle(path: string, fragments: readonly string[]): Word[][] | null {
  if (!isSafePath(path) || fragments.length === 0 || !fragments.every(isFragment)) return null
  const program = [
    '/^-----BEGIN CERTIFICATE-----/{',
    ':a',
    '/-----END CERTIFICATE-----/!{',
    'N',
    'ba',
    '}',
    ...fragments.map(fragment => `/${fragment}/d`),
    '}',
  ]
  return [[...words('sed', '-i'), ...program.flatMap(line => [word('-e'), word(line)]), word(path)]]
}

const aptLists: Word = { text: '/var/lib/apt/lists/*', quote: 'glob' }

function install(manager: PackageManager, names: readonly string[], upgrade: boolean): Word[][] {
  switch (manager) {
    case 'apk':
      // `apk add` of a package that is there already does not upgrade it; --upgrade does, and installs it where it is not.
      return [words('apk', 'add', '--no-cache', ...(upgrade ? ['--upgrade'] : []), ...names)]
    case 'apt-get':
      // `apt-get install` brings a package that is there already to its newest version.
      return [
        words('apt-get', 'update'),
        words('apt-get', 'install', '-y', '--no-install-recommends', ...names),
        [...words('rm', '-rf'), aptLists],
      ]
    case 'zypper':
      return [
        words('zypper', '--non-interactive', upgrade ? 'update' : 'install', ...names),
        words('zypper', 'clean', '--all'),
      ]
    case 'dnf':
    case 'yum':
    case 'microdnf':
      return [words(manager, '-y', upgrade ? 'update' : 'install', ...names), words(manager, 'clean', 'all')]
  }
}
