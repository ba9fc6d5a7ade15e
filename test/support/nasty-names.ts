/** What a hostile image may call things. The same list runs through every reporter and every remedy dialect. */
export const nastyNames: Readonly<Record<string, string>> = {
  'terminal colour': '\u001b[31mred\u001b[0m',
  'terminal title': '\u001b]0;owned\u0007',
  'carriage return': 'good\rbad',
  'line feed': 'first\nsecond',
  'C1 control': '\u009b31mred',
  'right-to-left override': 'abc\u202etxt.exe',
  'zero width': 'a\u200bb',
  'line separator': 'a\u2028b\u2029c',
  'null byte': 'a\0b',
  'lone surrogate': 'a\ud800b',
  quotes: `"double" 'single' \`back\``,
  shell: '$(touch owned); rm -rf / && `id` | cat > x',
  'sed delimiter': 'a/d;e touch owned;/b',
  markup: '<script>alert(1)</script>&amp;',
  workflow: '::error file=a::owned%0A',
  'very long': 'x'.repeat(10_000),
}
