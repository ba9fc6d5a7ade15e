import type { ShellCommand } from '../../dockerfile/shell-types.ts'
import { isUnknown } from '../../model.ts'
import type { Machine } from '../machine.ts'
import { addressOf, useClient } from '../tls.ts'
import { environmentSwitch } from '../verification.ts'
import { operands, removal } from '../words.ts'
import { type Handler, ran } from './types.ts'

/** go(1): `get -insecure`, settings that `go env -w` keeps, and modules that come from the proxy. */
export const go: Handler = (command, machine) => {
  const [verb] = command.args
  let verifies = true
  for (const [index, word] of command.args.entries()) {
    const text = word.value ?? ''
    if (verb?.value === 'get' && (text === '-insecure' || text === '--insecure')) {
      verifies = false
      machine.switchedOff('go', text, word, false, removal(command, machine.session.text, index))
    }
    const pair = verb?.value === 'env' ? /^([A-Z]+)=(.*)$/.exec(text) : null
    if (pair && environmentSwitch(pair[1]!, pair[2]!)) machine.switchedOff('go', text, word)
  }
  if (verifies) fetchModules(command, machine)
  return ran
}

/** go.dev/ref/mod, "Module proxies": each verb here fetches unless what it asks for is kept already. */
function fetchModules(command: ShellCommand, machine: Machine): void {
  const [verb, ...rest] = operands(command.args)
  const asked =
    verb?.value === 'get' || (verb?.value === 'mod' && rest[0]?.value === 'download')
      ? verb
      : verb?.value === 'install' || verb?.value === 'run'
        ? rest.find(word => /^[^./][^@]*@[^@]+$/.test(word.value ?? ''))
        : undefined
  const set = (name: string): string | null => {
    const value = command.variable(name)
    return value === undefined ? '' : isUnknown(value) ? null : value
  }
  const [proxy, flags, insecure] = [set('GOPROXY'), set('GOFLAGS'), set('GOINSECURE')]
  if (!asked || proxy === null || flags === null || insecure !== '' || flags.includes('vendor')) return
  const [first = ''] = proxy.split(/[,|]/)
  const url = first === '' ? 'https://proxy.golang.org' : first
  if (!/^https?:/.test(url)) return
  useClient(machine, command, 'go', [addressOf({ ...asked, value: url, prefix: url, suffix: url })], {
    verifies: true,
  })
}
