/** Models made by hand, for what real traces and scans can't show in a few words. */
import type { ImageModel, Root, TrustStore } from '../../src/model.ts'
import type { DockerfileModel, TracedInstruction, TracedStage, TrustState } from '../../src/trace/state.ts'

export function root(name: string, notAfter: string): Root {
  return {
    sha256: Buffer.from(name).toString('hex').padEnd(64, '0').slice(0, 64),
    name,
    notBefore: 0,
    notAfter: Date.parse(notAfter),
  }
}

export function store(path: string, roots: readonly Root[], more: Partial<TrustStore> = {}): TrustStore {
  return {
    path,
    aliases: [],
    sources: [],
    format: 'pem-bundle',
    consumers: [],
    layer: null,
    createdBy: null,
    release: null,
    match: 'unknown',
    roots,
    ...more,
  }
}

export function image(more: Partial<ImageModel> = {}): ImageModel {
  return {
    kind: 'image',
    source: 'test',
    reference: null,
    digest: null,
    platform: null,
    distribution: null,
    stores: [],
    certificates: [],
    clients: [],
    packages: [],
    config: { user: null, env: {} },
    files: { exists: () => false, read: () => null, resolve: () => null },
    unknowns: [],
    ...more,
  }
}

export function state(more: Partial<TrustState> = {}): TrustState {
  return {
    stores: [],
    conf: null,
    tool: false,
    env: new Map(),
    user: null,
    shell: ['/bin/sh', '-c'],
    packages: new Set(),
    ...more,
  }
}

/**
 * One stage whose instructions take a line each (comments and empty lines aside); USER is followed, nothing else.
 */
export function oneStage(text: string, more: Partial<TrustState> = {}): DockerfileModel {
  const instructions: TracedInstruction[] = []
  let now = state(more)
  let from: TracedStage['location'] = {}
  text.split('\n').forEach((line, index) => {
    const [, keyword = '', rest = ''] = /^\s*([A-Za-z]+)\s+(.*?)\r?$/.exec(line) ?? []
    if (keyword === '') return
    const location = { file: 'Dockerfile', line: index + 1, column: 1, endLine: index + 1 }
    if (keyword.toUpperCase() === 'FROM') {
      from = location
      return
    }
    const after = keyword.toUpperCase() === 'USER' ? { ...now, user: rest } : now
    instructions.push({ keyword: keyword.toUpperCase(), location, before: now, after, events: [] })
    now = after
  })
  const reference = /^FROM\s+(?:--\S+\s+)*(\S+)/im.exec(text)
  const end = (reference?.index ?? 0) + (reference?.[0].length ?? 0)
  const name = reference?.[1] ?? ''
  const stage: TracedStage = {
    name: null,
    index: 0,
    location: from,
    reference: { text: name, start: end - name.length, end },
    base: { kind: 'unknown', reference: name, why: 'made by hand' },
    distribution: null,
    instructions,
    final: now,
    ships: 'final',
    end: {
      heir: now,
      anchors: [],
      file: () => ({ unknown: 'made by hand' }),
      start: { programs: [], refreshes: false, followed: true },
      keystoreTouched: false,
      configured: new Set(),
      storeOpened: false,
    },
  }
  return { kind: 'dockerfile', file: 'Dockerfile', text, stages: [stage], final: stage, unknowns: [] }
}
