import { writeFileSync } from 'node:fs'
import { BaseCommand } from '../cli/base-command.ts'
import { print } from '../cli/output.ts'
import { CONFIG_NAMES } from '../config/find.ts'
import { configTemplate } from '../config/template.ts'
import { JobError, oneLine } from '../errors.ts'

export default class Init extends BaseCommand {
  static override summary = 'Write an .imgtrust.yaml with every key and its meaning into the current folder.'
  static override description =
    `Credentials, registries and the network are nothing that a repository may set for those who clone it. Your own file,
imgtrust/config.yaml in $XDG_CONFIG_HOME (else ~/.config), takes the same keys, and beside them:

  authfile: /path/auth.json        as --authfile; paths are relative to the file
  ca-file: company-roots.pem       as --ca-file
  plain-http: [localhost:5000]     as --plain-http
  offline: true                    as --offline

A repository's file, and before it flags, count over your own.`
  static override examples = ['<%= config.bin %> init']

  async run(): Promise<void> {
    await this.parse(Init)
    const [name] = CONFIG_NAMES
    try {
      writeFileSync(name, configTemplate(), { flag: 'wx' })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST')
        throw new JobError('usage', `${name} is there already; edit it, or move it away first`)
      throw new JobError('unreadable', `${name} can't be written (${oneLine(error)})`)
    }
    print(`${name} is written: read it, and uncomment what you need\n`)
  }
}
