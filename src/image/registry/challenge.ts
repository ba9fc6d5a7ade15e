/** One way to log in that a server offers. */
export interface Challenge {
  /** In lower case: `bearer`, `basic`. */
  readonly scheme: string
  readonly params: Readonly<Record<string, string>>
}

/**
 * Reads `WWW-Authenticate` (RFC 9110, 11.2 to 11.6.1): several challenges in one header, parameters as tokens or
 * quoted strings in any order, names in any case. What can't be read ends the list.
 */
export function parseChallenges(header: string): readonly Challenge[] {
  const challenges: { scheme: string; params: Record<string, string> }[] = []
  const parameter = /([!#$%&'*+.^_`|~\w-]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))/y
  const scheme = /([!#$%&'*+.^_`|~\w-]+)(?=[ \t,]|$)/y
  const gap = /[\s,]*/y
  for (let at = skip(gap, header, 0); at < header.length; at = skip(gap, header, at)) {
    parameter.lastIndex = at
    scheme.lastIndex = at
    const last = challenges[challenges.length - 1]
    const pair = last ? parameter.exec(header) : null
    if (last && pair) {
      last.params[pair[1]!.toLowerCase()] ??= pair[2]?.replace(/\\(.)/g, '$1') ?? pair[3]!
      at = parameter.lastIndex
      continue
    }
    const name = scheme.exec(header)
    if (!name) break
    challenges.push({ scheme: name[1]!.toLowerCase(), params: Object.create(null) as Record<string, string> })
    at = scheme.lastIndex
  }
  return challenges
}

function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  pattern.exec(text)
  return pattern.lastIndex
}
