import type { FileAccess, ImageModel, TrustStore } from '../src/model.ts'
import { isSystemStore } from '../src/questions/line.ts'
import { placeOf } from '../src/questions/place.ts'
import { shorten } from '../src/questions/words.ts'
import { defineImageRule, type Evidence } from '../src/rule.ts'

/** Who but root may write, and what. */
interface Opening {
  readonly access: FileAccess
  readonly by: 'everybody' | 'group' | 'owner'
}

interface Writable extends Evidence {
  readonly store: TrustStore
  readonly opening: Opening
}

export default defineImageRule<Writable>({
  id: 'writable-store',
  since: '0.1.0',
  scope: 'image',
  severity: 'warning',
  summary: 'Others than root may write a trust store',
  why: `
Who can write a trust store can add a root of his own, and from then on vouch for any server to every program that reads
the store: a web application with a hole becomes a listening post. So a store, and the folder that holds it, belong to
root, and nobody else may write them.

The finding is a warning where everybody may write a store, and where a user or a group other than root's may write the
system's. A store of a program's own, owned by the user that the program is installed for, is information: that user
could as well change the program.

The rule is silent for folders and hosts where nobody looked at the permissions, for a root filesystem that somebody
unpacked as himself (there owners mean nothing), for folders with the sticky bit, and for paths named under
\`policy: writable:\` in \`.imgtrust.yaml\`. Mend it with \`chown root:root\` and \`chmod go-w\`.
`,
  examples: {
    bad: [
      {
        image: {
          distribution: { id: 'debian', version: '12' },
          stores: [
            {
              path: '/etc/ssl/certs/ca-certificates.crt',
              release: 'debian/ca-certificates 20230311',
              access: [{ path: '/etc/ssl/certs/ca-certificates.crt', mode: 0o666, uid: 0, gid: 0 }],
            },
          ],
        },
        at: '2024-09-06',
        severity: 'warning',
      },
      {
        image: {
          distribution: { id: 'debian', version: '12' },
          stores: [
            {
              path: '/home/app/.venv/lib/python3.12/site-packages/certifi/cacert.pem',
              release: 'certifi 2024.8.30',
              access: [
                {
                  path: '/home/app/.venv/lib/python3.12/site-packages/certifi/cacert.pem',
                  mode: 0o644,
                  uid: 1000,
                  gid: 1000,
                },
              ],
            },
          ],
        },
        at: '2024-09-06',
        severity: 'info',
      },
    ],
    ok: [
      {
        image: {
          distribution: { id: 'debian', version: '12' },
          stores: [
            {
              path: '/etc/ssl/certs/ca-certificates.crt',
              release: 'debian/ca-certificates 20230311',
              access: [
                { path: '/etc/ssl/certs/ca-certificates.crt', mode: 0o644, uid: 0, gid: 0 },
                { path: '/etc/ssl/certs', mode: 0o755, uid: 0, gid: 0 },
              ],
            },
          ],
        },
        at: '2024-09-06',
      },
      {
        image: {
          distribution: { id: 'debian', version: '12' },
          stores: [
            {
              path: '/etc/ssl/certs/ca-certificates.crt',
              release: 'debian/ca-certificates 20230311',
              access: [{ path: '/etc/ssl/certs/ca-certificates.crt', mode: 0o644, uid: 1000, gid: 1000 }],
            },
          ],
        },
        policy: 'policy:\n  writable:\n    - /etc/ssl/certs/ca-certificates.crt\n',
        at: '2024-09-06',
      },
    ],
  },

  *check(model, { policy }) {
    const onPurpose = new Set(policy?.writable)
    for (const store of model.stores) {
      if ([store.path, ...store.aliases].some(path => onPurpose.has(path))) continue
      const openings = (store.access ?? [])
        .filter(({ path }) => !onPurpose.has(path))
        .flatMap(access => openingOf(access, model) ?? [])
      const opening = openings.find(({ by }) => by === 'everybody') ?? openings[0]
      if (opening === undefined) continue
      const severity = opening.by === 'everybody' || isSystemStore(model, store) ? 'warning' : 'info'
      yield { location: placeOf(store), severity, store, opening }
    }
  },

  message({ store, opening: { access, by } }) {
    const { path, mode, uid, gid } = access
    const who = by === 'everybody' ? 'everybody' : by === 'group' ? `the group ${gid}` : `the user ${uid}`
    const what =
      path === store.path ? shorten(path) : `${shorten(path)}, by which ${shorten(store.path)} can be changed`
    return `${who[0]!.toUpperCase()}${who.slice(1)} may write ${what} (mode ${mode.toString(8).padStart(4, '0')}, owner ${uid}:${gid}): who does can add a root that vouches for any server.`
  },
})

const sticky = 0o1000

function openingOf(access: FileAccess, { kind }: ImageModel): Opening | null {
  const { mode, uid, gid } = access
  if ((mode & sticky) !== 0) return null
  if ((mode & 0o002) !== 0) return { access, by: 'everybody' }
  // Who unpacks an image as himself owns all of it.
  if (kind === 'rootfs') return null
  if ((mode & 0o020) !== 0 && gid !== 0) return { access, by: 'group' }
  return uid !== 0 ? { access, by: 'owner' } : null
}
