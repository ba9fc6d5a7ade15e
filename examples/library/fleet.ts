/** Scans several images, each target taken as it comes, and says which base to mend first. */
import { merge, scan } from 'imgtrust'

const images = process.argv.slice(2)
const named = images.length > 0 ? images : ['dir:examples', 'dir:./examples']
const report = await scan(named, { onTarget: ({ target, findings }) => console.log(target, findings.length) })
for (const { names, createdBy, mended } of report.fleet?.bases ?? [])
  console.log(`mend ${names[0] ?? createdBy}: ${mended} images`)

// What several runs have said, as one report.
const joined = await merge([{ name: 'this run', report }])
console.log(`${joined.summary.error} errors, ${joined.summary.warning} warnings`)
