/** RC2 and RC4, which old PKCS#12 files are encrypted with and current builds of OpenSSL leave out. */

/** PITABLE of RFC 2268 §2. */
const piTable = Buffer.from(
  'd978f9c419ddb5ed28e9fd794aa0d89d' +
    'c67e37832b76538e624c6488448bfba2' +
    '179a59f587b34f1361456d8d09817d32' +
    'bd8f40eb86b77b0bf09521225c6b4e82' +
    '54d66593ce60b21c7356c014a78cf1dc' +
    '1275ca1f3bbee4d1423dd430a33cb626' +
    '6fbf0eda4669075727f21d9bbc944303' +
    'f811c7f690ef3ee706c3d52fc8661ed7' +
    '08e8eade8052eef784aa72ac354d6a2a' +
    '961ad2715a1549744b9fd05e0418a4ec' +
    'c2e0416e0f51cbcc2491af50a1f47039' +
    '997c3a8523b8b47afc02365b25559731' +
    '2d5dfa98e38a92ae05df2910676cbac9' +
    'd300e6cfe19ea82c6316013f58e289a9' +
    '0d38341bab33ffb0bb480c5fb9b1cd2e' +
    'c5f3db47e5a59c770aa62068fe7fc1ad',
  'hex',
)

/**
 * RC2 in CBC mode (RFC 2268), its effective bits those of the key.
 * @returns what was encrypted, or null where the padding is wrong
 */
export function rc2Decrypt(key: Uint8Array, iv: Uint8Array, cipher: Uint8Array): Uint8Array | null {
  if (cipher.length === 0 || cipher.length % 8 !== 0) return null
  const words = expand(key)
  const view = new DataView(cipher.buffer, cipher.byteOffset, cipher.length)
  const out = Buffer.alloc(cipher.length)
  const before = [0, 2, 4, 6].map(at => iv[at]! | (iv[at + 1]! << 8))
  const now = [0, 0, 0, 0]
  for (let at = 0; at < cipher.length; at += 8) {
    for (let index = 0; index < 4; index++) now[index] = view.getUint16(at + 2 * index, true)
    const block = [...now]
    decryptBlock(block, words)
    for (let index = 0; index < 4; index++) {
      out.writeUInt16LE(block[index]! ^ before[index]!, at + 2 * index)
      before[index] = now[index]!
    }
  }
  const padding = out[out.length - 1]!
  if (padding < 1 || padding > 8) return null
  for (let at = out.length - padding; at < out.length; at++) if (out[at] !== padding) return null
  return out.subarray(0, out.length - padding)
}

/** RFC 2268 §2: 64 words of the key. */
function expand(key: Uint8Array): readonly number[] {
  const bytes = Buffer.alloc(128)
  bytes.set(key)
  for (let at = key.length; at < 128; at++)
    bytes[at] = piTable[(bytes[at - 1]! + bytes[at - key.length]!) & 0xff]!
  const first = 128 - key.length
  bytes[first] = piTable[bytes[first]!]!
  for (let at = first - 1; at >= 0; at--) bytes[at] = piTable[bytes[at + 1]! ^ bytes[at + key.length]!]!
  return Array.from({ length: 64 }, (_, index) => bytes.readUInt16LE(2 * index))
}

const rotations = [1, 2, 3, 5] as const

/** RFC 2268 §4. */
function decryptBlock(r: number[], key: readonly number[]): void {
  let next = 63
  const mix = (index: 0 | 1 | 2 | 3) => {
    const by = rotations[index]
    const turned = ((r[index]! >>> by) | (r[index]! << (16 - by))) & 0xffff
    const [one, two, three] = [r[(index + 3) & 3]!, r[(index + 2) & 3]!, r[(index + 1) & 3]!]
    r[index] = (turned - key[next--]! - (one & two) - (~one & three)) & 0xffff
  }
  const mash = (index: number) => {
    r[index] = (r[index]! - key[r[(index + 3) & 3]! & 63]!) & 0xffff
  }
  for (let round = 0; round < 16; round++) {
    for (const index of [3, 2, 1, 0] as const) mix(index)
    if (round === 4 || round === 10) for (const index of [3, 2, 1, 0]) mash(index)
  }
}

export function rc4(key: Uint8Array, cipher: Uint8Array): Uint8Array {
  const state = Uint8Array.from({ length: 256 }, (_, index) => index)
  const swap = (a: number, b: number) => {
    const kept = state[a]!
    state[a] = state[b]!
    state[b] = kept
  }
  for (let at = 0, other = 0; at < 256; at++) {
    other = (other + state[at]! + key[at % key.length]!) & 0xff
    swap(at, other)
  }
  const out = new Uint8Array(cipher.length)
  for (let index = 0, at = 0, other = 0; index < cipher.length; index++) {
    at = (at + 1) & 0xff
    other = (other + state[at]!) & 0xff
    swap(at, other)
    out[index] = cipher[index]! ^ state[(state[at]! + state[other]!) & 0xff]!
  }
  return out
}
