import { Args } from '@oclif/core'
import { ruleIds } from '../../rules/index.ts'
import { BaseCommand } from '../cli/base-command.ts'
import { shells } from '../cli/completion/index.ts'
import { completionTree } from '../cli/completion/tree.ts'
import { print } from '../cli/output.ts'

export default class Completion extends BaseCommand {
  static override summary = 'Print a script that completes commands, flags and their values in a shell.'
  static override description = `For this shell, or for all to come:
  bash   source <(imgtrust completion bash)     the same line in ~/.bashrc
  zsh    source <(imgtrust completion zsh)      the same line in ~/.zshrc, after compinit
  fish   imgtrust completion fish | source      imgtrust completion fish > ~/.config/fish/completions/imgtrust.fish`
  static override examples = [
    '<%= config.bin %> completion bash',
    '<%= config.bin %> completion zsh > _imgtrust',
  ]
  static override args = {
    shell: Args.string({
      ignoreStdin: true,
      description: 'whose script',
      options: Object.keys(shells),
      required: true,
    }),
  }

  async run(): Promise<void> {
    const { args } = await this.parse(Completion)
    const script = await shells[args.shell]?.()
    print(script?.(completionTree(this.config.commands, ruleIds())) ?? '')
  }
}
