/** Bytes made by code, the same on every machine. */

/** Bytes that don't compress, always the same: xorshift32 (Marsaglia, "Xorshift RNGs", 2003) from one seed. */
export function noise(size: number, seed = 0x2545f491): Buffer {
  const words = new Uint32Array(size / 4)
  let state = seed
  for (let index = 0; index < words.length; index++) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    words[index] = state >>> 0
  }
  return Buffer.from(words.buffer)
}

export function zeros(size: number): Buffer {
  return Buffer.alloc(size)
}

/** The header of a plain file in a tar (POSIX.1-1988 ustar; sizes from 8 GiB on in GNU's base-256). */
export function tarHeader(name: string, size: number): Buffer {
  const header = Buffer.alloc(512)
  header.write(name, 0)
  header.write('0000644\0', 100)
  header.write('0000000\0', 108)
  header.write('0000000\0', 116)
  if (size < 8 ** 11) header.write(`${size.toString(8).padStart(11, '0')}\0`, 124)
  else {
    header[124] = 0x80
    header.writeBigUInt64BE(BigInt(size), 128)
  }
  header.write('00000000000\0', 136)
  header.write('        ', 148)
  header.write('0', 156)
  header.write('ustar\x0000', 257)
  const sum = header.reduce((all, byte) => all + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return header
}

/** What a plain file takes in a tar. */
export function tarSizeOf(size: number): number {
  return 512 + Math.ceil(size / 512) * 512
}
