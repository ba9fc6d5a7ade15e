import type { Report } from '../report.ts'
import type { Format } from './index.ts'

/** The report as it is: schema/report.v1.json. JSON's own escaping is all that it needs. */
export const json: Format = {
  render: report => `${JSON.stringify(report, null, 2)}\n`,
  parts,
}

/** Target by target: a line break never stands inside a string of JSON, so each is moved in as it is. */
function* parts(report: Report): Generator<string> {
  if (report.targets.length === 0) {
    yield json.render(report, undefined as never)
    return
  }
  const frame = JSON.stringify({ ...report, targets: [MARK] }, null, 2)
  const at = frame.indexOf(`"${MARK}"`)
  yield frame.slice(0, at)
  for (const [index, target] of report.targets.entries())
    yield `${index === 0 ? '' : ',\n    '}${JSON.stringify(target, null, 2).replaceAll('\n', '\n    ')}`
  yield `${frame.slice(at + MARK.length + 2)}\n`
}

/** Stands for the targets; what comes before it in a report is imgtrust's own. */
const MARK = 'imgtrust: the targets'
