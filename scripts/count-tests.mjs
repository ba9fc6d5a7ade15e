/** Sums vitest's JSON results into one last line; exits with 1 where a test failed or a result file is missing. */
import { readFileSync } from 'node:fs'

const sum = { passed: 0, failed: 0, skipped: 0 }
let broken = false
for (const file of process.argv.slice(2)) {
  try {
    const result = JSON.parse(readFileSync(file, 'utf8'))
    sum.passed += result.numPassedTests
    sum.failed += result.numFailedTests
    sum.skipped += result.numPendingTests + result.numTodoTests
    broken ||= !result.success || result.numTotalTests === 0
  } catch (error) {
    console.log(`no result of a test run: ${error.message}`)
    broken = true
  }
}
console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`)
process.exitCode = broken || sum.failed > 0 ? 1 : 0
