/** Orders of version strings as the distributions' own tools compare them: negative, zero or positive. */

const digit = (char: string) => char >= '0' && char <= '9'
const letter = (char: string) => /^[A-Za-z]$/.test(char)

/** deb-version(7): `[epoch:]upstream[-revision]`; `~` sorts before everything, letters before the rest. */
export function compareDebian(a: string, b: string): number {
  const [left, right] = [splitDebian(a), splitDebian(b)]
  return (
    left.epoch - right.epoch ||
    compareDebianPart(left.upstream, right.upstream) ||
    compareDebianPart(left.revision, right.revision)
  )
}

function splitDebian(version: string): { epoch: number; upstream: string; revision: string } {
  const colon = version.indexOf(':')
  const rest = version.slice(colon + 1)
  const dash = rest.lastIndexOf('-')
  return {
    epoch: colon < 0 ? 0 : Number(version.slice(0, colon)) || 0,
    upstream: dash < 0 ? rest : rest.slice(0, dash),
    revision: dash < 0 ? '' : rest.slice(dash + 1),
  }
}

function weight(char: string | undefined): number {
  if (char === undefined || digit(char)) return 0
  if (char === '~') return -1
  return letter(char) ? char.charCodeAt(0) : char.charCodeAt(0) + 256
}

function compareDebianPart(a: string, b: string): number {
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    while ((i < a.length && !digit(a[i]!)) || (j < b.length && !digit(b[j]!))) {
      const difference = weight(a[i]) - weight(b[j])
      if (difference !== 0) return difference
      i++
      j++
    }
    const [left, right] = [digits(a, i), digits(b, j)]
    i += left.length
    j += right.length
    const difference = compareNumbers(left, right)
    if (difference !== 0) return difference
  }
  return 0
}

function digits(text: string, from: number): string {
  let end = from
  while (end < text.length && digit(text[end]!)) end++
  return text.slice(from, end)
}

/** Numbers of any length, without losing digits. */
function compareNumbers(a: string, b: string): number {
  const [left, right] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')]
  return left.length - right.length || (left < right ? -1 : left > right ? 1 : 0)
}

/** rpmvercmp: `[epoch:]version[-release]`; segments of digits or letters, `~` first, `^` after the plain one. */
export function compareRpm(a: string, b: string): number {
  const [left, right] = [splitDebian(a), splitDebian(b)]
  return (
    left.epoch - right.epoch ||
    compareRpmPart(left.upstream, right.upstream) ||
    (left.revision && right.revision ? compareRpmPart(left.revision, right.revision) : 0)
  )
}

function compareRpmPart(a: string, b: string): number {
  const pattern = /[0-9]+|[A-Za-z]+|~|\^/g
  const [left, right] = [a.match(pattern) ?? [], b.match(pattern) ?? []]
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const [x, y] = [left[i], right[i]]
    if (x === y) continue
    if (x === '~' || y === '~') return x === '~' ? -1 : 1
    if (x === '^' || y === '^') {
      if (x === undefined) return -1
      if (y === undefined) return 1
      return x === '^' ? -1 : 1
    }
    if (x === undefined) return -1
    if (y === undefined) return 1
    const [xDigit, yDigit] = [digit(x[0]!), digit(y[0]!)]
    // Numbers are newer than letters.
    if (xDigit !== yDigit) return xDigit ? 1 : -1
    const difference = xDigit ? compareNumbers(x, y) : x < y ? -1 : 1
    if (difference !== 0) return difference
  }
  return 0
}

const apkSuffixes = ['alpha', 'beta', 'pre', 'rc', '', 'cvs', 'svn', 'git', 'hg', 'p']

/** apk: `1.2.3a_rc1-r4`; the suffixes alpha, beta, pre, rc come before the plain version, p and the others after. */
export function compareApk(a: string, b: string): number {
  const [left, right] = [splitApk(a), splitApk(b)]
  for (let i = 0; i < Math.max(left.numbers.length, right.numbers.length); i++) {
    const [x, y] = [left.numbers[i], right.numbers[i]]
    if (x === undefined) return -1
    if (y === undefined) return 1
    const difference = compareNumbers(x, y)
    if (difference !== 0) return difference
  }
  if (left.letter !== right.letter) return left.letter < right.letter ? -1 : 1
  for (let i = 0; i < Math.max(left.suffixes.length, right.suffixes.length); i++) {
    const [x, y] = [left.suffixes[i] ?? ['', '0'], right.suffixes[i] ?? ['', '0']]
    const difference = apkSuffixes.indexOf(x[0]!) - apkSuffixes.indexOf(y[0]!) || compareNumbers(x[1]!, y[1]!)
    if (difference !== 0) return difference
  }
  return compareNumbers(left.revision, right.revision)
}

function splitApk(version: string) {
  const match = /^([0-9.]*)([a-z]?)((?:_[a-z]+[0-9]*)*)(?:-r([0-9]+))?/.exec(version)
  const suffixes = [...(match?.[3] ?? '').matchAll(/_([a-z]+)([0-9]*)/g)].map(found => [
    found[1]!,
    found[2] || '0',
  ])
  return {
    numbers: (match?.[1] ?? '').split('.').filter(part => part !== ''),
    letter: match?.[2] ?? '',
    suffixes,
    revision: match?.[4] ?? '0',
  }
}

/** Numbers between dots, as Mozilla's (`2.9` before `2.10`) and most upstreams count; other text is ignored. */
export function compareDotted(a: string, b: string): number {
  const [left, right] = [a.match(/\d+/g) ?? [], b.match(/\d+/g) ?? []]
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = compareNumbers(left[i] ?? '0', right[i] ?? '0')
    if (difference !== 0) return difference
  }
  return 0
}

/** The order of OpenSSL's numbers up to 1.1.1: `1.0.2g` after `1.0.2`, `1.0.2zl` after `1.0.2z`. */
export function compareOpenssl(a: string, b: string): number {
  const parse = (text: string) => /^([0-9.]+)([a-z]*)/.exec(text)
  const [left, right] = [parse(a), parse(b)]
  const difference = compareDotted(left?.[1] ?? '', right?.[1] ?? '')
  if (difference !== 0) return difference
  const [x, y] = [left?.[2] ?? '', right?.[2] ?? '']
  return x.length - y.length || (x < y ? -1 : x > y ? 1 : 0)
}
