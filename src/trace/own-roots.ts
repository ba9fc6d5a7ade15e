/** Programs that bring roots of their own, run on the network: does anything make them read others? */
import type { ShellCommand } from '../dockerfile/shell-types.ts'
import { isUnknown } from '../model.ts'
import { isTextContent } from './content.ts'
import type { Machine } from './machine.ts'
import { operands } from './words.ts'

const NODE_VARIABLES = [
  'NODE_EXTRA_CA_CERTS',
  'NODE_USE_SYSTEM_CA',
  'NODE_TLS_REJECT_UNAUTHORIZED',
  'npm_config_cafile',
  'NPM_CONFIG_CAFILE',
  'npm_config_ca',
  'NPM_CONFIG_CA',
  'npm_config_strict_ssl',
  'NPM_CONFIG_STRICT_SSL',
  'npm_config_registry',
  'NPM_CONFIG_REGISTRY',
  'YARN_HTTPS_CA_FILE_PATH',
  'YARN_ENABLE_STRICT_SSL',
]
const PYTHON_VARIABLES = [
  'PIP_CERT',
  'REQUESTS_CA_BUNDLE',
  'CURL_CA_BUNDLE',
  'SSL_CERT_FILE',
  'PIP_TRUSTED_HOST',
  'PIP_CONFIG_FILE',
  'PIP_USE_FEATURE',
  'PIP_NO_INDEX',
]

/** npm, yarn, pnpm and npx: Node.js' own roots. */
export function nodeUse(machine: Machine, command: ShellCommand, program: string): void {
  const [verb] = operands(command.args)
  const texts = command.args.map(word => word.value ?? word.prefix)
  const installs =
    /^(install|i|ci|add|update|up|upgrade|clean-install|dlx|fetch)$/.test(verb?.value ?? '') ||
    (program === 'yarn' && command.args.length === 0)
  if (
    !installs ||
    texts.some(text => /^--(ca|cafile|offline|prefer-offline|strict-ssl|registry|version|help)\b/.test(text))
  )
    return
  if (set(command, NODE_VARIABLES) || machine.fields.notes.has('configured:node')) return
  const options = command.variable('NODE_OPTIONS')
  if (options !== undefined && (isUnknown(options) || /use-(openssl|system)-ca|require/.test(options))) return
  const folder = command.cwd ?? '/'
  for (const path of [
    `${folder}/.npmrc`,
    '~/.npmrc',
    '/root/.npmrc',
    `${folder}/.yarnrc.yml`,
    `${folder}/.yarnrc`,
  ]) {
    const content = machine.readFile(path)
    if (content === null) continue
    if (
      isUnknown(content) ||
      !isTextContent(content) ||
      /\b(ca|cafile|strict-ssl|httpsCaFilePath|registry)\b/i.test(content.text)
    )
      return
  }
  tell(machine, command, program, 'node')
}

/** pip: certifi's roots, as it brings them. */
export function pipUse(machine: Machine, command: ShellCommand, program: string): void {
  const words = operands(
    command.args,
    new Set(['-r', '-c', '-i', '-t', '-d', '--requirement', '--constraint', '--index-url', '--target']),
  )
  const [verb, ...named] = words
  if (verb?.value !== 'install' && verb?.value !== 'download' && verb?.value !== 'wheel') return
  const texts = command.args.map(word => word.value ?? word.prefix)
  if (
    texts.some(text =>
      /^--(cert|trusted-host|no-index|use-feature|index-url|extra-index-url|no-deps)\b|^-i$/.test(text),
    )
  )
    return
  const requirements = texts.some(text => /^(-r|--requirement)/.test(text))
  const remote = named.some(
    word => word.value !== null && /^[A-Za-z0-9][A-Za-z0-9._[\]-]*([=<>~!].*)?$/.test(word.value),
  )
  const upgrades = named.some(word => /^pip([=<>~!]|$)/.test(word.value ?? ''))
  if (upgrades) machine.note('pip-upgraded')
  if (machine.fields.notes.has('pip-upgraded') && !upgrades) return
  if (
    (!requirements && !remote) ||
    set(command, PYTHON_VARIABLES) ||
    machine.fields.notes.has('configured:python')
  )
    return
  tell(machine, command, program, 'python')
}

function set(command: ShellCommand, names: readonly string[]): boolean {
  return names.some(name => command.variable(name) !== undefined)
}

function tell(machine: Machine, command: ShellCommand, program: string, runtime: 'node' | 'python'): void {
  if (machine.starting !== null) return
  machine.emit({
    kind: 'own-roots-use',
    program,
    runtime,
    location: machine.location(command.start, command.end),
  })
}
