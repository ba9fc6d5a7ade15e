/** The library's way to the parts that the programs are made of: each pack is a module of Node.js too. */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createParts } from './parts.ts'

const folder = join(__dirname, '../code')

/** Loads a part; dist/lib/index.js gives its names to those who import. */
export const load = createParts({
  folder,
  url: pathToFileURL(join(folder, 'x')).href,
  require,
  read: name => require(join(folder, `${name}.cjs`)),
})
