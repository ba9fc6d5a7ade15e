import { Flags } from '@oclif/core'
import { BaseCommand } from '../../cli/base-command.ts'
import { print } from '../../cli/output.ts'

export default class KnowledgeStatus extends BaseCommand {
  static override summary = 'What the built-in facts know, from where and how old.'
  static override examples = [
    '<%= config.bin %> knowledge status',
    '<%= config.bin %> knowledge status --format json',
  ]
  static override flags = {
    format: Flags.string({
      options: ['text', 'json'],
      default: 'text',
      summary: 'what goes to standard output',
    }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(KnowledgeStatus)
    const { knowledgeDate, knowledgeParts } = await import('../../knowledge/status.ts')
    const parts = knowledgeParts()
    if (flags.format === 'json') {
      print(`${JSON.stringify({ knowledge: knowledgeDate(), parts }, null, 2)}\n`)
      return
    }
    const width = Math.max(...parts.map(part => part.name.length))
    const lines = parts.map(
      part =>
        `${part.name.padEnd(width)}  ${String(part.entries).padStart(7)}  as of ${part.asOf}  ${part.source}`,
    )
    print(`Built-in facts, as of ${knowledgeDate()}\n\n${lines.join('\n')}\n`)
  }
}
