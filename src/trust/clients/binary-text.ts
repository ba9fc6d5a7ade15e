/** What the bytes of programs and libraries say in plain text. */

/** Name and version that an OpenSSL, or a library made of it, calls itself by: `OpenSSL 1.1.1l`, `LibreSSL 2.7.5`. */
export function selfName(bytes: Uint8Array): { readonly name: string; readonly version: string } | null {
  // LibreSSL first: its bytes speak of OpenSSL too.
  for (const name of ['LibreSSL', 'OpenSSL']) {
    const version = textAfter(bytes, `${name} `, /^\d+\.\d+\.\d+[a-z]{0,2}(?![\w.])/)
    if (version) return { name, version }
  }
  return null
}

/** The first text that follows `lead` and matches, or null. */
export function textAfter(bytes: Uint8Array, lead: string, wanted: RegExp): string | null {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  for (let at = buffer.indexOf(lead, 0, 'latin1'), tries = 0; at >= 0 && tries < 10_000; tries++) {
    const start = at + lead.length
    const found = wanted.exec(buffer.toString('latin1', start, start + 256))
    if (found) return found[0]
    at = buffer.indexOf(lead, start, 'latin1')
  }
  return null
}

/** OPENSSLDIR of an OpenSSL or LibreSSL: `cert.pem` and `certs` in it are read by default (`openssl version -d`). */
export function opensslFolder(bytes: Uint8Array): string | null {
  return textAfter(bytes, 'OPENSSLDIR: "', /^\/[^"\0]*(?=")/)
}

/** The paths of `known` that stand in the bytes as whole strings of C. */
export function pathsIn(bytes: Uint8Array, known: ReadonlySet<string>): string[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const found = new Set<string>()
  for (const lead of ['/etc/', '/var/lib/ca-certificates/']) {
    for (let at = buffer.indexOf(lead, 0, 'latin1'), tries = 0; at >= 0 && tries < 10_000; tries++) {
      const end = buffer.indexOf(0, at)
      const text = end < 0 || end - at > 255 ? '' : buffer.toString('latin1', at, end)
      if (known.has(text) && (at === 0 || buffer[at - 1] === 0)) found.add(text)
      at = buffer.indexOf(lead, at + 1, 'latin1')
    }
  }
  return [...found].sort()
}
