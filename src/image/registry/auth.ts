import type { IncomingMessage } from 'node:http'
import { JobError } from '../../errors.ts'
import { printable, withoutLogin } from '../path.ts'
import type { ImageReference } from '../reference.ts'
import { readBody } from './body.ts'
import { parseChallenges } from './challenge.ts'
import type { Credential } from './credentials.ts'
import type { HttpClient } from './http.ts'

/** Bytes of a token server's answer; real tokens have a few KiB. */
const TOKEN_BYTES = 1024 * 1024

/**
 * Answers a registry's 401: by Basic, or with a token that the named server gives for pulling this one repository
 * (distribution spec, "Token Authentication"; RFC 6749, 6 for refresh tokens).
 * The credential goes to the realm only if that is https, or a host that the user allowed by plain http.
 * @param credential of this registry; null: anonymous
 * @param scope what the token is for; absent: to pull this one repository
 * @returns the value for `Authorization`
 * @throws JobError `unauthorized`, `unreachable`, `malformed`, `timeout`
 */
export async function authorize(
  http: HttpClient,
  reference: ImageReference,
  header: string,
  credential: Credential | null,
  scope = `repository:${reference.repository}:pull`,
): Promise<string> {
  const challenges = parseChallenges(header)
  const bearer = challenges.find(one => one.scheme === 'bearer')
  if (bearer?.params.realm)
    return `Bearer ${await fetchToken(http, reference, bearer.params, credential, scope)}`
  if (challenges.some(one => one.scheme === 'basic')) {
    if (credential?.kind === 'basic') return basic(credential)
    throw notLoggedIn(reference)
  }
  throw new JobError(
    'unauthorized',
    `${reference.registry} wants a login of a kind that is not known (${printable(challenges.map(one => one.scheme).join(', ')) || 'it names none'})`,
  )
}

export function notLoggedIn(reference: ImageReference): JobError {
  const server = reference.registry === 'docker.io' ? '' : ` ${reference.registry}`
  return new JobError(
    'unauthorized',
    `${reference.canonical} is private or not there: ${reference.registry} wants a login; run docker login${server}, or give --authfile FILE`,
  )
}

export function refused(reference: ImageReference): JobError {
  const server = reference.registry === 'docker.io' ? '' : ` ${reference.registry}`
  return new JobError(
    'unauthorized',
    `${reference.registry} refuses the login for ${reference.canonical}: may this user pull it? Else log in again: docker login${server}`,
  )
}

async function fetchToken(
  http: HttpClient,
  reference: ImageReference,
  params: Readonly<Record<string, string>>,
  credential: Credential | null,
  scope: string,
): Promise<string> {
  const realm = parseRealm(params.realm!, reference)
  // The scope is ours, whatever the registry asks for.
  const query = new URLSearchParams({ scope })
  if (params.service) query.set('service', params.service)
  const response = await ask(http, realm, query, credential)
  const status = response.statusCode ?? 0
  if (status === 401 || status === 403) {
    response.destroy()
    throw credential ? refused(reference) : notLoggedIn(reference)
  }
  if (status !== 200) {
    response.destroy()
    throw new JobError(
      'unreachable',
      `${realm.host} gives no token for ${reference.canonical}: it answers ${status}; try again`,
    )
  }
  const body = await readBody(response, realm, TOKEN_BYTES, `the token of ${realm.host}`)
  const token = tokenOf(body)
  if (token === null) throw new JobError('malformed', `${realm.host} answers without a token`)
  return token
}

function ask(
  http: HttpClient,
  realm: URL,
  query: URLSearchParams,
  credential: Credential | null,
): Promise<IncomingMessage> {
  if (credential?.kind === 'identity') {
    query.set('grant_type', 'refresh_token')
    query.set('client_id', 'imgtrust')
    query.set('refresh_token', credential.token)
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    return http.request(realm, { method: 'POST', headers, body: query.toString() })
  }
  const url = new URL(realm)
  for (const [key, value] of query) url.searchParams.append(key, value)
  return http.request(url, { headers: credential ? { authorization: basic(credential) } : {} })
}

function parseRealm(text: string, reference: ImageReference): URL {
  try {
    const url = new URL(text)
    if (url.username === '' && url.password === '') return url
  } catch {
    // Told below.
  }
  throw new JobError(
    'malformed',
    `${reference.registry} names a token server that is no plain address: ${printable(withoutLogin(text), 80)}`,
  )
}

function tokenOf(body: Uint8Array): string | null {
  try {
    const json = JSON.parse(Buffer.from(body).toString('utf8')) as Record<string, unknown> | null
    const token = json?.token || json?.access_token
    // What would not fit into a header must not reach one.
    return typeof token === 'string' && /^[\x21-\x7e]+$/.test(token) ? token : null
  } catch {
    return null
  }
}

function basic(credential: Extract<Credential, { kind: 'basic' }>): string {
  return `Basic ${Buffer.from(`${credential.username}:${credential.password}`).toString('base64')}`
}
