import { openArchive } from '../archive-open.ts'
import { openOciLayout } from '../oci-layout.ts'
import { wantedPlatform } from '../platform.ts'
import type { Source } from '../source.ts'

/** An OCI image layout in a tar file, plain or packed. */
export const ociArchive: Source = {
  id: 'oci-archive',
  open: async (name, options) =>
    openOciLayout(await openArchive(name, options), {
      source: 'oci-archive',
      reference: name,
      wanted: wantedPlatform(options.platform),
      allPlatforms: options.allPlatforms ?? false,
    }),
}
