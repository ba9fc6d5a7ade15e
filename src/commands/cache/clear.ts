import { BaseCommand } from '../../cli/base-command.ts'
import { cacheFolder, networkFlags } from '../../cli/flags.ts'
import { print } from '../../cli/output.ts'
import { sizeOf } from '../../cli/terminal.ts'
import { clearCache } from '../../index.ts'

export default class CacheClear extends BaseCommand {
  static override summary = 'Take away what is kept of images.'
  static override examples = ['<%= config.bin %> cache clear']
  static override flags = { 'cache-dir': networkFlags['cache-dir'] }

  async run(): Promise<void> {
    const { flags } = await this.parse(CacheClear)
    const { path, entries, bytes } = await clearCache(cacheFolder(flags))
    print(`${path}\n${entries} entries taken away · ${sizeOf(bytes)}\n`)
  }
}
