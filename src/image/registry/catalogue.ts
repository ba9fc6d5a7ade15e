/** What a registry lists: its repositories and their tags (OCI distribution spec, "Listing Tags"; Docker's `_catalog`). */
import { JobError } from '../../errors.ts'
import { limits } from '../../limits.ts'
import { printable } from '../path.ts'
import { isRepository, isTag } from '../reference.ts'
import type { RegistryClient } from './client.ts'

/** Names a page; a registry may give fewer. */
const PAGE = 1000

/** Names that a registry has, sorted by code units, and how many others it listed that no image can bear. */
export interface NameList {
  readonly names: readonly string[]
  readonly strange: number
}

/**
 * @param client one with the scope `registry:catalog:*`
 * @throws JobError as {@link listAll}; where the registry has no such list, or not for this user: what to do instead
 */
export async function listRepositories(client: RegistryClient, registry: string): Promise<NameList> {
  const what = `the list of repositories of ${registry}`
  try {
    return await listAll(client, `_catalog?n=${PAGE}`, 'repositories', isRepository, what)
  } catch (error) {
    const refused =
      error instanceof JobError && ['unauthorized', 'not-found', 'unsupported'].includes(error.code)
    if (!refused) throw error
    throw new JobError(
      error.code,
      `${registry} gives no list of its repositories${error.code === 'unauthorized' ? ' to this user' : ''} (Docker Hub and ghcr.io give none, others only to some users); name each repository, as in registry:${registry}/team/app:*, or give a list with --from-file`,
    )
  }
}

/** @throws JobError as {@link listAll} */
export function listTags(client: RegistryClient, registry: string, repository: string): Promise<NameList> {
  const path = `${repository}/tags/list?n=${PAGE}`
  return listAll(client, path, 'tags', isTag, `the list of tags of ${registry}/${repository}`)
}

/**
 * Reads a list page by page, as the `Link` header leads (RFC 8288), never to another host.
 * @throws JobError `limit`, `malformed`, and what asking brings
 */
async function listAll(
  client: RegistryClient,
  path: string,
  field: 'repositories' | 'tags',
  isName: (name: string) => boolean,
  what: string,
): Promise<NameList> {
  const names = new Set<string>()
  const asked = new Set<string>()
  let strange = 0
  let next: string | URL | null = path
  for (let pages = 0; next !== null; pages++) {
    if (pages === limits.cataloguePages)
      throw new JobError('limit', `${what} has more than ${limits.cataloguePages} pages; name less of it`)
    const { bytes, link } = await client.page(next, what)
    for (const name of namesOf(bytes, field, what)) {
      if (typeof name === 'string' && isName(name)) names.add(name)
      else strange++
    }
    if (names.size + strange > limits.catalogueNames)
      throw new JobError('limit', `${what} has more than ${limits.catalogueNames} names; name less of it`)
    next = link === null ? null : nextPage(link, client.origin, what)
    if (next !== null && asked.has(next.href))
      throw new JobError(
        'malformed',
        `${what} leads in a circle: ${printable(next.pathname + next.search, 100)}`,
      )
    if (next !== null) asked.add(next.href)
  }
  return { names: [...names].sort(), strange }
}

function namesOf(bytes: Uint8Array, field: string, what: string): readonly unknown[] {
  try {
    const json = JSON.parse(Buffer.from(bytes).toString('utf8')) as Record<string, unknown> | null
    const names = json?.[field]
    // A repository whose tags were all taken away has null.
    if (names === null) return []
    if (Array.isArray(names)) return names
  } catch {
    // Said below.
  }
  throw new JobError(
    'malformed',
    `${what} is none: the registry answers with something else; is it a registry?`,
  )
}

/** The target of `rel="next"`; null where there is none. */
function nextPage(link: string, origin: string, what: string): URL | null {
  for (const [, target = '', params = ''] of link.matchAll(/<([^<>]*)>([^<>]*)/g)) {
    if (!/;\s*rel\s*=\s*(?:"(?:[^"]*\s)?next(?:\s[^"]*)?"|next)\s*(?:[;,]|$)/i.test(params)) continue
    let url: URL
    try {
      url = new URL(target, `${origin}/v2/`)
    } catch {
      throw new JobError('malformed', `${what} goes on at what is no address: ${printable(target, 80)}`)
    }
    if (url.origin !== origin || url.username !== '' || url.password !== '')
      throw new JobError(
        'malformed',
        `${what} goes on at another host (${printable(url.host, 80)}), which is not asked; its address as the registry knows it may be wrong`,
      )
    return url
  }
  return null
}
