import type { Release } from '../knowledge/types.ts'
import type { Root } from '../model.ts'
import { type Catalogue, distinct } from './content.ts'

/** The certificates that a release's package lays down, by the names that conf has for them: `mozilla/NAME.crt`. */
export function packagedFiles(catalogue: Catalogue, release: Release | null): Map<string, readonly Root[]> {
  const files = new Map<string, readonly Root[]>()
  for (const index of release?.roots ?? []) {
    const name = `mozilla/${catalogue.fileName(index)}`
    const root = catalogue.byIndex(index)
    const others = files.get(name)
    files.set(name, others ? distinct([...others, root]) : [root])
  }
  return files
}
