/** Remedies in the words of a tool: a dialect is one file and one line here. */
import type { ImageModel } from '../../model.ts'
import type { DockerfileModel } from '../../trace/state.ts'
import type { Remedy } from '../plan.ts'
import { renderAnsible } from './ansible.ts'
import { renderDockerfile } from './dockerfile.ts'
import { renderSalt } from './salt.ts'
import { renderShell } from './shell.ts'

/** The dialects that `--remedy` and the report's `steps` name, in that order. */
export const dialectIds = ['dockerfile', 'shell', 'ansible', 'salt'] as const
export type DialectId = (typeof dialectIds)[number]

type Render = (remedy: Remedy, model: ImageModel | DockerfileModel) => string | null

/** A Dockerfile is no system. Of an image there may be systems that live on: virtual machines, containers of LXC. */
const forSystems =
  (render: (remedy: Remedy) => string | null): Render =>
  (remedy, model) =>
    model.kind === 'dockerfile' ? null : render(remedy)

const dialects: Readonly<Record<DialectId, Render>> = {
  // A host has no Dockerfile.
  dockerfile: ({ steps }, model) =>
    model.kind === 'host' ? null : (renderDockerfile(steps, model)?.join('\n') ?? null),
  // A Dockerfile's shell is not the shell of a system: what mends the file is the file's own line.
  shell: ({ steps }, model) => (model.kind === 'dockerfile' ? null : renderShell(steps)),
  ansible: forSystems(renderAnsible),
  salt: forSystems(renderSalt),
}

/**
 * The remedy as text to copy, lines joined by `\n`, without a last line end.
 * @returns null where the dialect can't say it
 */
export function render(
  remedy: Remedy,
  dialect: DialectId,
  model: ImageModel | DockerfileModel,
): string | null {
  return dialects[dialect](remedy, model)
}
