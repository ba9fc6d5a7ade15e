/** The newer base that an image could be built on. */
import { successor } from '../knowledge/base-images.ts'
import type { ImageModel, Instant } from '../model.ts'
import type { Mend } from '../remedy/plan.ts'

/** The official repository of a distribution, by the id of os-release. */
const repositories: Readonly<Record<string, string>> = {
  almalinux: 'almalinux',
  alpine: 'alpine',
  amzn: 'amazonlinux',
  debian: 'debian',
  fedora: 'fedora',
  ol: 'oraclelinux',
  photon: 'photon',
  rocky: 'rockylinux',
  ubuntu: 'ubuntu',
}

/** An official image by its tag: `alpine:3.11`, `docker.io/library/alpine:3.11`. */
const official =
  /^(?:(?:docker\.io|index\.docker\.io)\/)?(?:library\/)?([a-z0-9._-]+):([A-Za-z0-9_][A-Za-z0-9._-]*)$/

/** Same program and variant where the image is an official one; else the newest supported release of its distribution. */
export function newerBases(model: ImageModel, at: Instant): Mend[] {
  const { kind, reference, distribution } = model
  if (kind === 'host') return []
  const named = official.exec(reference ?? '')
  const own = named === null ? null : newer(named[1]!, named[2]!, at)
  if (own !== null) return [{ kind: 'change-base', to: own }]
  const repo = distribution === null ? undefined : repositories[distribution.id]
  const under =
    repo === undefined || distribution?.version == null ? null : newer(repo, distribution.version, at)
  return under === null ? [] : [{ kind: 'change-base', to: under }]
}

function newer(repo: string, tag: string, at: Instant): string | null {
  const next = successor(repo, tag, at).tag
  return next === null || next === tag ? null : `${repo}:${next}`
}
