/** Servers and stores on which TLS clients differ: what is sent (leaf first), what the store holds, whom is asked for. */
import { type Issued, type IssueOptions, issue, keyOf } from './pki.ts'

export interface PathCase {
  readonly name: string
  readonly sent: readonly Issued[]
  readonly store: readonly Issued[]
  readonly host: string
}

export const hostNames = ['localhost', 'www.imgtrust.test', 'a.b.imgtrust.test']

const authority = (subject: string, by?: Issued, more: Partial<IssueOptions> = {}) =>
  issue({ subject, key: keyOf(more.subject ?? subject), ca: true, ...(by ? { by } : {}), ...more })

/** A server's certificate for localhost. */
const server = (by: Issued | undefined, more: Partial<IssueOptions> = {}) =>
  issue({
    subject: 'localhost',
    key: keyOf('leaf'),
    names: ['DNS:localhost'],
    purposes: ['server'],
    ...(by ? { by } : {}),
    ...more,
  })

const expired = { from: -400, to: -20 }
const future = { from: 20, to: 400 }

/** Makes all of them anew: their dates count from now. */
export function pathCases(): PathCase[] {
  const cases: PathCase[] = []
  const add = (name: string, sent: readonly Issued[], store: readonly Issued[], host = 'localhost') =>
    cases.push({ name, sent, store, host })

  const root = authority('Root')
  const other = authority('Other Root')
  const int = authority('Issuing CA', root)
  const leaf = server(int)
  add('plain', [leaf, int], [root])
  add('plain among others', [leaf, int], [other, root])
  add('root sent too', [leaf, int, root], [root])
  add('leaf under the root', [server(root)], [root])
  add('missing intermediate', [leaf], [root])
  add('unknown root', [leaf, int], [other])
  add('unknown root that is sent', [leaf, int, root], [other])
  add('empty store', [leaf, int], [])
  add('empty store, root sent', [leaf, int, root], [])

  // 30 May 2020: the cross certificate and the root that signed it have expired.
  const old = authority('Old Root', undefined, expired)
  const young = authority('New Root')
  const cross = authority('New Root', old, expired)
  const under = authority('Issuing CA 2020', young)
  const leaf2020 = server(under)
  add('2020, old root first', [leaf2020, under, cross], [old, young])
  add('2020, new root first', [leaf2020, under, cross], [young, old])
  add('2020, remedied', [leaf2020, under, cross], [young])
  add('2020, new root missing', [leaf2020, under, cross], [old])
  add('2020, server mended', [leaf2020, under], [old, young])
  add('2020, old root sent', [leaf2020, under, cross, old], [old, young])
  add('2020, old root sent, remedied', [leaf2020, under, cross, old], [young])
  add('2020, new root sent before the cross', [leaf2020, under, young, cross], [old, young])

  // 30 September 2021: the root that signed the cross certificate has expired, the cross certificate itself has not.
  const dst = authority('Old Root X3', undefined, expired)
  const isrg = authority('New Root X1')
  const x1 = authority('New Root X1', dst)
  const r3 = authority('Issuing R3', isrg)
  const leaf2021 = server(r3)
  add('2021, old root first', [leaf2021, r3, x1], [dst, isrg])
  add('2021, new root first', [leaf2021, r3, x1], [isrg, dst])
  add('2021, remedied', [leaf2021, r3, x1], [isrg])
  add('2021, new root missing', [leaf2021, r3, x1], [dst])
  add('2021, server mended', [leaf2021, r3], [dst, isrg])

  // Twins: one subject, one key.
  const oldTwin = authority('Root', undefined, expired)
  add('twin roots, expired first', [leaf, int], [oldTwin, root])
  add('twin roots, expired last', [leaf, int], [root, oldTwin])
  add('expired twin of the root sent', [leaf, int, oldTwin], [root])
  add('twin roots, expired first and sent', [leaf, int, oldTwin], [oldTwin, root])
  const oldInt = authority('Issuing CA', root, expired)
  add('twin intermediates, expired first', [leaf, oldInt, int], [root])
  add('twin intermediates, expired last', [leaf, int, oldInt], [root])

  // One subject, two keys.
  const bare = { bare: true }
  const bareRoot = authority('Root', undefined, bare)
  const foreign = authority('Root', undefined, { key: keyOf('foreign'), ...bare })
  const bareInt = authority('Issuing CA', bareRoot, bare)
  const bareLeaf = server(bareInt, bare)
  add('without key identifiers', [bareLeaf, bareInt], [bareRoot])
  add('root of another key first', [bareLeaf, bareInt], [foreign, bareRoot])
  add('root of another key last', [bareLeaf, bareInt], [bareRoot, foreign])
  add('root of another key alone', [bareLeaf, bareInt], [foreign])
  const brief = authority('Root', undefined, { key: keyOf('foreign'), ...bare, from: -10, to: 100 })
  add('root of another key first, newer and ending sooner', [bareLeaf, bareInt], [brief, bareRoot])
  add('root of another key last, newer and ending sooner', [bareLeaf, bareInt], [bareRoot, brief])
  const long = authority('Root', undefined, { key: keyOf('foreign'), ...bare, from: -90, to: 900 })
  add('root of another key first, older and ending later', [bareLeaf, bareInt], [long, bareRoot])
  add('root of another key last, older and ending later', [bareLeaf, bareInt], [bareRoot, long])
  const foreignId = authority('Root', undefined, { key: keyOf('foreign') })
  add('root of another key first, told by identifiers', [leaf, int], [foreignId, root])
  add('root of another key alone, told by identifiers', [leaf, int], [foreignId])

  // Anchors that are no roots.
  add('intermediate as anchor', [leaf, int], [int])
  add('intermediate as anchor, not sent', [leaf], [int])
  add('intermediate as anchor, root expired', [leaf, int], [int, oldTwin])
  add('intermediate as anchor, root too', [leaf, int], [int, root])
  add('leaf as anchor', [leaf], [leaf])
  add('leaf as anchor, intermediate sent', [leaf, int], [leaf])
  const lone = server(undefined)
  add('self-signed leaf as anchor', [lone], [lone])
  const loneCa = server(undefined, { ca: true, keyUsage: [0, 2, 5] })
  add('self-signed leaf with a CA flag as anchor', [loneCa], [loneCa])
  add('self-signed leaf, unknown', [lone], [root])
  const loneOld = server(undefined, expired)
  add('self-signed leaf as anchor, expired', [loneOld], [loneOld])
  const leafOld = server(int, expired)
  add('leaf as anchor, expired', [leafOld], [leafOld])

  // Dates.
  for (const [word, dates] of [
    ['expired', expired],
    ['not yet valid', future],
  ] as const) {
    add(`leaf ${word}`, [server(int, dates), int], [root])
    const late = authority('Issuing CA', root, dates)
    add(`intermediate ${word}`, [server(late), late], [root])
    const lateRoot = authority('Root', undefined, dates)
    add(`root ${word}`, [leaf, int], [lateRoot])
    add(`intermediate as anchor, ${word}`, [leaf, int], [late])
  }
  add('leaf and intermediate expired', [server(int, expired), oldInt], [root])
  add('leaf expired, root unknown', [server(int, expired), int], [other])
  add('leaf expired, wrong name', [server(int, { ...expired, names: ['DNS:other.test'] }), int], [root])

  // Names.
  const named = (names: readonly string[], subject = 'localhost') => server(int, { names, subject })
  add('wrong name', [named(['DNS:other.test'], 'other.test'), int], [root])
  add('common name alone', [named([]), int], [root])
  add('common name alone, wrong', [named([], 'other.test'), int], [root])
  add('common name right, alternative name wrong', [named(['DNS:other.test']), int], [root])
  add('common name right, alternative name an address', [named(['IP:10.0.0.1']), int], [root])
  add('upper case', [named(['DNS:LOCALHOST']), int], [root])
  add('wildcard', [named(['DNS:*.imgtrust.test']), int], [root], 'www.imgtrust.test')
  add('wildcard over two labels', [named(['DNS:*.imgtrust.test']), int], [root], 'a.b.imgtrust.test')
  add('wildcard within a label', [named(['DNS:w*w.imgtrust.test']), int], [root], 'www.imgtrust.test')
  add('wildcard not leftmost', [named(['DNS:a.*.imgtrust.test']), int], [root], 'a.b.imgtrust.test')
  add('address', [named(['IP:127.0.0.1']), int], [root], '127.0.0.1')
  add('address as a DNS name', [named(['DNS:127.0.0.1']), int], [root], '127.0.0.1')
  add('address as the common name', [named([], '127.0.0.1'), int], [root], '127.0.0.1')
  add('address not named', [leaf, int], [root], '127.0.0.1')

  // Purposes and key usage.
  add('leaf for clients alone', [server(int, { purposes: ['client'] }), int], [root])
  add('leaf for anything', [server(int, { purposes: ['any'] }), int], [root])
  add('leaf without purposes', [server(int, { purposes: [] }), int], [root])
  add('leaf without key usage', [server(int, { keyUsage: null }), int], [root])
  add('leaf to sign certificates alone', [server(int, { keyUsage: [5] }), int], [root])
  add('leaf to sign alone', [server(int, { keyUsage: [0] }), int], [root])
  add('leaf without basic constraints', [server(int, { ca: null }), int], [root])
  add('leaf with a CA flag', [server(int, { ca: true, keyUsage: [0, 2, 5] }), int], [root])
  const clients = authority('Issuing CA', root, { purposes: ['client'] })
  add('intermediate for clients alone', [server(clients), clients], [root])
  const both = authority('Issuing CA', root, { purposes: ['client', 'server'] })
  add('intermediate for both', [server(both), both], [root])
  const anything = authority('Issuing CA', root, { purposes: ['any'] })
  add('intermediate for anything', [server(anything), anything], [root])
  add('root for clients alone', [leaf, int], [authority('Root', undefined, { purposes: ['client'] })])

  // Who may sign.
  const issuerCase = (name: string, more: Partial<IssueOptions>) => {
    const odd = authority('Issuing CA', root, more)
    add(`intermediate ${name}`, [server(odd), odd], [root])
    add(`root ${name}`, [leaf, int], [authority('Root', undefined, more)])
  }
  issuerCase('without CA flag', { ca: false, keyUsage: [0, 5] })
  issuerCase('without CA flag and keyCertSign', { ca: false, keyUsage: [0, 2] })
  issuerCase('without basic constraints', { ca: null, keyUsage: [5, 6] })
  issuerCase('without basic constraints and key usage', { ca: null, keyUsage: null })
  issuerCase('without keyCertSign', { keyUsage: [0, 6] })
  issuerCase('without key usage', { keyUsage: null })
  issuerCase('of version 1', { version: 1 })
  issuerCase('with an unknown critical extension', { oddity: true })
  add('leaf with an unknown critical extension', [server(int, { oddity: true }), int], [root])

  // Path length.
  const upper = authority('Upper CA', root)
  const narrow = authority('Upper CA', root, { pathLength: 0 })
  const wide = authority('Upper CA', root, { pathLength: 1 })
  const lower = authority('Lower CA', upper)
  const deep = server(lower)
  add('two intermediates', [deep, lower, upper], [root])
  add('path length kept', [deep, lower, wide], [root])
  add('path length exceeded', [deep, lower, narrow], [root])
  add('path length of the root kept', [leaf, int], [authority('Root', undefined, { pathLength: 0 })])
  add(
    'path length of the root exceeded',
    [deep, lower, upper],
    [authority('Root', undefined, { pathLength: 0 })],
  )

  // Name constraints.
  const constrained = (name: string, constraints: readonly string[], names = ['DNS:localhost']) => {
    const bound = authority('Issuing CA', root, { constraints })
    add(`intermediate ${name}`, [server(bound, { names }), bound], [root])
    add(`root ${name}`, [server(int, { names }), int], [authority('Root', undefined, { constraints })])
  }
  constrained('permits the name', ['permit:localhost'])
  constrained('permits another name', ['permit:other.test'])
  constrained('excludes the name', ['exclude:localhost'])
  constrained('excludes another name', ['exclude:other.test'])
  constrained('permits another name, common name alone', ['permit:other.test'], [])

  const boundName = authority('Issuing CA', root, { constraints: ['permit:other.test'] })
  const commonAlone = server(boundName, { names: [], subject: 'www.imgtrust.test' })
  add(
    'intermediate permits another name, dotted common name alone',
    [commonAlone, boundName],
    [root],
    'www.imgtrust.test',
  )

  // Digests and keys.
  for (const digest of ['sha1', 'md5'] as const) {
    const word = digest === 'sha1' ? 'SHA-1' : 'MD5'
    add(`leaf signed with ${word}`, [server(int, { digest }), int], [root])
    const weak = authority('Issuing CA', root, { digest })
    add(`intermediate signed with ${word}`, [server(weak), weak], [root])
    add(`root signed with ${word}`, [leaf, int], [authority('Root', undefined, { digest })])
    add(`root signed with ${word}, sent`, [leaf, int, authority('Root', undefined, { digest })], [root])
  }
  const small = (name: string) => ({ key: keyOf(name, 'rsa-1024') })
  add('leaf of 1024 bits', [server(int, small('leaf')), int], [root])
  const smallInt = authority('Issuing CA', root, small('int'))
  add('intermediate of 1024 bits', [server(smallInt), smallInt], [root])
  const smallRoot = authority('Root', undefined, small('root'))
  const underSmall = authority('Issuing CA', smallRoot)
  add('root of 1024 bits', [server(underSmall), underSmall], [smallRoot])
  const ecRoot = authority('EC Root', undefined, { key: keyOf('ec root', 'ec') })
  const ecInt = authority('EC CA', ecRoot, { key: keyOf('ec int', 'ec') })
  add('elliptic curves', [server(ecInt, { key: keyOf('ec leaf', 'ec') }), ecInt], [ecRoot])
  const pssInt = authority('Issuing CA', root, { padding: 'pss' })
  add('signed with RSA-PSS', [server(pssInt, { padding: 'pss' }), pssInt], [root])

  // What is sent, and how.
  add('wrong order', [deep, upper, lower], [root])
  add('wrong order, root sent', [deep, root, upper, lower], [root])
  add('intermediate twice', [leaf, int, int], [root])
  add('leaf twice', [leaf, leaf, int], [root])
  add('stray last', [leaf, int, other], [root])
  add('stray between', [leaf, other, int], [root])
  add('expired stray last', [leaf, int, old], [root])
  add('another leaf last', [leaf, int, server(root, { subject: 'other.test' })], [root])

  // Signatures.
  add('broken signature of the leaf', [server(int, { broken: true }), int], [root])
  const brokenInt = authority('Issuing CA', root, { broken: true })
  add('broken signature of the intermediate', [leaf, brokenInt], [root])
  add('broken intermediate before a sound one', [leaf, brokenInt, int], [root])
  add('broken intermediate after a sound one', [leaf, int, brokenInt], [root])
  const brokenRoot = authority('Root', undefined, { broken: true })
  add('broken signature of the root', [leaf, int], [brokenRoot])
  return cases
}
