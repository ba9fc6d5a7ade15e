/** A command's handler: what it does to the state, and what it prints. */
import type { CommandResult, ShellCommand } from '../../dockerfile/shell-types.ts'
import { NOTHING } from '../../dockerfile/shell-types.ts'
import { unknown } from '../../model.ts'
import type { Machine } from '../machine.ts'

export type Handler = (command: ShellCommand, machine: Machine) => CommandResult

/** It worked and printed what nobody needs. */
export const ran: CommandResult = { status: 'likely', stdout: unknown('what a program prints') }
/** It worked and printed nothing. */
export const silent: CommandResult = { status: 'likely', stdout: NOTHING }
/** It may go either way, as a test does. */
export const asks: CommandResult = { status: 'unknown', stdout: unknown('what a program prints') }
