import { existsSync } from 'node:fs'
import { JobError } from '../../errors.ts'
import { FolderArchive } from '../archive.ts'
import { openOciLayout } from '../oci-layout.ts'
import { printable } from '../path.ts'
import { wantedPlatform } from '../platform.ts'
import type { Source } from '../source.ts'

/** A folder with an OCI image layout. */
export const ociDir: Source = {
  id: 'oci-dir',
  open: async (name, options) => {
    if (!existsSync(name)) throw new JobError('not-found', `${printable(name)} is not there`)
    return openOciLayout(new FolderArchive(name), {
      source: 'oci-dir',
      reference: name,
      wanted: wantedPlatform(options.platform),
      allPlatforms: options.allPlatforms ?? false,
    })
  },
}
