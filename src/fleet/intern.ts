import { createHash } from 'node:crypto'
import type { ReportTarget } from '../report/report.ts'

/**
 * Says the same once: images that stand on one base have equal stores, certificates and remedies, and a report of
 * thousands of them holds each such part once in memory. What is printed is the same.
 */
export class Interner {
  readonly #known = new Map<string, WeakRef<object>>()

  target(target: ReportTarget): ReportTarget {
    return {
      ...target,
      stores: target.stores.map(store => ({ ...store, roots: this.#one(store.roots) })),
      certificates: this.#one(target.certificates),
      clients: this.#one(target.clients),
      findings: target.findings.map(finding => this.#one({ ...finding, roots: this.#one(finding.roots) })),
    }
  }

  #one<T extends object>(part: T): T {
    const text = JSON.stringify(part)
    const key = text.length > 128 ? createHash('sha256').update(text).digest('base64') : text
    const known = this.#known.get(key)?.deref()
    if (known !== undefined) return known as T
    this.#known.set(key, new WeakRef(part))
    return part
  }
}
