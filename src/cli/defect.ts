import { oneLine } from '../errors.ts'
import { printError } from './output.ts'

/** What nobody foresaw is a defect of ours: it says so with its stack, and what was asked for could not be done. */
export function tellDefect(error: Error): void {
  printError(`imgtrust: this is a defect of imgtrust, please report it: ${error.stack ?? oneLine(error)}\n`)
  process.exitCode = 2
}
