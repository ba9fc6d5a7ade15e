/** What is kept of images between runs, in the folder that the user names. */
import { join } from 'node:path'
import { Cache } from './cache/cache.ts'
import type { ContentReader, DocumentCache, FactsCache } from './image/facts.ts'
import { FACTS_FORM, packFacts, unpackFacts } from './image/facts-codec.ts'
import { limits } from './limits.ts'
import { version } from './version.ts'

/** The part of a cache folder in which facts and documents of images lie. */
export function imageCache(folder: string): Cache {
  return new Cache(join(folder, 'images'))
}

/** What a scan reads from, and adds to, a cache folder. */
export function imageCaches(
  folder: string,
  reader: ContentReader,
): { readonly layers: FactsCache; readonly documents: DocumentCache } {
  const cache = imageCache(folder)
  return { layers: factsCache(cache, reader), documents: documentCache(cache) }
}

/** A layer's facts depend on who gathered them, on how, and on what was left out for its size. */
function factsCache(cache: Cache, reader: ContentReader): FactsCache {
  const scope = JSON.stringify(['layer', FACTS_FORM, version, reader.version, limits])
  return {
    read(diffId) {
      const bytes = cache.read(scope + diffId)
      return bytes && unpackFacts(bytes)
    },
    write(facts) {
      if (facts.diffId !== null) cache.write(scope + facts.diffId, packFacts(facts))
    },
  }
}

/** Documents are the same for whoever reads them. */
function documentCache(cache: Cache): DocumentCache {
  return {
    read: digest => cache.read(`document ${digest}`),
    write: (digest, bytes) => cache.write(`document ${digest}`, [bytes]),
  }
}
