/**
 * Makes what nobody sees visible: control characters (C0, DEL, C1), bidirectional and other format characters, line
 * and paragraph separators, private use and lone surrogates become `\u{…}`. What is left is one line of plain text.
 * It is the ground that the escape functions of the formats stand on, not one of them: markup passes through it.
 */
export function visible(value: string): string {
  return value.replace(
    /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu,
    char => `\\u{${char.codePointAt(0)?.toString(16)}}`,
  )
}
