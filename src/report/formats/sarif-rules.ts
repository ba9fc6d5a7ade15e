/** The rules' own metadata as SARIF's rule table. */
import type { Rule } from '../../rule.ts'
import { rulePageUrl } from '../links.ts'

const LEVELS = { error: 'error', warning: 'warning', info: 'note' } as const

/** @param ids the table's order; one that is no rule of this version stands with its name alone */
export function ruleTable(ids: readonly string[], rules: readonly Rule[]): object[] {
  return ids.map(id => {
    const rule = rules.find(one => one.id === id)
    return rule === undefined ? { id } : descriptor(rule)
  })
}

function descriptor({ id, summary, why, severity, scope, since }: Rule): object {
  const paragraphs = why
    .trim()
    .split(/\n\s*\n/)
    .map(paragraph => paragraph.replace(/\s*\n\s*/g, ' '))
  const [first = summary] = paragraphs
  return {
    id,
    name: id.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    shortDescription: { text: sentence(summary) },
    fullDescription: { text: plain(first), markdown: first },
    help: { text: paragraphs.map(plain).join('\n\n'), markdown: why.trim() },
    helpUri: rulePageUrl(id),
    defaultConfiguration: { level: LEVELS[severity] },
    properties: { tags: ['security', 'tls', scope], precision: 'very-high', since },
  }
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`
}

/** Markdown of ours without its marks: emphasis, code and links. */
function plain(text: string): string {
  return text
    .replace(/\*{1,2}([^*]+)\*{1,2}/g, '$1')
    .replace(/`([^`]+)`/g, '$1')
    .replace(/\[([^\]]+)\]\([^)]+\)/g, '$1')
}
