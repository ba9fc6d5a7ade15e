/** Judges the examples of the rules as the program would: real trace, real knowledge, remedies proven. */
import { addDays, parseInstant } from '../../src/clock.ts'
import { memoryContext } from '../../src/dockerfile/context.ts'
import type { Finding } from '../../src/finding.ts'
import { judge } from '../../src/judge.ts'
import type { ImageModel } from '../../src/model.ts'
import { readPolicy } from '../../src/policy/index.ts'
import type { DockerfileExample, ImageExample, Rule } from '../../src/rule.ts'
import type { DockerfileModel } from '../../src/trace/state.ts'
import { traceDockerfile } from '../../src/trace/trace.ts'
import { imageFromSketch } from './sketch.ts'

/** The window of `--expiring-within` where nothing else is said. */
export const expiringWithin = addDays(0, 90)

export interface Judged {
  readonly model: DockerfileModel | ImageModel
  /** Of this rule alone. */
  readonly findings: readonly Finding[]
  readonly all: readonly Finding[]
}

/** What the rule finds in one of its examples. */
export async function judgeExample(rule: Rule, example: DockerfileExample | ImageExample): Promise<Judged> {
  const judged =
    'dockerfile' in example
      ? await judgeDockerfile(example.dockerfile, example.at, example.context)
      : await judgeImage(imageFromSketch(example.image), example.at, example.policy)
  return { ...judged, findings: judged.all.filter(finding => finding.rule === rule.id) }
}

/** A Dockerfile's text judged at a date, remedies proven by tracing again. */
export async function judgeDockerfile(
  text: string,
  at: string,
  context?: Readonly<Record<string, string | Uint8Array>>,
): Promise<{ model: DockerfileModel; all: readonly Finding[] }> {
  const retrace = (changed: string) => traceText(changed, context)
  const model = retrace(text)
  return { model, all: await judge(model, { at: instant(at), expiringWithin, prove: { retrace } }) }
}

export async function judgeImage(
  model: ImageModel,
  at: string,
  policy?: string,
): Promise<{ model: ImageModel; all: readonly Finding[] }> {
  const demanded = policy === undefined ? {} : { policy: readPolicy(policy, '.imgtrust.yaml') }
  return { model, all: await judge(model, { at: instant(at), expiringWithin, ...demanded }) }
}

export function traceText(
  text: string,
  context: Readonly<Record<string, string | Uint8Array>> = {},
): DockerfileModel {
  // Without files of its own an example has no context at hand: what it copies is not known.
  const files = Object.keys(context).length > 0 ? memoryContext(context) : null
  return traceDockerfile(text, { file: 'Dockerfile', context: files })
}

export function instant(at: string): number {
  const parsed = parseInstant(at)
  if (parsed === null) throw new Error(`not a date: ${at}`)
  return parsed
}
