import { defineDockerfileRule, type Evidence } from '../src/rule.ts'

interface Unused extends Evidence {
  readonly ignored: string
}

export default defineDockerfileRule<Unused>({
  id: 'unused-ignore',
  since: '0.1.0',
  scope: 'dockerfile',
  severity: 'info',
  last: true,
  summary: 'An ignore comment silences nothing',
  why: `
A comment \`# imgtrust ignore=RULE reason="…"\` silences one rule for the instruction that follows it, and
\`# imgtrust ignore-file=RULE reason="…"\` for the whole file. When what it silenced is mended, or the rule's name is
misspelt, the comment stays behind: it explains something that is no longer so, and it would hide the next finding of
that rule at that place.

The rule fires at the comment, and is silent where the comment silences at least one finding. Delete it, or correct the name (\`imgtrust rules\` lists them).
`,
  examples: {
    bad: [
      {
        dockerfile:
          '# imgtrust ignore=stale-base-image reason="rebuilt by our own pipeline"\nFROM alpine:3.24\nCMD ["sh"]\n',
        at: '2026-08-16',
        line: 1,
      },
      {
        dockerfile: 'FROM alpine:3.24\n# imgtrust ignore=no-such-rule\nCMD ["sh"]\n',
        at: '2026-08-16',
        line: 2,
      },
    ],
    ok: [
      {
        dockerfile:
          '# imgtrust ignore=end-of-life-base-image reason="an exhibit of a museum"\nFROM alpine:3.11\nCMD ["sh"]\n',
        at: '2026-08-16',
      },
    ],
  },

  *check(model, { unusedIgnores = [] }) {
    for (const { line, rule } of unusedIgnores)
      yield { location: { file: model.file, line, column: 1 }, ignored: rule }
  },

  message({ ignored }) {
    return `This comment ignores ${ignored}, which finds nothing here: it would hide the next one.`
  },
})
