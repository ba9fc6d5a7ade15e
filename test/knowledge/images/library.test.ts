import { describe, expect, it } from 'vitest'
import { parseLibrary } from '../../../scripts/knowledge/images/library.ts'

describe('a file of the official library', () => {
  it('in its first form: a line a tag, the folder optional', () => {
    const tags = parseLibrary(
      '# maintainer: somebody\n\nlatest: git://github.com/a/b@0123456789abcdef 3\n2: git://github.com/a/b.git@fedcba9876543210\n',
    )
    expect(tags.get('latest')).toMatchObject({ source: 'a/b', commit: '0123456789ab', dir: '3' })
    expect(tags.get('2')).toMatchObject({ source: 'a/b', commit: 'fedcba987654', dir: '' })
  })

  it('as paragraphs: defaults first, amd64 before others, Linux before Windows, continued lines', () => {
    const tags = parseLibrary(
      [
        'Maintainers: A <a@b> (@a),\n             B <b@c> (@b)\nGitRepo: https://github.com/a/b.git\nGitCommit: 1111111111111111\namd64-GitCommit: 2222222222222222',
        'Tags: 1-windows\nSharedTags: 1, latest\nArchitectures: windows-amd64\nDirectory: win',
        'Tags: 1-linux, linux\nSharedTags: 1, latest\nArchitectures: arm64v8, amd64\nDirectory: ./lin/\nFile: Dockerfile.x',
        'Tags: 1-arm\nArchitectures: arm64v8\nDirectory: arm',
      ].join('\n\n'),
    )
    expect([...tags.keys()].sort()).toEqual(['1', '1-linux', 'latest', 'linux'])
    expect(tags.get('latest')).toMatchObject({ commit: '222222222222', dir: 'lin', file: 'Dockerfile.x' })
  })
})
