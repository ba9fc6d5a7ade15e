import { stat } from 'node:fs/promises'
import { JobError } from '../../errors.ts'
import type { OpenedImage } from '../facts.ts'
import { folderFacts } from '../folder-facts.ts'
import { printable } from '../path.ts'
import { hostPlatform } from '../platform.ts'
import type { Source } from '../source.ts'

/** An unpacked root filesystem. */
export const dir: Source = {
  id: 'dir',
  open: async (name, options) => {
    const there = await stat(name).catch(() => null)
    if (!there) throw new JobError('not-found', `${printable(name)} is not there`)
    if (!there.isDirectory()) {
      throw new JobError(
        'usage',
        `${printable(name)} is no folder; for an image archive say docker-archive:${printable(name)}`,
      )
    }
    return [openFolder(name, 'rootfs', 'dir', name, options.deep ?? false)]
  },
}

/** This machine. */
export const host: Source = {
  id: 'host',
  open: async (name, options) => [openFolder(name, 'host', 'host', 'host', options.deep ?? false)],
}

function openFolder(
  root: string,
  kind: OpenedImage['kind'],
  source: string,
  reference: string,
  deep: boolean,
): OpenedImage {
  return {
    kind,
    source,
    reference,
    digest: null,
    // Of a folder nobody says what it is for.
    platform: kind === 'host' ? hostPlatform() : null,
    config: { user: null, env: {} },
    layers: [
      {
        digest: null,
        diffId: null,
        mediaType: null,
        size: null,
        createdBy: null,
        facts: (reader, options) => folderFacts(root, reader, { ...options, deep }),
      },
    ],
    unknowns: [],
    close: async () => {},
  }
}
