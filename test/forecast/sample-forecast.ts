/** Forecasts made by hand. */
import type { ForecastFormatOptions } from '../../src/forecast/formats/index.ts'
import type { Forecast, ForecastEvent, ForecastFinding } from '../../src/forecast/report.ts'

export const options: ForecastFormatOptions = { color: false, remedy: 'dockerfile' }

/** A forecast from 2026-11-23 for two years, of targets named `one`, `two` and so on as its events name them. */
export function sample(
  events: readonly ForecastEvent[],
  targets: readonly string[] = ['one', 'two'],
): Forecast {
  return {
    version: 1,
    at: '2026-11-23T00:00:00Z',
    until: '2028-11-23T00:00:00Z',
    tool: { name: 'imgtrust', version: '0.1.0', knowledge: '2026-10-20' },
    targets: targets.map(target => ({
      target,
      kind: 'image',
      stores: ['/store'],
      unknowns: [],
      error: null,
    })),
    events: [...events],
    summary: { days: new Set(events.map(({ day }) => day)).size, events: events.length, failed: 0 },
  }
}

/** A root that ends on a day for some targets, with what that brings to each. */
export function ending(
  day: string,
  name: string,
  targets: Readonly<Record<string, readonly ForecastFinding[]>>,
): ForecastEvent {
  return {
    day,
    kind: 'root-expires',
    name,
    summary: `${name} expires`,
    asKnownOn: null,
    targets: Object.entries(targets).map(([target, findings]) => ({
      target,
      stores: ['/store'],
      findings: [...findings],
    })),
  }
}

/** A forecast whose every free text is `name`: a root's end that brings an error, an unknown and a failure. */
export function hostile(name: string): Forecast {
  const remedy = {
    summary: name,
    proven: true,
    fixable: false,
    steps: { dockerfile: `RUN ${name}`, shell: name },
  }
  return {
    version: 1,
    at: '2026-11-23T00:00:00Z',
    until: '2028-11-23T00:00:00Z',
    tool: { name: 'imgtrust', version: '0.1.0', knowledge: '2026-10-20' },
    targets: [
      { target: name, kind: 'image', stores: [name], unknowns: [{ what: name, why: name }], error: name },
      { target: 'other', kind: 'image', stores: [], unknowns: [], error: null },
    ],
    events: [
      {
        day: '2027-01-01',
        kind: 'root-expires',
        name,
        sha256: 'a'.repeat(64),
        summary: `${name} expires`,
        asKnownOn: null,
        targets: [
          {
            target: name,
            stores: [name],
            findings: [{ rule: 'expired-root', severity: 'error', message: name, remedy }],
          },
        ],
      },
    ],
    summary: { days: 1, events: 1, failed: 1 },
  }
}
