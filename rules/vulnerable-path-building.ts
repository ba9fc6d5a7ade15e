import type { Client, Location } from '../src/model.ts'
import { type FailingLibrary, failingOnExpired } from '../src/questions/libraries.ts'
import { newerBases } from '../src/questions/successor.ts'
import { enumerate, shorten } from '../src/questions/words.ts'
import { defineImageRule, type Evidence } from '../src/rule.ts'

interface Found extends Evidence, FailingLibrary {}

export default defineImageRule<Found>({
  id: 'vulnerable-path-building',
  since: '0.1.0',
  scope: 'image',
  severity: 'info',
  summary: 'A TLS library gives up on a server when one of several chains has expired',
  why: `
A server's certificate can hang on more than one chain: authorities sign each other across. Current TLS libraries try
the chains until one is good. Older ones follow the certificates that the server sent, arrive at a root that has
expired, and refuse the server, although a good chain was there: OpenSSL before 1.1.0, GnuTLS before 3.6.14, LibreSSL
before 3.2. That made the outages of 30 May 2020 and of 30 September 2021, and it will make the next one.

The finding names the library and the programs that use it. It is a warning where a newer package of the image's own
line has the fault mended, else information. It is silent where the library's version is not known, or nobody has seen
how it builds chains. Whether a root that breaks such chains is in the store today is \`expired-root\`'s to say.
`,
  examples: {
    bad: [
      {
        image: {
          distribution: { id: 'alpine', version: '3.8.5' },
          stores: [],
          clients: [
            {
              program: 'busybox wget',
              library: 'LibreSSL',
              libraryVersion: '2.7.5',
              build: 'alpine',
              path: '/usr/bin/ssl_client',
            },
          ],
        },
        at: '2020-05-31',
        severity: 'info',
      },
      {
        image: {
          distribution: { id: 'debian', version: '10' },
          stores: [],
          clients: [
            {
              program: 'wget',
              library: 'GnuTLS',
              libraryVersion: '3.6.7',
              build: 'debian',
              libraryPackage: 'libgnutls30 3.6.7-4+deb10u3',
              path: '/usr/bin/wget',
            },
          ],
        },
        at: '2020-05-31',
        severity: 'warning',
      },
    ],
    ok: [
      {
        image: {
          distribution: { id: 'debian', version: '12' },
          stores: [],
          clients: [
            {
              program: 'curl',
              library: 'OpenSSL',
              libraryVersion: '3.0.11',
              build: 'debian',
              path: '/usr/bin/curl',
            },
          ],
        },
        at: '2024-09-06',
      },
    ],
  },

  *check(model) {
    for (const failing of failingOnExpired(model.clients)) {
      const path = failing.clients.find(client => client.path !== null)?.path ?? null
      const location: Location = path === null ? {} : { path }
      yield { location, severity: failing.mendedFrom === null ? 'info' : 'warning', ...failing }
    }
  },

  message({ library, clients, mendedFrom }) {
    const programs = enumerate(clients.map(({ program }: Client) => shorten(program)))
    const end =
      mendedFrom === null ? '' : `; the package of its line has it mended from ${shorten(mendedFrom)} on`
    return `${programs} ${clients.length === 1 ? 'verifies' : 'verify'} with ${library}, which refuses a server when the first chain that it tries has expired${end}.`
  },

  remedy(_, model, { at }) {
    return newerBases(model, at)
  },
})
