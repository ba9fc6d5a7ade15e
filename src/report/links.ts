/** Where people read about imgtrust: its package, and the pages in it. */
import packageJson from '../../package.json' with { type: 'json' }
import { version } from '../version.ts'

/** `homepage` of package.json, its only source. */
export const packageUrl: string = packageJson.homepage

/** The page of a rule, as the package of this very version holds it. */
export function rulePageUrl(rule: string): string {
  return `https://unpkg.com/imgtrust@${version}/docs/rules/${rule}.md`
}
