import {
  createECDH,
  createPublicKey,
  diffieHellman,
  type ECDH,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto'
import { Fault } from '../fault.ts'
import type { KeyShare } from './hello.ts'

/** Groups in which a key can be agreed on for TLS 1.3 (RFC 8446 §4.2.7), the usual ones first. */
export const groups13 = [0x001d, 0x0017, 0x0018, 0x0019, 0x001e] as const

/** Our half of a key agreement. */
export interface OwnShare extends KeyShare {
  /** @throws Fault `malformed` where the other's key is none of the group */
  agree(other: Uint8Array): Buffer
}

const curves: Readonly<Record<number, string>> = { 23: 'prime256v1', 24: 'secp384r1', 25: 'secp521r1' }
/** SubjectPublicKeyInfo up to the key itself (RFC 8410 §4). */
const raw = {
  29: { name: 'x25519', prefix: Buffer.from('302a300506032b656e032100', 'hex'), bytes: 32 },
  30: { name: 'x448', prefix: Buffer.from('3042300506032b656f033900', 'hex'), bytes: 56 },
} as const

/** @returns null for a group that is not ours */
export function makeShare(group: number): OwnShare | null {
  const curve = curves[group]
  if (curve) return onCurve(group, createECDH(curve))
  return group === 0x001d || group === 0x001e ? onMontgomery(group) : null
}

function onCurve(group: number, own: ECDH): OwnShare {
  const key = own.generateKeys()
  return { group, key, agree: other => checked(() => own.computeSecret(other)) }
}

function onMontgomery(group: 0x001d | 0x001e): OwnShare {
  const { name, prefix, bytes } = raw[group]
  const pair = name === 'x25519' ? generateKeyPairSync('x25519') : generateKeyPairSync('x448')
  const key = pair.publicKey.export({ type: 'spki', format: 'der' }).subarray(-bytes)
  return { group, key, agree: other => checked(() => agree(pair.privateKey, prefix, other)) }
}

function agree(privateKey: KeyObject, prefix: Buffer, other: Uint8Array): Buffer {
  const publicKey = createPublicKey({ key: Buffer.concat([prefix, other]), format: 'der', type: 'spki' })
  return diffieHellman({ privateKey, publicKey })
}

function checked(compute: () => Buffer): Buffer {
  try {
    return compute()
  } catch {
    throw new Fault('malformed', 'its key share is no key of its group')
  }
}
