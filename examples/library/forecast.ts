/** What changes within a year, and the root behind each change. */
import { forecast, showRoots } from 'imgtrust'

const YEAR = 365 * 86_400_000
const at = Date.parse('2020-01-01')
const { events } = await forecast(['examples/addtrust/Dockerfile'], { at, within: YEAR })
for (const { day, kind, sha256, summary, targets } of events) {
  const breaks = targets.flatMap(({ findings }) => findings.filter(({ severity }) => severity === 'error'))
  if (breaks.length === 0) continue
  console.log(`${day} ${kind}: ${summary}`)
  if (sha256 === undefined) continue
  const { roots } = await showRoots(sha256, { at })
  console.log(`  signed ${roots[0]?.crossSigned.map(({ name }) => name).join(', ') || 'nobody else'}`)
}
