/** `imgtrust rules`: the rules' metadata for a terminal. */
import picocolors from 'picocolors'
import type { DockerfileExample, ImageExample, Rule } from '../rule.ts'
import { exampleFiles } from './example-files.ts'

export function renderRuleList(rules: readonly Rule[], color: boolean): string {
  const paint = picocolors.createColors(color)
  const width = Math.max(...rules.map(rule => rule.id.length))
  const section = (scope: Rule['scope'], title: string) => [
    paint.bold(title),
    ...rules
      .filter(rule => rule.scope === scope)
      .map(rule => `  ${rule.id.padEnd(width)}  ${rule.severity.padEnd(7)}  ${rule.summary}`),
  ]
  return [
    ...section('dockerfile', 'Of a Dockerfile'),
    '',
    ...section('image', 'Of an image'),
    '',
    'imgtrust rules RULE explains one.',
    '',
  ].join('\n')
}

export function renderRule(rule: Rule, color: boolean): string {
  const paint = picocolors.createColors(color)
  return [
    `${paint.bold(rule.id)}  ${rule.severity} by default, of ${rule.scope === 'image' ? 'an image' : 'a Dockerfile'}, since ${rule.since}`,
    '',
    rule.summary,
    '',
    rule.why.trim(),
    '',
    ...renderExamples(paint.red('Found'), rule.examples.bad),
    ...renderExamples(paint.green('Not found'), rule.examples.ok),
  ].join('\n')
}

function renderExamples(title: string, examples: readonly (DockerfileExample | ImageExample)[]): string[] {
  return examples.flatMap(example => [
    `${title} at ${example.at}:`,
    ...('dockerfile' in example ? example.dockerfile.trimEnd().split('\n') : describe(example)).map(
      line => `    ${line}`,
    ),
    ...('dockerfile' in example
      ? exampleFiles(example).map(({ path, words }) => `  with ${path} in the build context: ${words}`)
      : []),
    '',
  ])
}

function describe({ image }: ImageExample): string[] {
  const clients = (image.clients ?? []).map(
    client =>
      `${client.program}${client.library ? ` (${client.library} ${client.libraryVersion ?? ''})` : ''}`,
  )
  return [
    `${image.distribution.id} ${image.distribution.version}`,
    ...image.stores.map(store => `${store.path}: ${store.release}`),
    ...(clients.length ? [`programs: ${clients.join(', ')}`] : []),
  ]
}
