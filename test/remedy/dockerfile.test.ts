import { describe, expect, it } from 'vitest'
import { unknown } from '../../src/model.ts'
import { applyToDockerfile, renderDockerfile } from '../../src/remedy/dialects/dockerfile.ts'
import type { Step } from '../../src/remedy/plan.ts'
import { image, oneStage } from '../support/hand-made.ts'

const conf = '/etc/ca-certificates.conf'
const seed = (...names: string[]): Step[] => [
  { kind: 'conf-delete', conf, names },
  { kind: 'run-tool', tool: 'update-ca-certificates', fresh: true },
]
const line =
  'RUN sed -i "/AddTrust_External_Root.crt/d" /etc/ca-certificates.conf && update-ca-certificates -f -v'
const steps = seed('AddTrust_External_Root.crt')

describe('the line of the outage', () => {
  it('comes out word for word', () => {
    expect(renderDockerfile(steps, oneStage('FROM a\nCMD ["b"]\n'))).toEqual([line])
  })

  it('takes a second root in the same line', () => {
    expect(
      renderDockerfile(
        seed('AddTrust_External_Root.crt', 'DST_Root_CA_X3.crt'),
        oneStage('FROM a\nCMD ["b"]\n'),
      ),
    ).toEqual([
      'RUN sed -i -e "/AddTrust_External_Root.crt/d" -e "/DST_Root_CA_X3.crt/d" /etc/ca-certificates.conf && update-ca-certificates -f -v',
    ])
  })

  it.each([
    'a"; id; ".crt',
    '$(id).crt',
    'a b.crt',
    'a/d;s.crt',
    '.*.crt',
    'x.crtx',
    '`id`.crt',
    'ő.crt',
  ])('is not made for the name %j', name =>
    expect(renderDockerfile(seed(name), oneStage('FROM a\n'))).toBeNull())

  it.each(['/etc/a b', '/etc/$x', '/etc/../x', 'etc/x', '/etc/x;id'])('is not made for the conf %j', path => {
    const wrong: Step[] = [{ kind: 'conf-delete', conf: path, names: ['A.crt'] }]
    expect(renderDockerfile(wrong, oneStage('FROM a\n'))).toBeNull()
  })
})

describe('where a line goes', () => {
  const cases: [string, string, string][] = [
    ['before CMD', 'FROM a\nRUN b\nCMD ["c"]\n', `FROM a\nRUN b\n${line}\nCMD ["c"]\n`],
    [
      'before ENTRYPOINT and CMD',
      'FROM a\nENTRYPOINT ["b"]\nCMD ["c"]\n',
      `FROM a\n${line}\nENTRYPOINT ["b"]\nCMD ["c"]\n`,
    ],
    ['above the comment of CMD', 'FROM a\n# start\nCMD ["c"]\n', `FROM a\n${line}\n# start\nCMD ["c"]\n`],
    [
      'below what still changes the image',
      'FROM a\nCMD ["c"]\nRUN b\n',
      `FROM a\nCMD ["c"]\nRUN b\n${line}\n`,
    ],
    ['at the end without a last line end', 'FROM a\nRUN b', `FROM a\nRUN b\n${line}`],
    ['with the line ends of the file', 'FROM a\r\nCMD ["c"]\r\n', `FROM a\r\n${line}\r\nCMD ["c"]\r\n`],
    ['behind FROM alone', 'FROM a\n', `FROM a\n${line}\n`],
    [
      'past EXPOSE and LABEL',
      'FROM a\nEXPOSE 1\nLABEL x=y\nCMD ["c"]\n',
      `FROM a\nEXPOSE 1\nLABEL x=y\n${line}\nCMD ["c"]\n`,
    ],
    [
      'as root, the user given back',
      'FROM a\nUSER app\nCMD ["c"]\n',
      `FROM a\nUSER app\nUSER root\n${line}\nUSER app\nCMD ["c"]\n`,
    ],
    [
      'as it is where root is the user',
      'FROM a\nUSER 0:0\nCMD ["c"]\n',
      `FROM a\nUSER 0:0\n${line}\nCMD ["c"]\n`,
    ],
    ['for lower-case keywords', 'from a\ncmd ["c"]\n', `from a\n${line}\ncmd ["c"]\n`],
  ]
  it.each(cases)('%s', (_, before, after) => {
    expect(applyToDockerfile(oneStage(before), steps)).toBe(after)
    // Once is enough.
    expect(applyToDockerfile(oneStage(after), steps)).toBe(after)
  })

  it('leaves a user who is not known', () => {
    expect(renderDockerfile(steps, oneStage('FROM a\n', { user: unknown('of the base') }))).toEqual([line])
  })

  it('gives none where the user can not be given back safely', () => {
    expect(renderDockerfile(steps, oneStage('FROM a\nUSER a b\nCMD ["c"]\n'))).toBeNull()
    expect(renderDockerfile(steps, image({ config: { user: 'x\nRUN id', env: {} } }))).toBeNull()
  })

  it('gives none for another shell', () => {
    expect(renderDockerfile(steps, oneStage('FROM a\n', { shell: ['powershell', '-Command'] }))).toBeNull()
  })
})

describe('other steps', () => {
  it('change the base in place', () => {
    const model = oneStage('FROM --platform=linux/amd64 node:14 AS x\nCMD ["c"]\n')
    const change: Step[] = [{ kind: 'set-base', to: 'node:22', line: 1 }]
    expect(applyToDockerfile(model, change)).toBe('FROM --platform=linux/amd64 node:22 AS x\nCMD ["c"]\n')
    expect(renderDockerfile(change, model)).toEqual(['FROM --platform=linux/amd64 node:22'])
  })

  it.each(['node:22\nRUN id', 'node 22', '-x', 'node:$X', 'NODE'])('refuse the base %j', to => {
    expect(renderDockerfile([{ kind: 'set-base', to, line: 1 }], oneStage('FROM a\n'))).toBeNull()
    expect(renderDockerfile([{ kind: 'set-base', to }], image())).toBeNull()
  })

  it('install before the line that needs it', () => {
    const model = oneStage('FROM a\nRUN curl x\nCMD ["c"]\n')
    const install: Step[] = [
      {
        kind: 'install-package',
        manager: 'apt-get',
        names: ['ca-certificates'],
        upgrade: false,
        beforeLine: 2,
      },
    ]
    expect(applyToDockerfile(model, install)).toBe(
      'FROM a\nRUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*\nRUN curl x\nCMD ["c"]\n',
    )
  })

  it('show an edited line as it will be', () => {
    const model = oneStage('FROM a\nRUN curl -k x\nCMD ["c"]\n')
    const start = model.text.indexOf(' -k')
    const edit: Step[] = [{ kind: 'edit-text', edits: [{ start, end: start + 3, text: '' }] }]
    expect(renderDockerfile(edit, model)).toEqual(['RUN curl x'])
    expect(applyToDockerfile(model, edit)).toBe('FROM a\nRUN curl x\nCMD ["c"]\n')
  })
})
