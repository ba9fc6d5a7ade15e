/** The stores that a Dockerfile's final stage will hold, and the clients that its distribution will bring to them. */
import { JobError } from '../errors.ts'
import { type LintSettings, readDockerfile, traceOptions } from '../lint.ts'
import { type ImageModel, type Instant, isUnknown, type TrustStore, type UnknownEntry } from '../model.ts'
import { successorMends } from '../questions/base-image.ts'
import { choose } from '../remedy/choose.ts'
import { dockerfileEdits } from '../remedy/dialects/dockerfile.ts'
import { applyEdits } from '../remedy/dialects/text.ts'
import { buildRemedy } from '../report/build.ts'
import type { DockerfileModel, TracedStage } from '../trace/state.ts'
import { type TraceOptions, traceDockerfile } from '../trace/trace.ts'
import { foretoldClients } from './foretold-clients.ts'
import type { Subject, SubjectClient } from './subject.ts'

/**
 * Traces a Dockerfile.
 * @throws JobError where it can't be read or traced
 */
export function dockerfileSubject(path: string, settings: LintSettings): Subject {
  const options = traceOptions({ name: path }, settings)
  const model = traceDockerfile(readDockerfile(path), options)
  return subjectOf(model, options, settings.at)
}

function subjectOf(model: DockerfileModel, options: TraceOptions, at: Instant): Subject {
  const { final } = model
  if (final === null)
    throw new JobError('malformed', `${model.file}: no stage; a Dockerfile begins with FROM`)
  const { image, clients, unknowns } = foretold(model, final)
  return {
    image: {
      kind: 'dockerfile',
      source: 'file',
      reference: final.reference.text,
      digest: null,
      platform: options.platform ?? null,
      distribution: final.distribution ? { ...final.distribution } : null,
      file: model.file,
    },
    model: image,
    clients,
    unknowns,
    renewals: [{ kind: 'upgrade-store' }, ...successorMends(model, final, at)],
    mended: mend =>
      choose(mend, model, at).flatMap(candidate => {
        const edits = dockerfileEdits(candidate.steps, model)
        if (edits === null || edits.length === 0) return []
        const after = retraced(applyEdits(model.text, edits), options)
        if (after?.final == null) return []
        const { image: now, clients: then } = foretold(after, after.final)
        return [{ candidate, after: { model: now, clients: then } }]
      }),
    rendered: remedy => buildRemedy(remedy, model),
  }
}

/** Null where the changed text is no Dockerfile that can be traced. */
function retraced(text: string, options: TraceOptions): DockerfileModel | null {
  try {
    return traceDockerfile(text, options)
  } catch (error) {
    if (error instanceof JobError) return null
    throw error
  }
}

interface Foretold {
  readonly image: ImageModel
  readonly clients: readonly SubjectClient[]
  readonly unknowns: readonly UnknownEntry[]
}

/** The final stage as an image would be, as far as it is known. */
function foretold({ file }: DockerfileModel, stage: TracedStage): Foretold {
  const { stores: traced, env } = stage.final
  const location = stage.location
  const unknowns: UnknownEntry[] = []
  const stores: TrustStore[] = []
  const blind = new Set<string>()
  if (isUnknown(traced)) unknowns.push({ what: `the trust stores of ${file}`, why: traced.unknown, location })
  for (const { path, aliases, sources, format, release, match, roots } of isUnknown(traced) ? [] : traced) {
    if (isUnknown(roots)) {
      unknowns.push({ what: path, why: roots.unknown, location })
      for (const each of [path, ...aliases]) blind.add(each)
      continue
    }
    stores.push({
      path,
      aliases,
      sources,
      format,
      consumers: [],
      layer: null,
      createdBy: null,
      release,
      match,
      roots,
    })
  }
  const named = ['SSL_CERT_FILE', 'SSL_CERT_DIR', 'CURL_CA_BUNDLE', 'GIT_SSL_CAINFO'].find(name =>
    env.has(name),
  )
  const clients = foretoldClients(stage).map((each): SubjectClient => {
    if (each.unknown !== undefined) return each
    if (isUnknown(traced)) return { ...each, unknown: `the stores are not known: ${traced.unknown}` }
    if (named !== undefined)
      return {
        ...each,
        unknown: `ENV ${named} points it elsewhere, and that is followed in built images alone`,
      }
    const dark = each.client.reads?.find(path => blind.has(path))
    return dark === undefined ? each : { ...each, unknown: `what ${dark} will hold is not known` }
  })
  return {
    image: {
      kind: 'image',
      source: 'dockerfile',
      reference: null,
      digest: null,
      platform: null,
      distribution: stage.distribution,
      stores: stores.map(store => ({
        ...store,
        consumers: clients
          .filter(({ client }) => client.reads?.some(path => [store.path, ...store.aliases].includes(path)))
          .map(({ client }) => client.program),
      })),
      certificates: [],
      clients: clients.map(({ client }) => client),
      packages: [],
      config: { user: null, env: {} },
      files: { exists: () => false, read: () => null, resolve: () => null },
      unknowns: [],
    },
    clients,
    unknowns,
  }
}
