import { describe, expect, test } from 'vitest'
import { readDistribution } from '../../src/trust/distribution.ts'
import { treeOf } from '../support/tree.ts'

const cases: readonly (readonly [
  what: string,
  files: Record<string, string>,
  expected: [string, string | null] | null,
])[] = [
  [
    'Alpine',
    { '/etc/os-release': 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.11.13\n' },
    ['alpine', '3.11.13'],
  ],
  [
    'Alpine, whose own file has the patch release',
    { '/etc/os-release': 'ID=alpine\nVERSION_ID=3.8\n', '/etc/alpine-release': '3.8.5\n' },
    ['alpine', '3.8.5'],
  ],
  [
    'Alpine edge, whose own file has a date',
    {
      '/etc/os-release': 'ID=alpine\nVERSION_ID=3.21.0_alpha20240923\n',
      '/etc/alpine-release': '3.21.0_alpha20240923',
    },
    ['alpine', '3.21.0_alpha20240923'],
  ],
  ['Alpine before os-release', { '/etc/alpine-release': '2.4.11\n' }, ['alpine', '2.4.11']],
  [
    'Debian',
    { '/etc/os-release': 'ID=debian\nVERSION_ID="12"\n', '/etc/debian_version': '12.11\n' },
    ['debian', '12'],
  ],
  [
    'Debian testing, which has no number',
    { '/etc/os-release': 'ID=debian\nVERSION_CODENAME=forky\n' },
    ['debian', null],
  ],
  ['Debian before os-release', { '/etc/debian_version': '6.0.10\n' }, ['debian', '6']],
  ['Debian testing before os-release', { '/etc/debian_version': 'wheezy/sid\n' }, ['debian', null]],
  ['Ubuntu', { '/etc/os-release': "ID='ubuntu'\nVERSION_ID='22.04'\n" }, ['ubuntu', '22.04']],
  ['the file in /usr/lib alone', { '/usr/lib/os-release': 'ID="rhel"\nVERSION_ID="9.4"\n' }, ['rhel', '9.4']],
  ['CentOS 6', { '/etc/redhat-release': 'CentOS release 6.10 (Final)\n' }, ['centos', '6.10']],
  [
    'RHEL 6',
    { '/etc/redhat-release': 'Red Hat Enterprise Linux Server release 6.9 (Santiago)\n' },
    ['rhel', '6.9'],
  ],
  [
    'CRLF, comments, blanks',
    { '/etc/os-release': '# x\r\n\r\n ID=fedora \r\nVERSION_ID=40\r\n' },
    ['fedora', '40'],
  ],
  ['an empty number', { '/etc/os-release': 'ID=arch\nVERSION_ID=""\n' }, ['arch', null]],
  ['no id', { '/etc/os-release': 'NAME=x\n' }, null],
  ['nothing', { '/etc/passwd': 'root:x:0:0' }, null],
]

describe('which distribution it is', () => {
  test.each(cases)('%s', (_, files, expected) => {
    const found = readDistribution(treeOf(files))
    expect(found && [found.id, found.version]).toEqual(expected)
  })

  test('the usual link is followed', () => {
    const tree = treeOf({
      '/usr/lib/os-release': 'ID=debian\nVERSION_ID="12"\n',
      '/etc/os-release': { link: '../usr/lib/os-release' },
    })
    expect(readDistribution(tree)).toEqual({ id: 'debian', version: '12', endOfLife: null })
  })
})
