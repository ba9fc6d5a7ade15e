import { setMaxListeners } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { JobError } from '../../errors.ts'
import type { Credential } from './credentials.ts'
import { HttpClient, type HttpOptions } from './http.ts'

/** What a login to one repository has given so far. */
export interface Session {
  credential: Promise<Credential | null> | null
  /** The value for `Authorization`; null: nobody has asked for one yet. */
  authorization: string | null
}

/**
 * What the images of one run share of their registries: connections (so that no host is asked more at a time than it
 * would be for one image), logins by repository, and the pause that a host asks for.
 */
export class Connections {
  readonly #signal: AbortSignal | undefined
  #http: HttpClient | null = null
  readonly #sessions = new Map<string, Session>()
  readonly #pauses = new Map<string, number>()

  /** @param signal ends all of them: that of the run, not of one image */
  constructor(signal?: AbortSignal) {
    this.#signal = signal && AbortSignal.any([signal])
    // Each request listens; Node.js warns of more than ten.
    if (this.#signal) setMaxListeners(0, this.#signal)
  }

  /** @param options those of the whole run: but for the signal the first ones count */
  http({ signal: _, ...options }: HttpOptions): HttpClient {
    this.#http ??= new HttpClient({ ...options, ...(this.#signal && { signal: this.#signal }) })
    return this.#http
  }

  /** @param repository with its registry: `docker.io/library/alpine` */
  session(repository: string): Session {
    const session = this.#sessions.get(repository) ?? { credential: null, authorization: null }
    this.#sessions.set(repository, session)
    return session
  }

  /** A host has said for how many milliseconds it wants to be left alone (Retry-After). */
  pause(host: string, ms: number): void {
    const until = performance.now() + ms
    if (until > (this.#pauses.get(host) ?? 0)) this.#pauses.set(host, until)
  }

  /** Waits until a host may be asked again. @throws JobError `aborted` */
  async ready(host: string, signal: AbortSignal | undefined): Promise<void> {
    for (;;) {
      const ms = (this.#pauses.get(host) ?? 0) - performance.now()
      if (ms <= 0) return
      await sleep(ms, undefined, signal && { signal }).catch(() => {
        throw new JobError('aborted', 'interrupted before it was done')
      })
    }
  }

  close(): void {
    this.#http?.close()
    this.#http = null
  }
}
