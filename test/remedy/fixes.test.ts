/** What `--fix-suggestions` makes of every bad example of every Dockerfile rule, written in many ways. */
import { describe, expect, it } from 'vitest'
import { loadRules } from '../../rules/index.ts'
import { fixDockerfile } from '../../src/fix.ts'
import { isUnknown } from '../../src/model.ts'
import type { DockerfileExample } from '../../src/rule.ts'
import { judgeDockerfile, traceText } from '../support/examples.ts'

const lastStage = (text: string) => text.lastIndexOf('\nFROM ') + 1
/** A line in front of CMD and ENTRYPOINT, or at the end. */
function beforeStart(text: string, line: string): string {
  const from = lastStage(text)
  const at = text.slice(from).search(/^(?:CMD|ENTRYPOINT)\b/m)
  if (at < 0) return `${text.replace(/\n?$/, '\n')}${line}\n`
  return `${text.slice(0, from + at)}${line}\n${text.slice(from + at)}`
}

const ways: Record<string, (text: string) => string> = {
  'as it is': text => text,
  CRLF: text => text.replaceAll('\n', '\r\n'),
  'no newline at the end': text => text.replace(/\n+$/, ''),
  tabs: text => text.replace(/^([A-Z]+) (?=\S)/gm, '$1\t').replaceAll(' && ', ' \\\n\t&& '),
  'a user at the end': text => beforeStart(text, 'USER app'),
  'a stage in front': text => `FROM scratch AS tools\nLABEL a=b\n\n${text}`,
  'a stage on it': text => {
    const [from = '', image = ''] = /^FROM (\S+)(?: AS \S+)?$/m.exec(text.slice(lastStage(text))) ?? []
    return `${text.slice(0, lastStage(text))}${text.slice(lastStage(text)).replace(from, `FROM ${image} AS under`)}\nFROM under\nUSER app\n`
  },
  'comments around': text =>
    `# syntax=docker/dockerfile:1\n# why\n\n${text.replaceAll('\nRUN ', '\n\n# next\nRUN ')}# the end\n`,
  onbuild: text => text.replace(/^(?=(?:RUN|COPY|ENV|ADD)\b)/gm, 'ONBUILD '),
}

const rules = (await loadRules()).flatMap(rule => (rule.scope === 'dockerfile' ? [rule] : []))
const cases = rules.flatMap(rule =>
  rule.examples.bad.flatMap((example, number) =>
    Object.entries(ways).map(
      ([way, change]) => [`${rule.id} ${number + 1}`, way, example, change(example.dockerfile)] as const,
    ),
  ),
)

async function fix({ at, context }: DockerfileExample, before: string) {
  const lint = async (text: string) => {
    const { model, all } = await judgeDockerfile(text, at, context)
    return { model, findings: all }
  }
  const { text, applied } = await fixDockerfile(before, { suggestions: true, lint })
  return { text, applied, lint }
}

const alarms = (findings: readonly { rule: string; severity: string }[]) =>
  findings.filter(({ severity }) => severity !== 'info').map(({ rule }) => rule)

describe('fixes', () => {
  let mended = 0
  it.each(cases)('%s, %s', async (_, way, example, before) => {
    const { text, applied, lint } = await fix(example, before)
    if (applied.length === 0) {
      expect(text).toBe(before)
      return
    }
    mended += 1
    const [was, is] = [await lint(before), await lint(text)]
    // Fewer than before, and none of another rule.
    const left = alarms(was.findings)
    for (const rule of alarms(is.findings)) {
      expect(left, `${rule} is new in:\n${text}`).toContain(rule)
      left.splice(left.indexOf(rule), 1)
    }
    expect(left.length).toBeGreaterThan(0)
    // Once more changes nothing.
    expect((await fix(example, text)).text).toBe(text)
    // Line ends, and the last one, stay as they are.
    expect(text.replaceAll('\r\n', '').includes('\r')).toBe(false)
    if (way === 'CRLF') expect(text.replaceAll('\r\n', '')).not.toContain('\n')
    if (before.endsWith('\n')) expect(text.endsWith('\n')).toBe(true)
    // Little is rewritten.
    const kept = new Set(text.split(/\r?\n/))
    const gone = before.split(/\r?\n/).filter(line => !kept.has(line))
    expect(gone.length, gone.join('\n')).toBeLessThanOrEqual(2 * applied.length)
    // The user is given back, and what was last is last.
    const users = [before, text].map(each => traceText(each, example.context).final!.final.user)
    if (!users.some(isUnknown) && !applied.some(({ rule }) => /base-image/.test(rule)))
      expect(users[1] ?? 'root').toEqual(users[0] ?? 'root')
    const starts = (each: string) =>
      each
        .trimEnd()
        .split(/\r?\n/)
        .filter(line => line !== '' && !line.startsWith('#'))
        .at(-1)
    if (/^(?:CMD|ENTRYPOINT)\b/.test(starts(before) ?? '')) expect(starts(text)).toBe(starts(before))
  })
  it('mend something', () => expect(mended).toBeGreaterThan(50))
})
