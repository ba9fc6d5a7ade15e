import type { TrustStore } from '../src/model.ts'
import { placeOf } from '../src/questions/place.ts'
import { count, shorten } from '../src/questions/words.ts'
import { defineImageRule, type Evidence } from '../src/rule.ts'

interface Broken extends Evidence {
  readonly store: TrustStore
  readonly problems: readonly string[]
}

export default defineImageRule<Broken>({
  id: 'unparsable-certificate',
  since: '0.1.0',
  scope: 'image',
  severity: 'warning',
  summary: 'A trust store holds a certificate that can not be read',
  why: `
A trust store is usually one text file with many certificates in it. Where one of them is cut, joined to the next for
want of a line break, or damaged, programs do different things: some skip it, some stop reading there and never see the
roots behind it, some refuse the whole store and with it every server.

The rule fires for every store with a block that can't be read and says what is wrong with the first. It is silent for
files that are no store, and for a first line without a certificate inside a program: that is a text that it prints.
Write the store anew with the tool that made it, or take the block out.
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
              broken: ['it has no last line'],
            },
          ],
        },
        at: '2024-09-06',
        severity: 'warning',
      },
    ],
    ok: [
      {
        image: {
          distribution: { id: 'debian', version: '12' },
          stores: [
            { path: '/etc/ssl/certs/ca-certificates.crt', release: 'debian/ca-certificates 20230311' },
          ],
        },
        at: '2024-09-06',
      },
    ],
  },

  *check(model) {
    for (const store of model.stores) {
      const { broken: problems = [] } = store
      if (problems.length > 0) yield { location: placeOf(store), store, problems }
    }
  },

  message({ store, problems }) {
    const which = problems.length === 1 ? '' : 'of the first, '
    return `${shorten(store.path)} holds ${count(problems.length, 'certificate')} that can not be read (${which}${shorten(problems[0] ?? '', 120)}) beside ${count(store.roots.length, 'root')}: programs skip it, stop there or refuse the whole store.`
  },
})
