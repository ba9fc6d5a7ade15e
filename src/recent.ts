/**
 * What was made for the last keys that were asked for, so that equal things are made once: bounded, whatever comes.
 * Two maps take turns: where one is full the other, with what nobody asked for since, is let go as a whole.
 */
export class Recent<K, V> {
  readonly #most: number
  readonly #weigh: (key: K, value: V) => number
  #young = new Map<K, V>()
  #old = new Map<K, V>()
  #weight = 0

  /** @param most the weight at which a map is full: up to twice as much is held */
  constructor(most: number, weigh: (key: K, value: V) => number = () => 1) {
    this.#most = most
    this.#weigh = weigh
  }

  /** What `make` gave for this key, or gives now. What is given out is shared: it must not be changed. */
  get(key: K, make: (key: K) => V): V {
    const known = this.#young.get(key)
    if (known !== undefined) return known
    const value = this.#old.get(key) ?? make(key)
    const weight = this.#weigh(key, value)
    if (weight > this.#most) return value
    if (this.#weight + weight > this.#most) {
      this.#old = this.#young
      this.#young = new Map()
      this.#weight = 0
    }
    this.#weight += weight
    this.#young.set(key, value)
    return value
  }
}
