/** All rows, the only list, in the order of the table. */
import type { Row } from '../row.ts'
import { again } from './again.ts'
import { manyDockerfiles } from './dockerfiles.ts'
import { help } from './help.ts'
import { knowledge } from './knowledge.ts'
import { oneLayer, twoLayers } from './layers.ts'
import { lint } from './lint.ts'
import { many } from './many.ts'
import { memory } from './memory.ts'
import { scanners } from './scanners.ts'
import { uncompressed } from './uncompressed.ts'
import { verify } from './verify.ts'

export const rows: readonly Row[] = [
  lint,
  help,
  manyDockerfiles,
  twoLayers,
  oneLayer,
  scanners,
  uncompressed,
  memory,
  again,
  many,
  verify,
  knowledge,
]
