/** A seed to print and to give back: the day's, or that of IMGTRUST_FUZZ_SEED. */
export function fuzzSeed(): number {
  return Number(process.env.IMGTRUST_FUZZ_SEED ?? 20_201_123)
}

/** Numbers from 0 to `below` - 1, the same for the same seed (mulberry32). */
export function randomOf(seed: number): (below: number) => number {
  let state = seed >>> 0
  return below => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below)
  }
}

/** `input` with a few bytes changed, doubled, lost, moved, or made of what readers look for. */
export function mutate(
  input: Buffer,
  random: (below: number) => number,
  words: readonly (string | Buffer)[],
): Buffer {
  let bytes = Buffer.from(input)
  for (let times = 1 + random(6); times > 0; times--) {
    const at = random(bytes.length + 1)
    const end = Math.min(bytes.length, at + random(40))
    const word = Buffer.from(words[random(words.length)]!)
    const pieces = [
      () => [
        bytes.subarray(0, at),
        Buffer.from([random(256)]),
        bytes.subarray(Math.min(at + 1, bytes.length)),
      ],
      () => [bytes.subarray(0, at), bytes.subarray(end)],
      () => [bytes.subarray(0, end), bytes.subarray(at)],
      () => [bytes.subarray(0, at), word, bytes.subarray(at)],
      () => [bytes.subarray(0, at), word, bytes.subarray(Math.min(bytes.length, at + word.length))],
      () => [bytes.subarray(0, at)],
      () => [bytes.subarray(0, at), Buffer.alloc(random(30), random(256)), bytes.subarray(at)],
    ]
    bytes = Buffer.concat(pieces[random(pieces.length)]!())
  }
  return bytes
}
