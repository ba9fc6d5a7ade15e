/** What would mend a finding that a day to come brings: as a lint or scan of that day would say it. */
import type { Config } from '../config/config.ts'
import { check, type Draft, type RuleSettings } from '../judge/check.ts'
import type { ImageModel, Instant } from '../model.ts'
import type { ReportAlternative } from '../report/report.ts'
import type { DockerfileModel } from '../trace/state.ts'

/** The first choice for a finding of that instant; null where none is known. */
export type Mending = (
  draft: Draft,
  drafts: readonly Draft[],
  at: Instant,
) => Promise<ReportAlternative | null>

export function mending(
  model: DockerfileModel | ImageModel,
  target: string,
  config: Config | null,
  rules: RuleSettings,
): Mending {
  return async (draft, drafts, at) => {
    // Most forecasts have no finding: they need not load what makes remedies.
    const { remediesOf } = await import('../judge/remedies.ts')
    const context = { at, expiringWithin: 0 }
    const rejudge = async (changed: DockerfileModel | ImageModel) =>
      (await check(changed, context, rules)).map(({ finding }) => finding)
    const retrace = model.kind === 'dockerfile' ? await tracer(target, config, at) : undefined
    const [remedy] = await remediesOf(draft, drafts, model, context, {
      rejudge,
      ...(retrace && { retrace }),
    })
    if (remedy === undefined) return null
    const { buildRemedy } = await import('../report/build.ts')
    return buildRemedy(remedy, model)
  }
}

async function tracer(target: string, config: Config | null, at: Instant) {
  const { traceOptions } = await import('../lint.ts')
  const { traceDockerfile } = await import('../trace/trace.ts')
  const options = traceOptions({ name: target }, { at, expiringWithin: 0, config })
  return (text: string) => traceDockerfile(text, options)
}
