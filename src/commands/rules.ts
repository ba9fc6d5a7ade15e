import { Args, Flags } from '@oclif/core'
import { BaseCommand } from '../cli/base-command.ts'
import { print } from '../cli/output.ts'
import { didYouMean } from '../cli/suggest.ts'
import { useColor } from '../cli/terminal.ts'
import { JobError } from '../errors.ts'
import { rules } from '../index.ts'
import { renderRule, renderRuleList } from '../report/rules-text.ts'

export default class Rules extends BaseCommand {
  static override summary = 'List all rules, or explain one with examples.'
  static override examples = ['<%= config.bin %> rules', '<%= config.bin %> rules expired-root-kept']
  static override args = { rule: Args.string({ ignoreStdin: true, description: 'a rule to explain' }) }
  static override flags = {
    color: Flags.string({ options: ['auto', 'always', 'never'], default: 'auto', summary: 'colours' }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Rules)
    const color = useColor(flags.color, process.env)
    const all = await rules()
    const chosen = all.find(rule => rule.id === args.rule)
    if (args.rule !== undefined && !chosen) {
      const known = all.map(({ id }) => id)
      const meant = didYouMean(args.rule, known)
      throw new JobError('usage', `there is no rule '${args.rule}'${meant} (imgtrust rules lists them)`)
    }
    print(chosen ? renderRule(chosen, color) : renderRuleList(all, color))
  }
}
