import type { Commands } from '../cli/main.ts'

/** All commands by their id (oclif writes a topic's command as `topic:command`); each is loaded when it is run. */
export const commands: Commands = {
  'cache:clear': () => import('./cache/clear.ts'),
  'cache:status': () => import('./cache/status.ts'),
  completion: () => import('./completion.ts'),
  forecast: () => import('./forecast.ts'),
  init: () => import('./init.ts'),
  'knowledge:status': () => import('./knowledge/status.ts'),
  lint: () => import('./lint.ts'),
  merge: () => import('./merge.ts'),
  'roots:diff': () => import('./roots/diff.ts'),
  'roots:list': () => import('./roots/list.ts'),
  'roots:show': () => import('./roots/show.ts'),
  rules: () => import('./rules.ts'),
  scan: () => import('./scan.ts'),
  verify: () => import('./verify.ts'),
}
