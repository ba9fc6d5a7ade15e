/** Scans images and takes each finding as it comes; gives up after a minute. */
import { scan } from 'imgtrust'

const images = process.argv.slice(2)
const run = scan(images.length > 0 ? images : ['dir:examples'], { signal: AbortSignal.timeout(60_000) })
for await (const { target, rule, severity, message } of run) console.log({ target, rule, severity, message })

const { summary, targets } = await run
console.log(
  targets.map(({ target, stores, error }) => `${target}: ${error ?? `${stores.length} stores`}`).join('\n'),
)
console.log(`${summary.error} errors, ${summary.warning} warnings`)
