import { factsId } from './distributions.ts'
import { readJson } from './load.ts'
import type { StoreLayout } from './types.ts'

type Row = StoreLayout & { readonly distributions: readonly string[] }

/**
 * How a distribution keeps its trust store.
 * @param distribution its os-release id: `debian`, `ubuntu`, `alpine`, `rhel`, `almalinux`, `opensuse-leap`, …
 * @returns null for a distribution whose layout is not known
 */
export function storeLayout(distribution: string): StoreLayout | null {
  const id = factsId(distribution)
  return readJson<Row[]>('store-layouts.json').find(row => row.distributions.includes(id)) ?? null
}

/** All known layouts. */
export function storeLayouts(): readonly StoreLayout[] {
  return readJson<Row[]>('store-layouts.json')
}
