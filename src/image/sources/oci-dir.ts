import { FolderArchive } from '../archive.ts'
import { openOciLayout } from '../oci-layout.ts'
import { wantedPlatform } from '../platform.ts'
import type { Source } from '../source.ts'

/** A folder with an OCI image layout. */
export const ociDir: Source = {
  id: 'oci-dir',
  open: (name, options) =>
    openOciLayout(new FolderArchive(name), {
      source: 'oci-dir',
      reference: name,
      wanted: wantedPlatform(options.platform),
      allPlatforms: options.allPlatforms ?? false,
    }),
}
