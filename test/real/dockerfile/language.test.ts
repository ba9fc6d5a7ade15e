/**
 * The Dockerfile language as `buildah build` takes it, on Alpine's root filesystem: a file, ENV and USER of what it built
 * against the trace's. What buildah reads in another way than BuildKit, or does not know, is declared in the table.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { memoryContext } from '../../../src/dockerfile/context.ts'
import { isUnknown } from '../../../src/model.ts'
import { traceDockerfile } from '../../../src/trace/trace.ts'
import { hasTool, isRoot } from '../../support/chroot.ts'
import { LANGUAGE_FILES, type LanguageCase, languageCases, PROBE } from '../../support/language-cases.ts'
import { tableKnowledge } from '../../support/trace-knowledge.ts'

const root = resolve('../shared/images/alpine-minirootfs-3.20.3-x86_64.tar.gz')
const missing = [
  ...(hasTool('buildah') ? [] : ['buildah']),
  ...(isRoot ? [] : ['root']),
  ...(existsSync(root) ? [] : ['../shared/images']),
]

let work = ''
let context = ''

function buildah(...args: string[]): string {
  const store = ['--root', join(work, 'root'), '--runroot', join(work, 'run'), '--storage-driver', 'vfs']
  const env = { ...process.env, BUILDAH_ISOLATION: 'chroot' }
  const done = spawnSync('buildah', [...store, ...args], { encoding: 'utf8', maxBuffer: 64 << 20, env })
  if (done.status !== 0)
    throw new Error(`buildah ${args[0]}: ${done.stdout.slice(-500)}${done.stderr.slice(-1500)}`)
  return done.stdout.trim()
}

beforeAll(() => {
  if (missing.length > 0) return
  work = mkdtempSync(join(tmpdir(), 'imgtrust-language-'))
  context = join(work, 'context')
  for (const [name, text] of Object.entries(LANGUAGE_FILES)) {
    mkdirSync(dirname(join(context, name)), { recursive: true })
    writeFileSync(join(context, name), text)
  }
  const container = buildah('from', 'scratch')
  buildah('add', container, root, '/')
  buildah('config', '--cmd', '/bin/sh', '--env', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin', container)
  buildah('commit', '-q', container, 'docker.io/library/alpine:3.20')
  buildah('rm', container)
}, 120_000)
afterAll(() => {
  if (work !== '') rmSync(work, { recursive: true, force: true })
})

interface Seen {
  readonly probe: string | null
  readonly env: Readonly<Record<string, string>>
  readonly user: string
}

function built({ text, args = {} }: LanguageCase): Seen {
  const file = join(work, 'Dockerfile')
  writeFileSync(file, text)
  const given = Object.entries(args).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`])
  buildah('build', '-q', '--pull=never', ...given, '-t', 'built', '-f', file, context)
  const container = buildah('from', '--pull=never', 'built')
  try {
    const at = join(buildah('mount', container), PROBE)
    const config = JSON.parse(buildah('inspect', '--type', 'image', 'built')) as {
      OCIv1: { config: { Env?: string[]; User?: string } }
    }
    const { Env = [], User = '' } = config.OCIv1.config
    const env = Object.fromEntries(Env.map(pair => [pair.replace(/=.*$/s, ''), pair.replace(/^[^=]*=/, '')]))
    return { probe: existsSync(at) ? readFileSync(at, 'utf8') : null, env, user: User }
  } finally {
    buildah('umount', container)
    buildah('rm', container)
  }
}

/** What the trace knows. */
function traced({ text, args = {}, platform }: LanguageCase): Partial<Seen> {
  const { final } = traceDockerfile(text, {
    file: 'Dockerfile',
    knowledge: tableKnowledge(),
    context: memoryContext(LANGUAGE_FILES),
    buildArgs: args,
    ...(platform === undefined ? {} : { platform }),
  }).final!
  const { conf, env, user } = final
  const values = [...env].flatMap(([name, value]) => (isUnknown(value) ? [] : [[name, value]]))
  return {
    ...(isUnknown(conf) ? {} : { probe: conf === null ? null : conf.map(line => `${line}\n`).join('') }),
    env: Object.fromEntries(values) as Record<string, string>,
    ...(isUnknown(user) ? {} : { user: user ?? '' }),
  }
}

/** Versions before 1.33 know neither here-documents nor `?`, nor modifiers without a colon. */
const asked = languageCases.filter(
  one => one.ours === undefined && !one.text.includes('<<') && !/\$\{\w(:?\?|[-+])/.test(one.text),
)
// Words are read in one way: one build tells of all of them.
const words = asked.filter(one => /^FROM alpine:3\.20\nENV A=one E=\nENV R=/.test(one.text))
const together: LanguageCase = {
  name: 'words',
  text: `FROM alpine:3.20\nENV A=one E=\n${words.map((one, at) => one.text.split('\n')[2]!.replace('ENV R=', `ENV R${at}=`)).join('\n')}\n`,
}
const cases = [together, ...asked.filter(one => !words.includes(one))]

describe.skipIf(missing.length > 0)(`as buildah builds it (missing: ${missing.join(', ') || 'none'})`, () => {
  it.each(cases.map(one => [one.name, one] as const))(
    '%s',
    (_, one) => {
      const ours = traced(one)
      const theirs = built(one)
      expect(ours.probe).toBe(theirs.probe)
      for (const [name, value] of Object.entries(ours.env ?? {}))
        if (name !== 'PATH') expect(`${name}=${value}`).toBe(`${name}=${theirs.env[name]}`)
      expect(ours.user).toBe(theirs.user)
    },
    60_000,
  )

  it('asks for most of the table', () => expect(words.length + cases.length).toBeGreaterThan(48))
})
