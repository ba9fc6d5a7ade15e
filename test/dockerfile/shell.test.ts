import { execFileSync, spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { MappedText } from '../../src/dockerfile/mapped-text.ts'
import { walkShell } from '../../src/dockerfile/shell.ts'
import {
  type CommandResult,
  isText,
  NOTHING,
  type ShellCommand,
  type ShellHost,
  type ShellWord,
  type Stream,
} from '../../src/dockerfile/shell-types.ts'
import { isUnknown, unknown } from '../../src/model.ts'

/** Collects the commands of a script; its only program that prints is `echo`. */
class Recorder implements ShellHost<readonly string[]> {
  seen: readonly string[] = []
  readonly commands: ShellCommand[] = []

  run(command: ShellCommand): CommandResult {
    this.commands.push(command)
    const words = [command.name, ...command.args].map(word => (word.value === null ? '?' : `<${word.value}>`))
    this.seen = [...this.seen, words.join(' ')]
    const text = command.args.map(word => word.value ?? '?').join(' ')
    const stdout: Stream = command.name.value === 'echo' ? { text: `${text}\n`, mapped: null } : NOTHING
    return { status: command.name.value === 'maybe' ? 'unknown' : 'likely', stdout }
  }
  write(path: ShellWord, content: Stream, append: boolean): void {
    const text = isUnknown(content) ? '?' : isText(content) ? content.text : 'data'
    this.seen = [...this.seen, `${append ? '>>' : '>'} ${path.value} ${JSON.stringify(text)}`]
  }
  read(): Stream {
    return unknown('a file')
  }
  assigned(): void {}
  concat(streams: readonly Stream[]): Stream {
    return streams.every(isText)
      ? { text: streams.map(one => one.text).join(''), mapped: null }
      : unknown('several')
  }
  save(): readonly string[] {
    return this.seen
  }
  restore(state: readonly string[]): void {
    this.seen = state
  }
  join(a: readonly string[], b: readonly string[]): readonly string[] {
    if (a === b || a.join('\n') === b.join('\n')) return a
    const common = a.findIndex((line, index) => line !== b[index])
    const at = common < 0 ? a.length : common
    return [...a.slice(0, at), `(${a.slice(at).join(', ')} | ${b.slice(at).join(', ')})`]
  }
}

function walk(script: string, environment: Readonly<Record<string, string>> = {}, bash = false): Recorder {
  const recorder = new Recorder()
  walkShell(
    MappedText.of([{ text: script, file: 0 }]),
    { environment: name => environment[name], cwd: '/', bash },
    recorder,
  )
  return recorder
}

describe('commands of a script', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['a b; c && d', ['<a> <b>', '<c>', '<d>']],
    ['a "b c" \'d e\' f\\ g', ['<a> <b c> <d e> <f g>']],
    ['x="b c"; a $x "$x"', ['<a> <b> <c> <b c>']],
    ['a $x', ['<a> ?']],
    ['x=; a $x b', ['<a> <b>']],
    ['a "$E" ${E:-d}', ['<a> <> <d>']],
    ['a ${V%.*} ${V##*.}', ['<a> <1.2> <3>']],
    ['set -- a b; c "$@" $#', ['<c> <a> <b> <2>']],
    ['f() { a "$1" "$@"; }; f b c', ['<a> <b> <b> <c>']],
    ['a $(echo b c) "$(echo d e)"', ['<echo> <b> <c>', '<echo> <d> <e>', '<a> <b> <c> <d e>']],
    ['a `echo b`', ['<echo> <b>', '<a> <b>']],
    ['for i in a b; do c $i; done', ['<c> <a>', '<c> <b>']],
    ['for i in $x; do c $i; done', ['( | <c> ?)']],
    ['if maybe; then a; else b; fi', ['<maybe>', '(<a> | <b>)']],
    ['if true; then a; else b; fi', ['<a>']],
    ['if [ "$E" = "" ]; then a; fi', ['<a>']],
    ['if [ -z "$V" ]; then a; else b; fi', ['<b>']],
    ['[[ $V == 1.* ]] && a', ['<a>']],
    ['case $V in 2*) a;; 1.*) b;; *) c;; esac', ['<b>']],
    ['case $x in a) b;; *) c;; esac', ['(<b> | <c>)']],
    ['maybe && a; b', ['<maybe>', '( | <a>)', '<b>']],
    ['a || exit 1; b', ['<a>', '<b>']],
    ['a || b', ['(<a> | <b>)']],
    ['true || a', []],
    ['false || a', ['<a>']],
    ['a; exit 0; b', ['<a>']],
    ['(cd /x; a) && b', ['<a>', '<b>']],
    ['{ echo a; echo b; } > c', ['<echo> <a>', '<echo> <b>', '> c "a\\nb\\n"']],
    ['echo a >> b', ['<echo> <a>', '>> b "a\\n"']],
    ['a 2>/dev/null >&2', ['<a>']],
    ['echo a | b', ['<echo> <a>', '<b>']],
    ['cat <<E > f\nx $V\nE\n', ['<cat>', '> f ""']],
    ['eval_not a', ['<eval_not> <a>']],
    ['while maybe; do a; done; b', ['<maybe>', '( | <a>)', '<b>']],
    ['f() { return 0; a; }; f; b', ['<b>']],
    ['! false && a', ['<a>']],
    ['# a comment', []],
    ['a &', ['<a>']],
  ]
  for (const [script, expected] of cases) {
    it(script, () => expect(walk(script, { V: '1.2.3', E: '' }).seen).toEqual(expected))
  }

  it('places each word where it stands', () => {
    const script = 'a --flag="b c" \'d\' $(echo e) && f \\\n g'
    for (const command of walk(script).commands) {
      for (const word of [command.name, ...command.args])
        expect(script.slice(word.start, word.end)).toBe(word.raw)
    }
  })

  it('keeps the known beginning and end of a word', () => {
    const [command] = walk('a https://host/$x/end').commands
    expect(command!.args[0]).toMatchObject({ value: null, prefix: 'https://host/', suffix: '/end' })
  })

  it('follows cd', () => {
    const folders = walk('a; cd /x; b; cd y; c; (cd /z; d); e; cd $q; f').commands.map(command => command.cwd)
    expect(folders).toEqual(['/', '/x', '/x/y', '/z', '/x/y', null])
  })
})

