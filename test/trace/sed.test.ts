import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { isUnknown } from '../../src/model.ts'
import { sed } from '../../src/trace/sed.ts'

const text = `# a comment
mozilla/AddTrust_External_Root.crt
mozilla/DST_Root_CA_X3.crt
!mozilla/Off.crt
mozilla/ISRG_Root_X1.crt
mozilla/NetLock_Arany_=Class_Gold=_Főtanúsítvány.crt

local/a.b+c.crt
`

const scripts: readonly string[] = [
  '/AddTrust/d',
  '/AddTrust/!d',
  '/^#/d',
  '/^$/d',
  '\\|mozilla/DST|d',
  '\\,mozilla/DST,d',
  's/mozilla/x/',
  's/o/0/g',
  's/o/0/2',
  's/^mozilla\\/DST/!&/',
  's|^mozilla/DST|!&|',
  's=mozilla/=m:=',
  's/\\(moz\\)\\(illa\\)/\\2\\1/',
  's/.*Root.*/[&]/',
  's/[A-Z]*_/<&>/g',
  's/a.b+c/X/',
  's/[.]crt$//',
  's/\\.crt$//;s/^/ /',
  's/a\\|b/X/',
  'y/a/b/',
  '1d',
  '$d',
  '2,4d',
  '2,/ISRG/d',
  '/DST/,/ISRG/d',
  '/DST/,$d',
  '/DST/,+1d',
  '/DST/,1d',
  '2,$!d',
  '/Add/{s/m/M/;s/d/D/}',
  '/Add/{/Root/d}',
  '/Off/{d;s/x/y/}',
  ':a;s/o/0/;ta',
  ':a;N;$!ba;s/\\n/,/g',
  'N;s/\\n/ /',
  '$!N;P;D',
  'n;d',
  '3q',
  '/DST/p',
  '/ISRG/i before',
  '/ISRG/a after',
  '/ISRG/c instead',
  'h;G',
  'x;p;x',
  's/x/y/;t;s/m/M/',
  '/[[:upper:]]\\{4\\}/d',
  '/_CA_\\?X/d',
  '/\\.crt\\>/!d',
  's/mozilla\\/\\([^.]*\\)\\.crt/\\1/',
  '/^mozilla\\/\\(AddTrust\\)/s/^/!/',
  's///',
  '/DST/s//X/',
  'b;d',
  '/a/b end;d;:end',
  '# only a comment',
]
const extended: readonly string[] = [
  '/(AddTrust|DST)_/d',
  's/(moz)(illa)/\\2\\1/',
  's/o+/0/g',
  's/l{2}/L/',
  '/^!?mozilla\\/(Off|ISRG)/d',
  's/x?moz/M/',
  '/\\(|a\\.b\\+/d',
]

const gnu = /GNU/.test(spawnSync('sed', ['--version']).stdout?.toString() ?? '')

describe.skipIf(!gnu)('sed, held against GNU sed (skipped where that is not here)', () => {
  const real = (script: string, options: readonly string[], input: string): string | null => {
    const { status, stdout } = spawnSync('sed', [...options, script], {
      input,
      env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' },
    })
    return status === 0 ? stdout.toString() : null
  }
  for (const input of [text, text.trimEnd(), 'one\n', '']) {
    for (const [list, options] of [
      [scripts, []],
      [scripts, ['-n']],
      [extended, ['-E']],
    ] as const) {
      for (const script of list) {
        it(`${options.join(' ')} ${script} on ${input.length} bytes`, () => {
          const ours = sed(input, {
            scripts: [script],
            extended: list === extended,
            quiet: options.includes('-n' as never),
          })
          // What is not supported is said; what is told must be what GNU's says.
          if (!isUnknown(ours)) expect(ours).toBe(real(script, options, input))
        })
      }
    }
  }

  it('supports nearly all of them', () => {
    const refused = [...scripts, ...extended].filter(script =>
      isUnknown(sed(text, { scripts: [script], extended: extended.includes(script), quiet: false })),
    )
    expect(refused).toEqual(['s/a\\|b/X/', 'y/a/b/', 's///'])
  })
})

describe('what sed would not do in time is refused', () => {
  for (const script of [
    's/\\(a*\\)*b/x/',
    '/\\(a\\|aa\\)*$/d',
    ':a;ba',
    's/.*.*.*.*.*.*.*X/y/',
    `/${'a'.repeat(5_000)}/d`,
  ]) {
    it(script.slice(0, 30), () =>
      expect(
        sed(`${'a'.repeat(60)}\n`.repeat(4_000), { scripts: [script], extended: false, quiet: false }),
      ).toHaveProperty('unknown'),
    )
  }
})
