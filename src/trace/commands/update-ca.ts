import { isUnknown, unknown } from '../../model.ts'
import { refreshedAnchors } from '../anchors.ts'
import type { Machine } from '../machine.ts'
import { absolutePath } from '../paths.ts'
import { refresh, tellRefresh } from '../refresh.ts'
import { hasOption, operands } from '../words.ts'
import { type Handler, ran } from './types.ts'

/** Debian's, Alpine's and SUSE's tool; `--fresh` only makes the folder's links anew. */
export const updateCaCertificates: Handler = (command, machine) => {
  const options = ['--certsconf', '--certsdir', '--localcertsdir', '--etccertsdir', '--hooksdir']
  if (hasOption(command.args, ...options)) {
    doubt(machine, 'update-ca-certificates is given folders of its own')
    return ran
  }
  run(machine, 'update-ca-certificates')
  return ran
}

/** The RHEL family's tool: `extract`, or nothing; `enable` alone did so on 6. */
export const updateCaTrust: Handler = (command, machine) => {
  const [verb] = operands(command.args, new Set(['-o', '--output']))
  if (hasOption(command.args, '--output', '-o')) return ran
  if (verb === undefined || verb.value === 'extract' || verb.value === 'force-enable')
    run(machine, 'update-ca-trust')
  return ran
}

/** p11-kit's trust(1): `extract-compat` is what update-ca-trust runs; `anchor` also adds or takes away. */
export const trust: Handler = (command, machine) => {
  const [verb, ...words] = operands(command.args, new Set(['--format', '--filter', '--purpose']))
  if (verb?.value === 'extract-compat') run(machine, 'update-ca-trust')
  if (verb?.value === 'anchor') doubt(machine, 'trust anchor changes the store')
  if (verb?.value === 'extract') {
    const target = words.at(-1)
    const path = target?.value ? absolutePath(target.value, command.cwd) : null
    if (path !== null) machine.writeDoubt(path, 'trust extract writes it', target!)
  }
  return ran
}

function run(machine: Machine, tool: string): void {
  const { tool: there, layout, stores } = machine.fields
  const other = layout !== null && layout.tool !== null && layout.tool !== tool
  tellRefresh(
    machine,
    tool,
    'tool',
    isUnknown(stores) && there === false
      ? stores
      : other
        ? unknown('it is no tool of this distribution')
        : there,
  )
  if (there === false) return
  refreshedAnchors(machine)
  if (isUnknown(there)) {
    doubt(machine, `${tool} may not be there: ${there.unknown}`)
    return
  }
  if (layout && layout.tool !== tool) return
  refresh(machine, null)
}

function doubt(machine: Machine, why: string): void {
  const { stores } = machine.fields
  if (isUnknown(stores)) return
  if (stores.length === 0) machine.storesUnknown(why)
  else
    machine.set({
      stores: stores.map(store => ({
        ...store,
        roots: unknown(why),
        match: 'unknown' as const,
        origin: machine.edited(store.origin),
      })),
    })
}
