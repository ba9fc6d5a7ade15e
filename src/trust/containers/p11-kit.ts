import { limits } from '../../limits.ts'
import { isUnknown } from '../../model.ts'
import { certificateLength, readCertificate } from '../certificate.ts'
import { DerError, DerReader, oidText, tag } from '../der.ts'
import { decodeBody } from '../pem-body.ts'
import { type ContainedCertificate, type Container, type Contents, contained } from './container.ts'

const heading = '[p11-kit-object-v1]'
const BRACKET = heading.charCodeAt(0)
const serverAuth = '1.3.6.1.5.5.7.3.1'
const anyPurpose = '2.5.29.37.0'
/** Extensions that are attached to a key from outside: its purposes, and those that it is rejected for. */
const purposesId = '2.5.29.37'
const rejectedPurposesId = '1.3.6.1.4.1.3319.6.10.1'
const fileBytes = 16 << 20
/** So many blocks without an end, and the rest is not looked at: each costs a search. */
const problemsPerFile = 100
/** A certificate has a few objects: itself and what is attached to its key. */
const objectsRead = 60_000

/**
 * p11-kit's own files: objects with attributes, certificates and keys as PEM within. An anchor is what says
 * `trusted: true`, does not say `x-distrusted: true`, and whose purposes (an object of their own, joined by the public
 * key) do not leave servers out. pkcs11.conf(5), trust(1), "Persistence format" of the p11-kit manual.
 */
export const p11Kit: Container = {
  id: 'p11-kit',
  name: 'the p11-kit file',
  format: 'p11-kit',
  matches: (path, size, start) =>
    size <= fileBytes &&
    (path.endsWith('.p11-kit') ||
      (start[0] === BRACKET && Buffer.from(start).toString('latin1').startsWith(heading))),
  read(content) {
    return readObjects(Buffer.from(content.buffer, content.byteOffset, content.length).toString('latin1'))
  },
}

interface P11Object {
  readonly fields: Map<string, string>
  readonly offset: number
  certificate: Uint8Array | null
  key: Uint8Array | null
}

function readObjects(text: string): Contents {
  const problems: string[] = []
  const objects = parse(text, problems)
  const purposes = new Map<string, P11Object[]>()
  for (const each of objects) {
    if (each.certificate || !each.key || !each.fields.has('object-id')) continue
    const key = Buffer.from(each.key).toString('latin1')
    purposes.set(key, [...(purposes.get(key) ?? []), each])
  }
  const certificates: ContainedCertificate[] = []
  for (const { certificate, fields, offset } of objects) {
    if (!certificate) continue
    if (certificates.length >= limits.certificatesPerFile) {
      problems.push(`it holds more than ${limits.certificatesPerFile} certificates: the rest was not read`)
      break
    }
    const rejected = whyRejected(certificate, fields, purposes)
    const anchor = fields.get('trusted') === 'true' && rejected === null
    const more = rejected === null ? { offset } : { offset, rejected }
    certificates.push(contained(certificate, 'CERTIFICATE', anchor, more))
  }
  return { certificates, problems }
}

function whyRejected(
  der: Uint8Array,
  fields: ReadonlyMap<string, string>,
  purposes: ReadonlyMap<string, readonly P11Object[]>,
): string | null {
  if (fields.get('x-distrusted') === 'true') return 'its file distrusts it'
  const certificate = readCertificate(der)
  if (isUnknown(certificate)) return null
  for (const each of purposes.get(Buffer.from(certificate.spki).toString('latin1')) ?? []) {
    const id = each.fields.get('object-id')
    const listed =
      id === purposesId || id === rejectedPurposesId ? purposesIn(each.fields.get('value')) : null
    if (!listed) continue
    const servers = listed.includes(serverAuth) || listed.includes(anyPurpose)
    if (servers === (id === rejectedPurposesId)) return 'its file leaves servers out of its purposes'
  }
  return null
}

/** The purposes in an extension (RFC 5280 §4.1), written as a quoted string. */
function purposesIn(value: string | undefined): readonly string[] | null {
  const bytes = value === undefined ? null : unquote(value)
  if (!bytes) return null
  try {
    const extension = new DerReader(bytes).enter(tag.sequence)
    extension.next(tag.oid)
    extension.optional(tag.boolean)
    const found: string[] = []
    for (const list = extension.enter(tag.octetString).enter(tag.sequence); !list.done; )
      found.push(oidText(bytes, list.next(tag.oid)))
    return found
  } catch (error) {
    if (error instanceof DerError) return null
    throw error
  }
}

/** `"0%2a%06…"`: bytes as they are, or as percent and two hex digits. */
function unquote(text: string): Uint8Array | null {
  const inner = /^"([^"]*)"$/.exec(text)?.[1]
  if (inner === undefined) return null
  const plain = inner.replace(/%([0-9a-fA-F]{2})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  )
  return Buffer.from(plain, 'latin1')
}

function parse(text: string, problems: string[]): P11Object[] {
  const objects: P11Object[] = []
  let at = 0
  let broken = 0
  while (at < text.length) {
    const newline = text.indexOf('\n', at)
    const next = newline < 0 ? text.length : newline + 1
    const line = text.slice(at, Math.min(next, at + fileBytes)).trim()
    const current = objects.at(-1)
    if (line === heading) {
      if (objects.length >= objectsRead) {
        problems.push(`it holds more than ${objectsRead} objects: the rest was not read`)
        break
      }
      objects.push({ fields: new Map(), offset: at, certificate: null, key: null })
    } else if (line.startsWith('-----BEGIN ') && current) {
      const block = pemAt(text, at, line)
      if (block) take(current, block)
      else if (++broken > problemsPerFile) break
      at = block?.end ?? next
      continue
    } else if (current && !line.startsWith('#')) {
      const [, name, value] = /^([a-z0-9-]{1,64})\s*:\s*(.*)$/.exec(line) ?? []
      if (name !== undefined && current.fields.size < 100) current.fields.set(name, value!)
      const der = name === 'value' && current.fields.get('class') === 'certificate' ? unquote(value!) : null
      if (der) current.certificate = der
    }
    at = next
  }
  if (broken > 0) problems.push(`${broken} of its PEM blocks ${broken === 1 ? 'is' : 'are'} cut or no base64`)
  return objects
}

function take(object: P11Object, { label, der }: { readonly label: string; readonly der: Uint8Array }): void {
  if (label === 'PUBLIC KEY') object.key = der
  if (!/^(?:TRUSTED |X509 )?CERTIFICATE$/.test(label)) return
  object.certificate = der.subarray(0, certificateLength(der) ?? der.length)
}

function pemAt(
  text: string,
  at: number,
  line: string,
): { readonly label: string; readonly der: Uint8Array; readonly end: number } | null {
  const label = /^-----BEGIN ([A-Z0-9 ]{1,40})-----$/.exec(line)?.[1]
  if (!label) return null
  const start = text.indexOf('\n', at) + 1
  const closing = `-----END ${label}-----`
  const end = text.indexOf(closing, start)
  // A block does not reach over the next object's heading.
  if (end < 0 || end - start > 3 * limits.certificateBytes) return null
  const body = decodeBody(Buffer.from(text.slice(start, end), 'latin1'))
  return body && { label, der: body.der, end: end + closing.length }
}
