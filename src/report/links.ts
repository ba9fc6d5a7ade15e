/** Where people read about imgtrust: its package, and the pages in it. */
import { version } from '../version.ts'

export const packageUrl = 'https://www.npmjs.com/package/imgtrust'

/** The page of a rule, as the package of this very version holds it. */
export function rulePageUrl(rule: string): string {
  return `https://unpkg.com/imgtrust@${version}/docs/rules/${rule}.md`
}
