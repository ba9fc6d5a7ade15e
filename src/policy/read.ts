import { JobError } from '../errors.ts'
import type { Policy, PolicyEntry } from './policy.ts'
import { readStrictYaml, type YamlNode } from './strict-yaml.ts'

const lists = ['require', 'allow', 'forbid'] as const
type List = (typeof lists)[number]

const empty: Policy = { require: [], allow: [], forbid: [], writable: [] }

/** Hex digits of each kind of fingerprint. */
const digits = { sha1: 40, sha256: 64 } as const

/**
 * Reads a policy in either of two forms.
 *
 * - paranoia's `.paranoia.yaml`, version 1 (https://github.com/jetstack/paranoia#validate): `version`, `require`,
 *   `allow`, `forbid`, each entry with `fingerprints` (`sha1` or `sha256`) and a `comment`. What that program calls
 *   strict, to refuse whatever is not allowed, is a switch of its command line and not of the file.
 * - the key `policy` of an `.imgtrust.yaml`; the other keys of that file are not looked at.
 * @param text the file's text
 * @param file its name, for messages and for choosing the form
 * @throws JobError `malformed` with file and line, `limit`
 */
export function readPolicy(text: string, file: string): Policy {
  const { root } = readStrictYaml(text, file)
  const own = /(?:^|[\\/])\.imgtrust\.ya?ml$/.test(file)
  if (root === null) return empty
  const policy = own || root.isMap ? root.map(null).get('policy') : undefined
  if (policy !== undefined) return readOwnPolicy(policy, file)
  return own ? empty : readParanoia(root, file)
}

/** The value of the key `policy`. @throws JobError `malformed` */
export function readOwnPolicy(node: YamlNode, file: string): Policy {
  if (node.isEmpty) return empty
  const keys = node.map([...lists, 'writable'])
  const entries = (list: List) => listOf(keys.get(list)).map(entry => ownEntry(entry, file))
  const writable = listOf(keys.get('writable')).map(entry => {
    const path = entry.text()
    if (!path.startsWith('/'))
      throw entry.error(`${entry.what} must be an absolute path, such as /etc/ssl/certs`)
    return path.length > 1 ? path.replace(/\/+$/, '') : path
  })
  return consistent({
    require: entries('require'),
    allow: entries('allow'),
    forbid: entries('forbid'),
    writable,
  })
}

function ownEntry(entry: YamlNode, file: string): PolicyEntry {
  if (!entry.isMap) {
    const text = entry.text()
    const length = text.replaceAll(':', '').length
    return {
      ...fingerprint(entry, length === digits.sha1 ? 'sha1' : 'sha256', text),
      comment: null,
      file,
      line: entry.line,
    }
  }
  const keys = entry.map(['sha256', 'sha1', 'comment'])
  return {
    ...oneFingerprint(entry, keys),
    comment: keys.get('comment')?.text() ?? null,
    file,
    line: entry.line,
  }
}

function readParanoia(root: YamlNode, file: string): Policy {
  const keys = root.map(['version', ...lists])
  const version = keys.get('version')
  if (version === undefined) throw root.error('the file has no key "version"; write version: "1"')
  if (version.text() !== '1')
    throw version.error(`version ${JSON.stringify(version.text().slice(0, 20))} is not known; only "1" is`)
  const entries = (list: List) =>
    listOf(keys.get(list)).map(entry => {
      const parts = entry.map(['fingerprints', 'comment'])
      const fingerprints = parts.get('fingerprints')
      if (fingerprints === undefined) throw entry.error(`${entry.what} has no "fingerprints"`)
      const found = oneFingerprint(fingerprints, fingerprints.map(['sha256', 'sha1']))
      return { ...found, comment: parts.get('comment')?.text() ?? null, file, line: entry.line }
    })
  return consistent({
    require: entries('require'),
    allow: entries('allow'),
    forbid: entries('forbid'),
    writable: [],
  })
}

function listOf(node: YamlNode | undefined): readonly YamlNode[] {
  return node === undefined || node.isEmpty ? [] : node.list()
}

type Fingerprint = Pick<PolicyEntry, 'algorithm' | 'fingerprint'>

/** As paranoia: exactly one of the two, so that nobody believes that both are compared. */
function oneFingerprint(entry: YamlNode, keys: ReadonlyMap<string, YamlNode>): Fingerprint {
  const sha1 = keys.get('sha1')
  const sha256 = keys.get('sha256')
  if (sha1 !== undefined && sha256 !== undefined)
    throw sha1.error(`${entry.what} has both sha256 and sha1; leave sha256`)
  if (sha256 !== undefined) return fingerprint(sha256, 'sha256', sha256.text())
  if (sha1 !== undefined) return fingerprint(sha1, 'sha1', sha1.text())
  throw entry.error(`${entry.what} has no fingerprint; write sha256: and 64 hex digits`)
}

function fingerprint(at: YamlNode, algorithm: keyof typeof digits, text: string): Fingerprint {
  const hex = text.trim().replaceAll(':', '').toLowerCase()
  const wanted = digits[algorithm]
  if (!/^[0-9a-f]*$/.test(hex) || hex.length !== wanted) {
    const found = /^[0-9a-f]*$/.test(hex) ? `${hex.length} hex digits` : 'something else'
    throw at.error(
      `${at.what} is no ${algorithm} fingerprint: ${wanted} hex digits are expected, found ${found}`,
    )
  }
  return { algorithm, fingerprint: hex }
}

/** @throws JobError `malformed` where one certificate is both required and forbidden: no image could hold to that */
function consistent(policy: Policy): Policy {
  for (const { algorithm, fingerprint, file, line } of policy.forbid) {
    const required = policy.require.find(
      entry => entry.algorithm === algorithm && entry.fingerprint === fingerprint,
    )
    if (required !== undefined)
      throw new JobError(
        'malformed',
        `${file}:${line}: this certificate is forbidden here and required on line ${required.line}; leave one of the two`,
      )
  }
  return policy
}
