import type { ShellCommand } from '../../dockerfile/shell-types.ts'
import { isUnknown } from '../../model.ts'
import { type Content, FETCHED, isTextContent } from '../content.ts'
import type { Machine } from '../machine.ts'
import { absolutePath, inTrustFolder } from '../paths.ts'
import { runFile, shown } from './shell.ts'
import { type Handler, ran } from './types.ts'

/** Scripts of projects that build, and touch nothing outside of it. */
const BUILDS =
  /(^|\/)(configure|config|Configure|bootstrap(\.sh|\.py|\.bash)?|(make|all)\.bash|autogen\.sh|buildconf|gradlew|mvnw|sbt|setup\.py|manage\.py|make|waf|b2|bjam|bootstrap\.sh|rebar3?|mix|artisan|composer|phpize|docker-java-home|rabbitmqadmin|perl|otp_build|rustup-init|catalina\.sh|lein|haxelib|linux-install(-[\d.]+)?\.sh)$|tomcat[^/]*\/bin\/(startup|shutdown)\.sh$/
/** Programs of the project's own: no shell scripts that manage a system. */
const PROGRAMS =
  /\.(py|js|mjs|cjs|ts|rb|php|pl|jar|phar|exe|go|lua|R)$|(^|\/)(node_modules|vendor|venv|\.venv|target|dist)\/|^(\.\/)?bin\//

/**
 * Any program that the registry doesn't have. Compilers and tools leave the stores alone; a script of the project's own
 * may do anything; whatever is handed a trust folder's path may change it.
 */
export const other: Handler = (command, machine) => {
  const { name } = command
  touched(command, machine)
  if (name.value === null) {
    if (name.prefix.startsWith('./') || name.prefix.endsWith('.sh') || name.suffix.endsWith('.sh')) {
      machine.storesUnknown('a script whose path is not known is run')
    }
    return ran
  }
  const path = name.value.includes('/') ? absolutePath(name.value, command.cwd) : onPath(name.value, machine)
  if (path === null) {
    if (/\.sh$|^\.\.?\//.test(name.value) && !harmless(name.value, name.value, null)) {
      machine.storesUnknown(`the script ${shown(name.value)} is run, and can't be read`)
    }
    return ran
  }
  const content = machine.readFile(path)
  if (content && !isUnknown(content) && isTextContent(content) && SHELL_SCRIPT.test(content.text)) {
    const run = runFile(command, machine, { ...name, value: path }, command.args, false)
    const errexit = /^#!.*sh\s+-[A-Za-z]*e/.test(content.text)
    return run.script ? { ...run, script: { ...run.script, errexit } } : run
  }
  if (!harmless(name.value, path, content)) {
    machine.storesUnknown(`the script ${shown(name.value)} is run, and can't be followed`)
  }
  return ran
}

const SHELL_SCRIPT = /^#!\s*\S*\/(env\s+)?(ba|da|a|k|z)?sh\b/

/** A program of the system, a tool that builds, or a program that was fetched whole. */
function harmless(name: string, path: string, content: Content | null): boolean {
  if (BUILDS.test(name)) return true
  if (path.endsWith('.sh')) return false
  if (PROGRAMS.test(name)) return true
  const fetched = content === null || (isUnknown(content) && content.unknown === FETCHED)
  const installed = /^\/(usr\/|opt\/)?(local\/|[^/]+\/)?s?bin\/[^/]+$/.test(path)
  return installed ? fetched : content === null && !/^\.\.?\//.test(name)
}

/** A program that the Dockerfile itself put where the shell looks for it. */
function onPath(name: string, machine: Machine): string | null {
  for (const folder of ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']) {
    const path = `${folder}/${name}`
    if (machine.fields.files.get(path)?.kind === 'file') return path
  }
  return null
}

/** Words that name a store, conf or a folder of either make what they name unknown. */
function touched(command: ShellCommand, machine: Machine): void {
  for (const word of command.args) {
    if (word.value === null) continue
    const text = word.value.replace(/^--?[A-Za-z0-9-]+=/, '')
    const path = text.startsWith('/') ? absolutePath(text, command.cwd) : null
    if (path === null || !inTrustFolder(path)) continue
    const program = shown(command.name.value ?? 'a program')
    machine.writeDoubt(path, `${program} is given its path, and what it does there is not known`, word)
  }
}
