import type { Forecast } from '../report.ts'

export interface ForecastFormatOptions {
  /** ANSI colours; only formats for a terminal use them. */
  readonly color: boolean
}

/** A reporter: one function from the forecast to text, and one line here. */
export interface ForecastFormat {
  render(forecast: Forecast, options: ForecastFormatOptions): string
}

export const forecastFormats: Readonly<Record<string, () => Promise<ForecastFormat>>> = {
  ics: async () => (await import('./ics.ts')).ics,
  json: async () => (await import('./json.ts')).json,
  text: async () => (await import('./text.ts')).text,
}
