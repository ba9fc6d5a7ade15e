/** The shell commands of a step: what a Dockerfile's RUN and a host's shell have in common. */
import type { PackageManager, Step } from '../plan.ts'
import {
  escapePattern,
  isFragment,
  isPemLine,
  isSafeAlias,
  isSafeName,
  isSafePath,
  isSeedName,
  orElse,
  type Word,
  word,
  words,
  writingTo,
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
      return deleteFromBundle(step.path, step.fragments, step.sed ?? null)
    case 'backup':
      return isSafePath(step.path) && isSafePath(step.to)
        ? [[...words('test', '-e', step.to), orElse], words('cp', '-p', step.path, step.to)]
        : null
    case 'write-certificate':
      return isSafePath(step.path) && step.pem.length > 0 && step.pem.every(isPemLine)
        ? [[...words('printf', '%s\\n', ...step.pem), writingTo(step.path)]]
        : null
    case 'keystore-delete':
      return keytoolCommands(step)?.map(({ remove }) => words(...remove)) ?? null
    case 'pip-upgrade':
      return isSafePath(step.python)
        ? [words(step.python, '-m', 'pip', 'install', '--no-cache-dir', '--upgrade', step.name)]
        : null
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
 * GNU, BusyBox and BSD sed differ in what may follow a label or a brace on the same line. BSD's wants a word behind
 * `-i`, and forgets what it has gathered where a file ends within a block.
 */
function deleteFromBundle(path: string, fragments: readonly string[], sed: 'bsd' | null): Word[][] | null {
  if (!isSafePath(path) || fragments.length === 0 || !fragments.every(isFragment)) return null
  const more = sed === 'bsd' ? ['$!{', 'N', 'ba', '}'] : ['N', 'ba']
  const program = [
    '/^-----BEGIN CERTIFICATE-----/{',
    ':a',
    '/-----END CERTIFICATE-----/!{',
    ...more,
    '}',
    ...fragments.map(fragment => `/${fragment}/d`),
    '}',
  ]
  const inPlace = sed === 'bsd' ? words('sed', '-i', '') : words('sed', '-i')
  return [[...inPlace, ...program.flatMap(line => [word('-e'), word(line)]), word(path)]]
}

/** The password that every Java comes with. */
const keystorePassword = 'changeit'

/** What takes one entry out of a keystore, and what tells whether it is there: by exit status. */
export interface KeytoolCommand {
  readonly alias: string
  readonly path: string
  readonly remove: readonly string[]
  readonly find: readonly string[]
}

/** One an entry: keytool takes no list. Null where a name is not safe. */
export function keytoolCommands(step: Extract<Step, { kind: 'keystore-delete' }>): KeytoolCommand[] | null {
  const { path, aliases, keytool } = step
  if (!isSafePath(path) || aliases.length === 0 || !aliases.every(isSafeAlias)) return null
  if (keytool !== 'keytool' && !isSafePath(keytool)) return null
  return aliases.map(alias => {
    const where = ['-alias', alias, '-keystore', path, '-storepass', keystorePassword]
    return { alias, path, remove: [keytool, '-delete', ...where], find: [keytool, '-list', ...where] }
  })
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
