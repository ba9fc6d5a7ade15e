/**
 * The text between the first and the last line of a PEM block, as files and programs write it: plain base64 in lines
 * of any length; with line ends written as `\n`, `\r\n` or `\u000a` inside a JSON or JavaScript string (once or
 * twice escaped); as quoted strings put together by `+`, `,`, `.` or by standing one below the other; indented, or
 * behind comment marks; with RFC 1421 header lines.
 */

const base64 = /^[A-Za-z0-9+/]+={0,2}$/

/**
 * Every step takes time in proportion to the text, whatever it is: the text is a stranger's.
 * @returns the bytes, and whether they stood in a quoted string; null where the text is no base64
 */
export function decodeBody(body: Buffer): { readonly der: Buffer; readonly quoted: boolean } | null {
  const text = trimDashes(body).toString('latin1')
  const bare = text.replace(/\s+/g, '')
  if (base64.test(bare)) return decode(bare, false)
  const unescaped = unescapeText(text)
  const quoted = unescaped !== text || /["'`]/.test(text)
  return decode(joinStrings(stripHeaders(unescaped)), quoted)
}

/** One dash more after the first line or before the last one: `------END CERTIFICATE-----`. */
function trimDashes(body: Buffer): Buffer {
  const dash = 0x2d
  let start = 0
  let end = body.length
  while (start < end && body[start] === dash) start++
  while (start < end && body[end - 1] === dash) end--
  return body.subarray(start, end)
}

function decode(text: string, quoted: boolean): { der: Buffer; quoted: boolean } | null {
  if (!base64.test(text)) return null
  // A length of 1 over a multiple of 4 can't come from whole bytes: something is missing.
  if (text.replace(/=+$/, '').length % 4 === 1) return null
  return { der: Buffer.from(text, 'base64'), quoted }
}

/** Escapes of JSON, JavaScript, C, Go, PHP and Python strings; with more backslashes in nested strings. */
function unescapeText(text: string): string {
  if (!text.includes('\\')) return text
  return text.replace(
    /\\{1,8}(?:\r?\n|[nrt/]|u00([0-9a-fA-F]{2})|x([0-9a-fA-F]{2})|0?1([25])(?![0-9]))/g,
    (whole, unicode?: string, byte?: string, octal?: string) => {
      if (octal) return '\n'
      const code = unicode ?? byte
      if (code) return String.fromCharCode(Number.parseInt(code, 16))
      return whole.endsWith('/') ? '/' : '\n'
    },
  )
}

/** `Key: value` lines down to the first blank one (RFC 1421 §4.6; some tools write `Comment:`). */
function stripHeaders(text: string): string {
  if (!/^\s*[A-Za-z][A-Za-z0-9-]{0,40}:/.test(text)) return text
  const blank = /\n[ \t\r]*\n/.exec(text.trimStart())
  return blank ? text.trimStart().slice(blank.index) : text
}

/**
 * The strings of a concatenation without what joins them; without quotes, the lines without indentation and comment
 * marks. The text begins inside the string (or line) in which the block's first line stood.
 */
function joinStrings(text: string): string {
  if (/["'`]/.test(text)) {
    let joined = ''
    let inside = true
    for (const piece of text.split(/["'`]/)) {
      if (inside) joined += piece.replace(/\s+/g, '')
      // Between two strings: only what puts strings together, or words like r, b, u before a quote.
      else if (!/^[\s+,.\\;()&|]*[rbuRBU]?$/.test(piece)) return ''
      inside = !inside
    }
    return joined
  }
  return text.replace(/^[ \t]*(?:\/\/|#|;|\*|>|\|)+[ \t]*/gm, '').replace(/\s+/g, '')
}
