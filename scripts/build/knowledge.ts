/**
 * Lays the knowledge beside the programs as they read it fastest: texts unpacked, in ASCII. To load zlib and unpack
 * one list takes longer (5 ms) than to read eight times its bytes. The certificates stay packed: few runs ask for them.
 */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { brotliDecompressSync } from 'node:zlib'
import { asAscii } from './ascii.ts'

const PACKED = 'roots.der.br'

/** What src/knowledge/load.ts is told by the bundler. */
export const define = { KNOWLEDGE_UNPACKED: 'true' }

export function layKnowledge(from: string, to: string): void {
  for (const name of readdirSync(from, { recursive: true, encoding: 'utf8' })) {
    if (statSync(join(from, name)).isDirectory()) continue
    const bytes = readFileSync(join(from, name))
    const whole = name === PACKED || name === 'NOTICE'
    const target = join(to, whole ? name : name.replace(/\.br$/, ''))
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, whole ? bytes : ascii(name, bytes))
  }
}

function ascii(name: string, bytes: Buffer): string {
  const text = (name.endsWith('.br') ? brotliDecompressSync(bytes) : bytes).toString('utf8')
  // An escape means the same in JSON alone.
  if (!name.includes('.json') && asAscii(text) !== text) throw new Error(`${name}: more than ASCII`)
  return asAscii(text)
}
