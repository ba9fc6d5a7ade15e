import { openArchive } from '../archive-open.ts'
import { openDockerLayout } from '../docker-layout.ts'
import { wantedPlatform } from '../platform.ts'
import type { Source } from '../source.ts'

/** A file that `docker save` or `podman save` wrote, plain or packed. */
export const dockerArchive: Source = {
  id: 'docker-archive',
  open: async (name, options) =>
    openDockerLayout(await openArchive(name, options), {
      source: 'docker-archive',
      reference: name,
      wanted: wantedPlatform(options.platform),
      allPlatforms: options.allPlatforms ?? false,
    }),
}
