/** The only place that makes handles of node:zlib: in a worker, which may be ended at any time, they are made in one go. */
import * as zlib from 'node:zlib'

let whole = <T>(make: () => T): T => make()

/** @param pass runs what it is given without being ended in between (thread/gate.ts) */
export function makeHandlesBy(pass: typeof whole): void {
  whole = pass
}

export function createGunzip(options: zlib.ZlibOptions): zlib.Gunzip {
  return whole(() => zlib.createGunzip(options))
}

export function gzipSync(bytes: Uint8Array): Buffer {
  return whole(() => zlib.gzipSync(bytes))
}
