/** Looks one tag up in a fresh process, and says how many milliseconds that took: the reading of its file is in it. */
import { lookupImage } from '../../src/knowledge/base-images.ts'

const reference = process.argv[2]!
const start = performance.now()
const image = lookupImage(reference)
const first = performance.now() - start
if ('unknown' in image) throw new Error(image.unknown)
const again = performance.now()
lookupImage(reference)
console.log(JSON.stringify({ first, second: performance.now() - again }))
