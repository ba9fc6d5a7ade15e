/** A trace in a few words, for tables. */
import { memoryContext } from '../../src/dockerfile/context.ts'
import { isUnknown, type Maybe, type Root } from '../../src/model.ts'
import type { DockerfileModel, TrustEvent, TrustState } from '../../src/trace/state.ts'
import { traceDockerfile } from '../../src/trace/trace.ts'
import { tableKnowledge } from './trace-knowledge.ts'

export function traced(text: string, files: Readonly<Record<string, string>> | null = {}): DockerfileModel {
  return traceDockerfile(text, {
    file: 'Dockerfile',
    knowledge: tableKnowledge(),
    context: files === null ? null : memoryContext(files),
  })
}

const LETTERS: Readonly<Record<string, string>> = {
  'AddTrust External Root': 'A',
  'Root One': '1',
  'Root Two': '2',
  'DST Root CA X3': 'D',
  'Root New': 'N',
  'Root Spare': 'S',
  'Corporate CA': 'C',
  'Second Corporate CA': 'X',
}

export function rootLetters(roots: Maybe<readonly Root[]>): string {
  if (isUnknown(roots)) return '?'
  return roots
    .map(root => LETTERS[root.name] ?? root.name)
    .sort()
    .join('')
}

/** `/etc/ssl/cert.pem=12AD`, sorted; `?` where the stores are not known. */
export function storeWords(state: TrustState): string {
  if (isUnknown(state.stores)) return '?'
  return state.stores.map(store => `${store.path}=${rootLetters(store.roots)}`).join(' ')
}

/** `verification-off curl -k`, `tls-use curl https://a.b`, with what is said of the place behind it. */
export function eventWords(event: TrustEvent): string {
  switch (event.kind) {
    case 'verification-off':
      return `off ${event.program} ${event.how}${event.loopback ? ' loopback' : ''}${event.checked ? ' checked' : ''}`
    case 'tls-use': {
      const there = isUnknown(event.state.stores) ? '?' : event.state.stores.length > 0 ? 'store' : 'none'
      return `use ${event.program} ${event.url ?? '?'}${event.loopback ? ' loopback' : ''} ${there}`
    }
    case 'client-installed':
      return `installed ${event.program}`
    case 'refresh':
      return `refresh ${event.program} ${event.by}${event.sure ? '' : ' perhaps'}`
    case 'store-removed':
      return `removed ${event.paths.join(' ')}`
    case 'bundle-append':
      return `append ${event.path} ${rootLetters(event.roots)}`
    case 'root-removal':
      return `take ${event.names.join(' ') || 'nothing'}`
    case 'package-pinned':
      return `pinned ${event.name}${event.version}`
    case 'env-set':
      return `env ${event.name}`
    case 'certificate-download':
      return `fetched ${event.how} ${event.url ?? '?'}${event.checked ? ' checked' : ''}`
    case 'keystore-import':
      return `import ${isUnknown(event.file) ? '?' : event.file.certificates.length}`
    case 'own-roots-use':
      return `own ${event.program}`
  }
}

/** Uses of TLS and switches of its checks. */
export function allEvents(model: DockerfileModel): TrustEvent[] {
  const kinds = ['verification-off', 'tls-use', 'client-installed']
  return events(model).filter(({ kind }) => kinds.includes(kind))
}

/** What changes trust: all the others. */
export function trustEvents(model: DockerfileModel): TrustEvent[] {
  const kinds = ['verification-off', 'tls-use', 'client-installed', 'env-set']
  return events(model).filter(({ kind }) => !kinds.includes(kind))
}

function events(model: DockerfileModel): TrustEvent[] {
  return model.stages.flatMap(stage => stage.instructions.flatMap(instruction => instruction.events))
}

/** The text at an event's place. */
export function placed(text: string, { location }: TrustEvent): string {
  const lines = text.split('\n')
  const { line = 1, column = 1, endLine = line, endColumn = column } = location
  const offset = (at: number, in_: number): number =>
    lines.slice(0, at - 1).join('\n').length + (at > 1 ? 1 : 0) + in_ - 1
  return text.slice(offset(line, column), offset(endLine, endColumn))
}
