/** Which files `buildah build` copies out of a context with a .dockerignore, and which lint sees. */

import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { diskContext } from '../../../src/dockerfile/context.ts'
import { readIgnoreList, withoutIgnored } from '../../../src/dockerfile/dockerignore.ts'
import { hasTool, isRoot } from '../../support/chroot.ts'
import { runBuildah } from '../../support/program.ts'

const missing = [...(hasTool('buildah') ? [] : ['buildah']), ...(isRoot ? [] : ['root'])]
const work = mkdtempSync(join(tmpdir(), 'imgtrust-ignore-'))
afterAll(() => rmSync(work, { recursive: true, force: true }))

const files = [
  ...[
    'a.crt',
    'ab.crt',
    'README.md',
    'README-secret.md',
    'certs/ca.crt',
    'certs/key.pem',
    'certs/old/ca.crt',
  ],
  ...['certs2/ca.crt', 'deep/certs/ca.crt', 'deep/er/still/a.crt', 'x[1].crt', 'secret', 'deep/secret/a'],
]
const lists: readonly string[] = [
  '*.crt',
  '**/*.crt',
  '*\n!certs\n',
  '*\n!certs/ca.crt\n',
  'certs\n!certs/old\n',
  '**/secret\n',
  'deep/**\n!deep/er/still/a.crt\n',
  '*.md\n!README*.md\nREADME-secret.md\n',
  '*.md\nREADME-secret.md\n!README*.md\n',
  '# a comment\n\n/certs/\n./deep/er/../certs\n',
  'a?.crt\nx\\[1\\].crt\n',
  'c[^x]rts\n',
  '*/ca.crt\n',
  '**/certs/*.crt\n',
]

function build(context: string): string[] {
  const store = ['--root', join(work, 'root'), '--runroot', join(work, 'run'), '--storage-driver', 'vfs']
  const buildah = (...args: string[]): string => {
    const done = runBuildah([...store, ...args], { encoding: 'utf8' })
    if (done.status !== 0) throw new Error(`buildah ${args[0]}: ${done.stderr.slice(-500)}`)
    return done.stdout.trim()
  }
  buildah('build', '-q', '--isolation', 'chroot', '-t', 'seen', '-f', join(work, 'Dockerfile'), context)
  const container = buildah('from', '--pull=never', 'seen')
  const found = list(join(buildah('mount', container), 'all'))
  buildah('umount', container)
  buildah('rm', container)
  return found
}

function list(folder: string, prefix = ''): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap(entry =>
      entry.isDirectory() ? list(join(folder, entry.name), `${prefix}${entry.name}/`) : [prefix + entry.name],
    )
    .sort()
}

describe.skipIf(missing.length > 0)(
  `a context as buildah sees it (missing: ${missing.join(', ') || 'none'})`,
  () => {
    it.each(lists)('%j', patterns => {
      const context = mkdtempSync(join(work, 'context-'))
      for (const file of files) {
        mkdirSync(join(context, dirname(file)), { recursive: true })
        writeFileSync(join(context, file), file)
      }
      writeFileSync(join(context, '.dockerignore'), patterns)
      writeFileSync(join(work, 'Dockerfile'), 'FROM scratch\nCOPY . /all\n')
      const seen = withoutIgnored(diskContext(context), readIgnoreList(patterns)!, '.dockerignore')
      const ours = files.filter(file => seen.read(file).kind === 'file').sort()
      const theirs = build(context).filter(file => file !== '.dockerignore')
      expect(ours).toEqual(theirs)
    })
  },
)
