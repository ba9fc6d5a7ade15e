import type { FormatOptions } from '../../report/formats/index.ts'
import type { Forecast } from '../report.ts'

export interface ForecastFormatOptions {
  /** ANSI colours; only formats for a terminal use them. */
  readonly color: boolean
  /** The dialect that remedies are shown in by formats that show them. */
  readonly remedy: FormatOptions['remedy']
}

/** A reporter: one function from the forecast to text, and one line here. */
export interface ForecastFormat {
  render(forecast: Forecast, options: ForecastFormatOptions): string
}

export const forecastFormats: Readonly<Record<string, () => Promise<ForecastFormat>>> = {
  html: async () => (await import('./html.ts')).page,
  ics: async () => (await import('./ics.ts')).ics,
  json: async () => (await import('./json.ts')).json,
  text: async () => (await import('./text.ts')).text,
}
