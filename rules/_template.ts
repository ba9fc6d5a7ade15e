import { defineDockerfileRule, type Evidence } from '../src/rule.ts'

/** What the message and the remedy need to know of one finding: typed facts, no prose. */
interface Found extends Evidence {
  readonly what: string
}

export default defineDockerfileRule<Found>({
  id: 'RULE_ID',
  since: 'NEXT_VERSION',
  scope: 'dockerfile',
  severity: 'warning',
  summary: 'One line that says what is wrong',
  why: `
For someone who has never heard of a trust store: what happens, why it matters, what usually causes it.

When the rule fires, and when it stays silent.
`,
  examples: {
    bad: [{ dockerfile: 'FROM alpine\n', at: '2026-08-16', line: 1 }],
    ok: [{ dockerfile: 'FROM alpine\n', at: '2026-08-16' }],
  },

  // What is unknown raises no finding. Time comes from the context, never from the clock.
  *check(model, _context) {
    if (model.final === null) return
    yield { location: model.final.location, what: model.file }
  },

  // What is, with the values found, and what follows from it: one sentence that ends with a full stop.
  message({ what }) {
    return `${what} …`
  },

  // What should be true afterwards, the best first; absent where nothing can be said.
  remedy() {
    return []
  },
})
