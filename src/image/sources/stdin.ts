import { StreamArchive } from '../archive-stream.ts'
import { openDockerLayout } from '../docker-layout.ts'
import { wantedPlatform } from '../platform.ts'
import type { Source } from '../source.ts'

/** An image archive on standard input. */
export const stdin: Source = {
  id: 'stdin',
  open: async (_name, options) => {
    const input = options.stdin ?? process.stdin
    const archive = await StreamArchive.read('standard input', input, options.reader, options)
    return openDockerLayout(archive, {
      source: 'stdin',
      reference: '-',
      wanted: wantedPlatform(options.platform),
      allPlatforms: options.allPlatforms ?? false,
    })
  },
}
