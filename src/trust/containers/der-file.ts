import { limits } from '../../limits.ts'
import { isUnknown } from '../../model.ts'
import { readCertificate } from '../certificate.ts'
import { type Container, contained } from './container.ts'

const none = { certificates: [], problems: [] }
const sequence = 0x30
const [explicitVersion, integer] = [0xa0, 0x02]

/** One certificate in DER, alone in its file, whatever the file is called. */
export const derFile: Container = {
  id: 'der',
  name: 'the certificate',
  format: null,
  matches(_path, size, start) {
    if (size > limits.certificateBytes) return false
    const outer = valueAt(start, 0)
    if (!outer || outer.tag !== sequence) return false
    // A line's end may follow, no more: else the file is something else that begins alike.
    const rest = size - outer.content - outer.length
    if (rest < 0 || rest > 2) return false
    const inner = valueAt(start, outer.content)
    const first = inner && inner.tag === sequence ? start[inner.content] : null
    return first === explicitVersion || first === integer
  },
  read(content) {
    const certificate = readCertificate(content)
    // A request or a revocation list begins like an old certificate.
    if (isUnknown(certificate)) return none
    return { certificates: [contained(certificate.der, 'DER', null)], problems: [] }
  },
}

function valueAt(bytes: Uint8Array, at: number): { tag: number; content: number; length: number } | null {
  const [tag, first] = [bytes[at], bytes[at + 1]]
  if (tag === undefined || first === undefined) return null
  if (first < 0x80) return { tag, content: at + 2, length: first }
  const count = first & 0x7f
  if (count < 1 || count > 3 || at + 2 + count > bytes.length) return null
  let length = 0
  for (let index = 0; index < count; index++) length = length * 256 + bytes[at + 2 + index]!
  return { tag, content: at + 2 + count, length }
}
