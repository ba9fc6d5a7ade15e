/** Colour and progress on a terminal. */
import { isTerminal, printError, stream } from './output.ts'

/** Should text have colour? `--color` first, then NO_COLOR and FORCE_COLOR (no-color.org), then the terminal. */
export function useColor(choice: string, env: Readonly<Record<string, string | undefined>>): boolean {
  if (choice === 'always') return true
  if (choice === 'never') return false
  if (env.NO_COLOR) return false
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0'
  return isTerminal(1) && env.TERM !== 'dumb'
}

/** Progress of long work: one line that redraws itself on a terminal, a line now and then elsewhere. */
export interface Progress {
  /**
   * @param what is worked on; cut where the terminal is too narrow
   * @param state how far it is
   */
  update(what: string, state: string): void
  /** Takes the line away. */
  done(): void
}

const QUIET: Progress = { update() {}, done() {} }
/** Nothing is shown before this: short work needs no progress. */
const FIRST_MS = 1_000
const REDRAW_MS = 100
const PLAIN_MS = 10_000

/**
 * @param elapsed milliseconds since the work began (a monotonic clock)
 */
export function createProgress(enabled: boolean, elapsed: () => number): Progress {
  if (!enabled) return QUIET
  const terminal = isTerminal(2)
  let next = FIRST_MS
  let drawn = false
  return {
    update(what, state) {
      const at = elapsed()
      if (at < next) return
      next = at + (terminal ? REDRAW_MS : PLAIN_MS)
      if (terminal) {
        printError(`\r\u001b[2K${fitted(what, state, (stream(2).columns || 80) - 1)}`)
        drawn = true
      } else {
        printError(`${what}: ${state}\n`)
      }
    },
    done() {
      if (drawn) printError('\r\u001b[2K')
      drawn = false
    },
  }
}

/** `reading ghcr.io/owner/im…: layer 2/7, 31.4 MB`: a line that wraps would not be redrawn whole. */
function fitted(what: string, state: string, width: number): string {
  const room = width - state.length - 2
  const name = what.length <= room ? what : `${what.slice(0, Math.max(room - 1, 0))}…`
  return `${name}: ${state}`.slice(0, width)
}

/** `31.4 MB`: of a thousand thousands, as disks count. */
export function sizeOf(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB']
  let value = bytes
  let unit = 0
  for (; value >= 1000 && unit < units.length - 1; unit++) value /= 1000
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`
}
