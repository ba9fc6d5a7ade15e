import { corporate, second } from '../src/example-certificates.ts'
import { isUnknown } from '../src/model.ts'
import { fileName, placedAnchors } from '../src/questions/anchors.ts'
import { baseStage } from '../src/questions/base-image.ts'
import { isShipped, momentsOf } from '../src/questions/flow.ts'
import { enumerate, shorten } from '../src/questions/words.ts'
import { defineDockerfileRule, type Evidence } from '../src/rule.ts'
import type { DockerfileModel, TracedStage } from '../src/trace/state.ts'

interface Several extends Evidence {
  readonly name: string
  readonly held: number
  /** Who misses what; null: keytool, which takes the first. */
  readonly readers: readonly string[] | null
}

const at = '2026-08-16'
const tail = 'COPY corp.crt /usr/local/share/ca-certificates/\nRUN update-ca-certificates\n'

export default defineDockerfileRule<Several>({
  id: 'multiple-certificates-in-file',
  since: '0.1.0',
  scope: 'dockerfile',
  severity: 'warning',
  summary: 'A file holds several certificates, and a reader of it takes only one or none',
  why: `
A file may hold several certificates one behind another, and for most programs that is one and the same: they read the
generated bundle, in which all of them arrive. Two kinds of readers differ. Java's \`keytool -importcert\` takes the first
certificate of the file and says nothing of the others. And programs that look roots up in the *folder* of the store, by
links named after a hash, find only files with exactly one certificate, because the tool makes no link for the others:
on Debian and Ubuntu those are OpenSSL's own command and what uses its defaults, Python, Ruby and PHP among them.

The rule fires where keytool is given such a file, and where one lies among the anchors of a Debian or Ubuntu image in
which one of those readers is seen. It is silent where only readers of the bundle are seen, on Alpine and the family of
Red Hat, whose defaults name the bundle, and where the file is not at hand.
`,
  examples: {
    bad: [
      {
        dockerfile: `FROM python:3.13\n${tail}`,
        context: { 'corp.crt': corporate + second },
        at,
        line: 2,
        severity: 'warning',
      },
      {
        dockerfile:
          'FROM eclipse-temurin:21\nCOPY corp.crt /tmp/\nRUN keytool -importcert -noprompt -trustcacerts -cacerts -storepass changeit -alias corp -file /tmp/corp.crt\n',
        context: { 'corp.crt': corporate + second },
        at,
        line: 3,
      },
    ],
    ok: [
      { dockerfile: `FROM python:3.13\n${tail}`, context: { 'corp.crt': corporate }, at },
      {
        dockerfile: `FROM alpine\nRUN apk add --no-cache ca-certificates curl\n${tail}`,
        context: { 'corp.crt': corporate + second },
        at,
      },
    ],
  },

  *check(model) {
    for (const { event, stage } of momentsOf(model, 'keystore-import')) {
      if (isUnknown(event.file) || event.file.certificates.length < 2 || stage.ships === 'none') continue
      yield {
        location: event.location,
        name: 'The file',
        held: event.file.certificates.length,
        readers: null,
      }
    }
    for (const { anchor, stage } of placedAnchors(model)) {
      if (anchor.reading !== 'read' || anchor.doubtful || isUnknown(anchor.file) || !isShipped(stage))
        continue
      const held = anchor.file.certificates.length
      const readers = held < 2 ? [] : folderReaders(model, stage)
      if (readers.length > 0)
        yield { location: anchor.location, name: shorten(fileName(anchor.path)), held, readers }
    }
  },

  message({ name, held, readers }) {
    return readers === null
      ? `${name} that keytool is given holds ${held} certificates: it imports the first and leaves out the others without a word.`
      : `${name} holds ${held} certificates: the tool makes no hash link for it, and programs that look roots up in the folder (${enumerate(readers)}) do not find them; put each into a file of its own.`
  },
})

/** Programs of Debian and Ubuntu that look into the folder, as far as they are seen. */
function folderReaders(model: DockerfileModel, stage: TracedStage): string[] {
  const { distribution } = stage
  if (distribution?.id !== 'debian' && distribution?.id !== 'ubuntu') return []
  const { base } = baseStage(model, stage)
  const repo = base.kind === 'image' ? base.image.repo : ''
  const found = new Set<string>()
  if (repo === 'python' || repo === 'pypy') found.add('Python')
  if (repo === 'ruby') found.add('Ruby')
  if (repo === 'php') found.add('PHP')
  const { packages } = stage.end.heir
  if (!isUnknown(packages)) {
    if (packages.has('openssl')) found.add('openssl')
    for (const name of packages) {
      if (/^python3(-minimal|-pip|-venv|-dev)?$/.test(name)) found.add('Python')
      if (/^ruby(-full|-dev)?$/.test(name)) found.add('Ruby')
      if (/^php[\d.]*(-cli|-fpm|-common)?$/.test(name)) found.add('PHP')
    }
  }
  return [...found].sort()
}
