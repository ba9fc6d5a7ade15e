/**
 * JSON whose text holds nothing that ends a line by anybody's definition or that nobody sees: C1 (NEL is one), U+2028,
 * U+2029 and format characters stand as `\uXXXX`. The values stay what they are, but for lone surrogates, which many
 * parsers refuse: they become U+FFFD.
 * @param indent spaces a level; 0: all in one line
 */
export function plainJson(value: unknown, indent: number): string {
  const text = JSON.stringify(
    value,
    (_key, one: unknown) => (typeof one === 'string' ? one.replace(/\p{Cs}/gu, '\ufffd') : one),
    indent,
  )
  return text.replace(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, char =>
    char
      .split('')
      .map(unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  )
}
