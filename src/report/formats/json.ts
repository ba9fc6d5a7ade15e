import type { Format } from './index.ts'

/** The report as it is: schema/report.v1.json. JSON's own escaping is all that it needs. */
export const json: Format = {
  render: report => `${JSON.stringify(report, null, 2)}\n`,
}
