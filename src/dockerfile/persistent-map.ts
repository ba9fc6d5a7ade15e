const FLATTEN_AT = 48

interface Link<K, V> {
  readonly key: K
  readonly value: V
  readonly present: boolean
  readonly below: Link<K, V> | null
  readonly depth: number
}

/**
 * A map that never changes: `with` and `without` give new ones that share what they can. So a state can be kept for
 * each instruction of a long file without copying it each time.
 */
export class PersistentMap<K, V> implements ReadonlyMap<K, V> {
  readonly #base: ReadonlyMap<K, V>
  readonly #top: Link<K, V> | null
  #flat: ReadonlyMap<K, V> | null = null

  private constructor(base: ReadonlyMap<K, V>, top: Link<K, V> | null) {
    this.#base = base
    this.#top = top
  }

  static empty<K, V>(): PersistentMap<K, V> {
    return new PersistentMap<K, V>(new Map(), null)
  }

  static from<K, V>(entries: Iterable<readonly [K, V]>): PersistentMap<K, V> {
    return new PersistentMap<K, V>(new Map(entries), null)
  }

  #put(key: K, value: V, present: boolean): PersistentMap<K, V> {
    const depth = (this.#top?.depth ?? 0) + 1
    if (depth <= FLATTEN_AT)
      return new PersistentMap(this.#base, { key, value, present, below: this.#top, depth })
    const copy = new Map(this.#whole())
    if (present) copy.set(key, value)
    else copy.delete(key)
    return new PersistentMap<K, V>(copy, null)
  }

  with(key: K, value: V): PersistentMap<K, V> {
    return this.#put(key, value, true)
  }

  without(key: K): PersistentMap<K, V> {
    return this.has(key) ? this.#put(key, undefined as V, false) : this
  }

  get(key: K): V | undefined {
    for (let link = this.#top; link; link = link.below) {
      if (link.key === key) return link.present ? link.value : undefined
    }
    return this.#base.get(key)
  }

  has(key: K): boolean {
    for (let link = this.#top; link; link = link.below) if (link.key === key) return link.present
    return this.#base.has(key)
  }

  #whole(): ReadonlyMap<K, V> {
    if (this.#top === null) return this.#base
    if (this.#flat) return this.#flat
    const links: Link<K, V>[] = []
    for (let link: Link<K, V> | null = this.#top; link; link = link.below) links.push(link)
    const flat = new Map(this.#base)
    for (const link of links.reverse()) {
      if (link.present) flat.set(link.key, link.value)
      else flat.delete(link.key)
    }
    this.#flat = flat
    return flat
  }

  get size(): number {
    return this.#whole().size
  }

  forEach(call: (value: V, key: K, map: ReadonlyMap<K, V>) => void): void {
    for (const [key, value] of this.#whole()) call(value, key, this)
  }

  entries(): MapIterator<[K, V]> {
    return this.#whole().entries()
  }

  keys(): MapIterator<K> {
    return this.#whole().keys()
  }

  values(): MapIterator<V> {
    return this.#whole().values()
  }

  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.#whole().entries()
  }
}
