// Calls the library's verify() in a fresh process, and says how many milliseconds that took, and a second call.
// Plain JavaScript, so that nothing stands between it and the built library.
import { verify } from '../../dist/lib/index.js'

const [chain, host, image, cacheDir] = process.argv.slice(2)
const options = { host, image: `oci-dir:${image}`, offline: true, cacheDir }

async function timed() {
  const start = performance.now()
  const { targets } = await verify([chain], options)
  const took = performance.now() - start
  const verdicts = targets[0].verdicts.length
  if (verdicts !== 8) throw new Error(`8 verdicts expected, ${verdicts} given: ${targets[0].error}`)
  return took
}

console.log(JSON.stringify({ first: await timed(), second: await timed() }))
