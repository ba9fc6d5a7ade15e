import type { CompletedCommand } from './tree.ts'

/** A shell: one file, and one line here. */
export const shells: Readonly<Record<string, () => Promise<(tree: readonly CompletedCommand[]) => string>>> =
  {
    bash: async () => (await import('./bash.ts')).bashScript,
    fish: async () => (await import('./fish.ts')).fishScript,
    zsh: async () => (await import('./zsh.ts')).zshScript,
  }
