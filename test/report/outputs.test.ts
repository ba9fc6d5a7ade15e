/** The built program writes every format at once, and its fixes are what its own remedies say. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { formats } from '../../src/report/formats/index.ts'
import { imgtrust, root, validReport } from '../support/run.ts'

const DOCKERFILE = 'examples/addtrust/Dockerfile'
const AT = ['--at', '2020-05-31']

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'imgtrust-outputs-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('--output', () => {
  it('writes all formats at once, each as --format prints it', async () => {
    const names = Object.keys(formats)
    const outputs = names.flatMap(format => ['--output', `${format}=${join(folder, format)}`])
    const { status, stderr } = await imgtrust(['lint', DOCKERFILE, ...AT, ...outputs])
    expect(stderr).toBe('')
    expect(status).toBe(1)
    const written = (format: string) => readFileSync(join(folder, format), 'utf8')
    for (const format of names) {
      const { stdout } = await imgtrust(['lint', DOCKERFILE, ...AT, '--format', format, '--color', 'never'])
      expect(written(format)).toBe(stdout)
    }
    validReport(written('json'))
  })

  it('says which formats there are', async () => {
    const { status, stderr } = await imgtrust(['lint', DOCKERFILE, '--output', `sarfi=${join(folder, 'x')}`])
    expect(status).toBe(2)
    expect(stderr).toMatch(/no format 'sarfi'.*sarif/)
  })

  it("a fix of SARIF's, carried out by hand, mends its finding", async () => {
    const { stdout } = await imgtrust(['lint', DOCKERFILE, ...AT, '--format', 'sarif'])
    const result = JSON.parse(stdout).runs[0].results.find(
      (one: { ruleId: string }) => one.ruleId === 'expired-root-kept',
    )
    expect(result.fixes.length).toBeGreaterThan(1)
    for (const { artifactChanges } of result.fixes) {
      const [change] = artifactChanges
      expect(change.artifactLocation.uri).toBe(DOCKERFILE)
      const lines = readFileSync(join(root, DOCKERFILE), 'utf8').split('\n')
      const offset = (line: number, column: number) =>
        lines.slice(0, line - 1).join('\n').length + (line > 1 ? 1 : 0) + column - 1
      let text = lines.join('\n')
      for (const { deletedRegion, insertedContent } of change.replacements.toReversed())
        text =
          text.slice(0, offset(deletedRegion.startLine, deletedRegion.startColumn)) +
          insertedContent.text +
          text.slice(offset(deletedRegion.endLine, deletedRegion.endColumn))
      const again = await imgtrust(['lint', '-', ...AT, '--format', 'json'], { stdin: text })
      const rulesLeft = validReport(again.stdout).targets[0]?.findings.map(({ rule }) => rule)
      expect(rulesLeft).not.toContain('expired-root-kept')
    }
  })
})
