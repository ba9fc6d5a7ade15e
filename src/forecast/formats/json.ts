import { plainJson } from '../../report/plain-json.ts'
import type { ForecastFormat } from './index.ts'

/** What stands in schema/forecast.v1.json. */
export const json: ForecastFormat = {
  render: forecast => `${plainJson(forecast, 2)}\n`,
}
