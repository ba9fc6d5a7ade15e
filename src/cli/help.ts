/** What a new user tries first; each is run by a test. */
export const ROOT_EXAMPLES = [
  ['all Dockerfiles under the current folder', 'imgtrust lint'],
  ['what will be wrong with one on a day', 'imgtrust lint Dockerfile --at 2028-01-01'],
  ['an image, from an engine that has it or its registry', 'imgtrust scan alpine:3.20'],
  ['what docker save wrote', 'imgtrust scan image.tar'],
  ['what changes on which day from now on', 'imgtrust forecast Dockerfile'],
  ['why a rule exists', 'imgtrust rules expired-root-kept'],
] as const

/** What stands under oclif's help of the whole program. */
export function rootExamples(): string {
  const width = Math.max(...ROOT_EXAMPLES.map(([, command]) => command.length))
  const lines = ROOT_EXAMPLES.map(([what, command]) => `  $ ${command.padEnd(width)}  ${what}`)
  return ['EXAMPLES', ...lines, '', 'imgtrust COMMAND --help says all of a command'].join('\n')
}
