/** Ordinary files of this machine, in an order that mixes them: what layers are made of. */
import { createHash } from 'node:crypto'
import { type Dirent, lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

export interface OrdinaryFile {
  readonly path: string
  readonly size: number
}

/** Larger ones would be most of a layer. */
const LARGEST = 64 * 1024 * 1024

/** The regular files under a folder in an order that only their paths decide. */
export function ordinaryFiles(folder: string): OrdinaryFile[] {
  const found: { file: OrdinaryFile; key: string }[] = []
  const visit = (at: string) => {
    let entries: Dirent[]
    try {
      entries = readdirSync(at, { withFileTypes: true })
    } catch {
      return
    }
    for (const entry of entries) {
      const path = join(at, entry.name)
      if (entry.isDirectory()) visit(path)
      if (!entry.isFile() || /[\n\\]/.test(path)) continue
      const { size } = lstatSync(path)
      if (size <= LARGEST)
        found.push({ file: { path, size }, key: createHash('md5').update(path).digest('hex') })
    }
  }
  visit(folder)
  return found.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ file }) => file)
}

/** Cuts a list of files into parts of so many bytes each; what is left over is dropped. */
export function parts(files: readonly OrdinaryFile[], bytes: readonly number[]): OrdinaryFile[][] {
  const cut: OrdinaryFile[][] = []
  let next = 0
  for (const wanted of bytes) {
    const part: OrdinaryFile[] = []
    for (let size = 0; size < wanted; next++) {
      const file = files[next]
      if (!file) throw new Error(`the files are smaller than ${wanted} bytes`)
      part.push(file)
      size += file.size
    }
    cut.push(part)
  }
  return cut
}
