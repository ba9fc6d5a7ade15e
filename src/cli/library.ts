/** The library's way to the parts that the programs are made of: each pack is a module of Node.js too. */
import { join } from 'node:path'
import { createParts } from './parts.ts'

const folder = join(__dirname, '../code')

/** Loads a part; dist/lib/index.js gives its names to those who import. */
export const load = createParts({
  folder,
  require,
  read: name => require(join(folder, `${name}.cjs`)),
})
