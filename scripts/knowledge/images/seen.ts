/** What a Dockerfile of an official image was seen to do. */
import type { Day, Maybe } from '../../../src/model.ts'

/** A store of an image, and what its roots are told by. */
export interface SeenStore {
  readonly path: string
  readonly aliases: readonly string[]
  /** `package`: the distribution's package; `base`: Alpine's own bundle; `other`: which roots it holds can't be told. */
  readonly how: 'package' | 'base' | 'other'
  /** The distribution whose package it is. */
  readonly distribution: Distribution | null
  /** The day on which it froze before the image itself did; null: it did not. */
  readonly day: Day | null
}

/** In the words of the facts. */
export interface Distribution {
  readonly id: string
  readonly version: string | null
}

export interface Seen {
  readonly distribution: Distribution | null
  readonly stores: Maybe<readonly SeenStore[]>
  readonly tool: Maybe<boolean>
  /** Names that matter here; null: they are not known. */
  readonly packages: readonly string[] | null
  /** Variables that matter here; null: set, to something that can't be told. */
  readonly env: Readonly<Record<string, string | null>>
  readonly user: Maybe<string | null>
  /** Java's own stores that it surely holds. */
  readonly keystores: readonly string[]
  /** The day on which something under it froze; null: nothing did. */
  readonly frozen: Day | null
  /** The FROM of its final stage as it was resolved; null: not known, or scratch. */
  readonly from: string | null
}

/** Nothing is known of it. */
export function unseen(why: string, distribution: Distribution | null = null): Seen {
  const reason = { unknown: why }
  return {
    distribution,
    stores: reason,
    tool: reason,
    packages: null,
    env: {},
    user: reason,
    keystores: [],
    frozen: null,
    from: null,
  }
}

export function earlier(a: Day | null, b: Day | null): Day | null {
  if (a === null || b === null) return a ?? b
  return a < b ? a : b
}

/** What an image looks like to one that stood on it until it froze itself. */
export function frozenOn(seen: Seen, day: Day | null): Seen {
  if (day === null) return seen
  return {
    ...seen,
    frozen: earlier(seen.frozen, day),
    stores:
      'unknown' in seen.stores
        ? seen.stores
        : seen.stores.map(store => ({ ...store, day: earlier(store.day, day) })),
  }
}

/** Packages that bring a store, keep it, or read it. */
export const packagesThatMatter =
  /^(ca-certificates(-.*)?|p11-kit(-.*)?|openssl|libressl|gnutls-(bin|utils)|gnupg|gpg|dirmngr|curl|wget|git|mercurial|subversion|python3?(\.\d+)?|nodejs|ruby|perl|default-j(re|dk)(-headless)?|(java-.*-)?openjdk.*|java-.*)$/

/** Variables that say which store is read, what is verified, and which runtime is there. */
export const variablesThatMatter =
  /^(SSL_CERT_(FILE|DIR)|CURL_CA_BUNDLE|REQUESTS_CA_BUNDLE|PIP_CERT|AWS_CA_BUNDLE|GIT_SSL_(CAINFO|CAPATH|NO_VERIFY)|NODE_(EXTRA_CA_CERTS|TLS_REJECT_UNAUTHORIZED|OPTIONS)|PYTHONHTTPSVERIFY|JAVA_(HOME|OPTS|TOOL_OPTIONS|OPTIONS)|JAVA_TOOL_OPTIONS|JDK_JAVA_OPTIONS|CARGO_HTTP_CAINFO|DENO_(CERT|TLS_CA_STORE)|CATALINA_OPTS|OPENSSL_CONF|DOTNET_.*CERT.*|UV_NATIVE_TLS|UV_SYSTEM_CERTS|(HTTPS|https)_proxy)$/
