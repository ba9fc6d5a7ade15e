import { Flags } from '@oclif/core'
import { BaseCommand } from '../../cli/base-command.ts'
import { cacheFolder, networkFlags } from '../../cli/flags.ts'
import { print } from '../../cli/output.ts'
import { sizeOf } from '../../cli/terminal.ts'
import { cacheStatus } from '../../index.ts'

export default class CacheStatus extends BaseCommand {
  static override summary = 'Where the cache lies, what it holds and how much it may hold.'
  static override description =
    `What a layer says about trust is kept by the digest of its unpacked bytes (DiffID), manifests and configurations by
theirs, so that the next scan of an image that shares them need not read them again. What was not used for longest goes
first; all of it can be taken away at any time.`
  static override examples = ['<%= config.bin %> cache status', '<%= config.bin %> cache clear']
  static override flags = {
    'cache-dir': networkFlags['cache-dir'],
    format: Flags.string({
      options: ['text', 'json'],
      default: 'text',
      summary: 'what goes to standard output',
    }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(CacheStatus)
    const status = await cacheStatus(cacheFolder(flags))
    const { path, entries, bytes, limit } = status
    const text = `${path}\n${entries} entries · ${sizeOf(bytes)} of at most ${sizeOf(limit)}`
    print(`${flags.format === 'json' ? JSON.stringify(status, null, 2) : text}\n`)
  }
}
