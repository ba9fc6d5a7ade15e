import type { Client } from '../src/model.ts'
import { clientName } from '../src/questions/libraries.ts'
import { enumerate } from '../src/questions/words.ts'
import { defineImageRule, type Evidence } from '../src/rule.ts'

interface None extends Evidence {
  readonly clients: readonly Client[]
}

/**
 * Programs that open https addresses for whoever calls them and read the system's store by default. Not among them:
 * package managers (their own archives are signed, most are plain http), and what brings roots of its own.
 */
const systemClients = new Set(['aria2c', 'busybox wget', 'curl', 'git', 'lynx', 'wget', 'wget2'])

export default defineImageRule<None>({
  id: 'no-trust-store',
  since: '0.1.0',
  scope: 'image',
  severity: 'warning',
  summary: 'The image holds no trust store',
  why: `
A program that opens an https address compares the server's certificate with the roots in its trust store. Where none
is, it refuses every server, and its words ("unable to get local issuer certificate") sound as if the server were at
fault.

Small base images hold no store on purpose, and a program without business on the network needs none. So the finding is
a warning where a client that reads the system's store is in the image (curl, wget, git, …), and information where none
was seen.
`,
  examples: {
    bad: [
      {
        image: {
          distribution: { id: 'debian', version: '13' },
          stores: [],
          clients: [{ program: 'curl', library: 'OpenSSL', libraryVersion: '3.5.1', build: 'debian' }],
        },
        at: '2026-08-16',
        severity: 'warning',
      },
      {
        image: { distribution: { id: 'debian', version: '13' }, stores: [] },
        at: '2026-08-16',
        severity: 'info',
      },
    ],
    ok: [
      {
        image: {
          distribution: { id: 'alpine', version: '3.20.3' },
          stores: [{ path: '/etc/ssl/certs/ca-certificates.crt', release: 'alpine/base 3.20.3' }],
          clients: [
            { program: 'busybox wget', library: 'OpenSSL', libraryVersion: '3.3.2', build: 'alpine' },
          ],
        },
        at: '2026-08-16',
      },
    ],
  },

  *check(model) {
    // What could not be read may hide a store: then nobody knows that there is none.
    if (model.stores.length > 0 || model.unknowns.length > 0) return
    const clients = model.clients.filter(
      ({ program, library }) => library !== null && systemClients.has(program),
    )
    yield { location: {}, severity: clients.length > 0 ? 'warning' : 'info', clients }
  },

  message({ clients }) {
    return clients.length > 0
      ? `The image holds no trust store: ${enumerate(clients.map(clientName))} refuse${clients.length === 1 ? 's' : ''} every https server.`
      : 'The image holds no trust store; no program was seen that reads one.'
  },

  remedy({ clients }) {
    return clients.length > 0 ? [{ kind: 'install-store' }] : []
  },
})
