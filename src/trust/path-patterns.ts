/** What a path that ends in a certain way is still to be asked. */
interface Ended {
  readonly end: string
  readonly pattern: RegExp
}

const none: readonly Ended[] = []

/**
 * Patterns of which a path may match any. A large layer has tens of thousands of paths, of which nearly none matches:
 * the literal text in which a pattern ends refuses most of them without a regular expression, and its last character
 * without a look at the pattern.
 */
export class PathPatterns {
  /** By the code of a path's last character. */
  readonly #ended: ReadonlyMap<number, readonly Ended[]>
  /** Those that end in no literal text. */
  readonly #others: readonly Ended[]

  constructor(patterns: readonly RegExp[]) {
    const all = patterns.map(pattern => ({ end: literalEnd(pattern), pattern }))
    this.#others = all.filter(({ end }) => end === '')
    const codes = new Set(all.map(({ end }) => end.charCodeAt(end.length - 1)))
    this.#ended = new Map(
      [...codes].map(code => [code, all.filter(({ end }) => end.charCodeAt(end.length - 1) === code)]),
    )
  }

  test(path: string): boolean {
    const ended = this.#ended.get(path.charCodeAt(path.length - 1)) ?? none
    for (let i = 0; i < ended.length; i++) {
      const { end, pattern } = ended[i]!
      if (path.endsWith(end) && pattern.test(path)) return true
    }
    for (let i = 0; i < this.#others.length; i++) if (this.#others[i]!.pattern.test(path)) return true
    return false
  }
}

/** The text in which all that a pattern matches ends; `''` where it is not plain to see. */
export function literalEnd({ source, flags }: RegExp): string {
  if (flags !== '' || /\\[^./dDwWsS]/.test(source)) return ''
  // What stands in groups and classes is no alternative of the whole.
  let flat = source.replace(/\\./g, '').replace(/\[[^\]]*\]/g, '')
  for (let before = ''; before !== flat; ) {
    before = flat
    flat = flat.replace(/\([^()]*\)/g, '')
  }
  if (flat.includes('|')) return ''
  const end = /(?<!\\)((?:\\[./]|[\w-])+)\$$/.exec(source)?.[1] ?? ''
  return end.replaceAll('\\', '')
}

/** What begins with any of some texts. */
export function beginningWith(texts: readonly string[]): RegExp {
  return new RegExp(`^(?:${texts.map(text => text.replace(/[^\w/-]/g, '\\$&')).join('|')})`)
}