const shells = ['sh', 'bash'].filter(shell => spawnSync(shell, ['-c', 'true']).status === 0)

describe.skipIf(shells.length === 0)('words come out as the real shell makes them', () => {
  const words = [
    `'a b' "c d" e\\ f g"h i"j 'k'"l"m`,
    `"a\\"b" "a\\$b" "a\\\\b" "a\\b" 'a\\b' a\\\\b`,
    '$V "$V" ${V} "${V}x" $V$V x$V',
    '$S "$S" a$S a"$S"b $S$S',
    '${E:-x} ${E-x} ${V:+y} ${V+y} "${E:-a b}" ${E:-a b}',
    '${V#1.} ${V##*.} ${V%.*} ${V%%.*} ${P##*/} ${P%/*} ${P#/}',
    '"" \'\' $E "$E" a$E',
    '$(echo a b) "$(echo a b)" x$(echo y)z',
    '"a$(echo b)c" `echo d`',
    'a=b --c=$V --d="$S"',
    '"$(echo "$(echo deep)")"',
    '{a,b} a{b,c}',
  ]
  const environment = { V: '1.2.3', S: 'a b  c', E: '', P: '/x/y/z.txt' }
  for (const shell of shells) {
    for (const line of words) {
      if (shell === 'bash' ? false : line.includes('{a,b}')) continue
      it(`${shell}: ${line}`, () => {
        const real = execFileSync(shell, ['-c', `for w in ${line}; do printf '[%s]\\n' "$w"; done`], {
          env: { ...environment, PATH: process.env.PATH },
          stdio: ['ignore', 'pipe', 'ignore'],
        })
        const { commands } = walk(`run ${line}`, environment, shell === 'bash')
        const ours = commands
          .at(-1)!
          .args.map(word => `[${word.value}]\n`)
          .join('')
        expect(ours).toBe(real.toString())
      })
    }
  }
})
