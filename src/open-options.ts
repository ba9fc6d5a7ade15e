import type { OpenOptions } from './image/source.ts'
import { imageCaches } from './image-cache.ts'
import type { NetworkOptions } from './index.ts'
import { layerPool } from './layer-pool.ts'
import { trustReader } from './trust/reader.ts'

/** How images are opened, from what a caller of the library says about the network. */
export function openOptions(
  options: NetworkOptions & { readonly platform?: string; readonly signal?: AbortSignal },
): Omit<OpenOptions, 'reader'> {
  const { platform, offline, plainHttp, caFile, authfile, cacheDir, signal } = options
  const workers = layerPool(options.jobs)
  return {
    env: options.env ?? process.env,
    plainHttp: [...(plainHttp ?? [])],
    ...(platform === undefined ? {} : { platform }),
    ...(offline === undefined ? {} : { offline }),
    ...(caFile === undefined ? {} : { caFile }),
    ...(authfile === undefined ? {} : { authfile }),
    ...(signal === undefined ? {} : { signal }),
    ...(workers === null ? {} : { workers }),
    ...(cacheDir === undefined ? {} : imageCaches(cacheDir, trustReader)),
  }
}
