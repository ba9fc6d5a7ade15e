/** What programs say of the processor, where the platform is given. */
import type { CommandResult } from '../dockerfile/shell-types.ts'
import { unknown } from '../model.ts'
import type { Machine } from './machine.ts'

/** The platform's architecture, Debian's word, and the kernel's, which Alpine's tools use too. */
const WORDS: Readonly<Record<string, readonly [debian: string, kernel: string]>> = {
  amd64: ['amd64', 'x86_64'],
  arm64: ['arm64', 'aarch64'],
  ppc64le: ['ppc64el', 'ppc64le'],
  s390x: ['s390x', 's390x'],
  riscv64: ['riscv64', 'riscv64'],
}

/** `dpkg --print-architecture`, `uname -m`, `arch`, `apk --print-arch`. */
export function architecture(machine: Machine, whose: 'debian' | 'kernel'): CommandResult {
  const words = WORDS[machine.session.platform?.split('/')[1] ?? '']
  if (!words) return { status: 'likely', stdout: unknown('the architecture') }
  return { status: 'likely', stdout: { text: `${words[whose === 'debian' ? 0 : 1]}\n`, mapped: null } }
}
