import { Args, Flags } from '@oclif/core'
import { BaseCommand, instantOf } from '../cli/base-command.ts'
import { judgeFlags, networkFlags, reportFlags } from '../cli/flags.ts'
import { interruptible } from '../cli/interruptible.ts'
import { targetOptions } from '../cli/target-options.ts'
import { JobError } from '../errors.ts'
import { verify } from '../index.ts'
import { parseDuration } from '../options.ts'
import { type Starttls, starttlsPorts } from '../server/ports.ts'

export default class Verify extends BaseCommand {
  static override summary =
    "Say whether an image's own TLS programs would accept a server, on a day, and which certificate breaks it."
  static override description =
    `Reads the certificates that a server sends, in order, and builds the path as each TLS program of the image does: the
same server and the same trust store can fail with one TLS library and work with another. Nothing of the image is run.

SERVER is https://host[:port], host:port, or a file with what the server sends, its own certificate first
(openssl s_client -showcerts -connect HOST:443 </dev/null > chain.pem writes one); it needs --host.

Whose clients: those of --image, or those that a Dockerfile will bring (--dockerfile), or one by its name (--client) with
the roots of --store, else with those that Mozilla trusted on that day. Names of clients: openssl-1.0.2u, gnutls-3.6.7,
libressl-2.7.5, java-17, go-1.19, nss-3.87, mbedtls-2.28.3, wolfssl-5.5.4; curl, wget, apt, apk, python and node stand for
the newest that was measured.

Exit status: 0 accepted by all, 1 refused by one, 2 a server, the image or every verdict could not be told.`
  static override examples = [
    {
      description: 'What will the programs of this image say, and why?',
      command: '<%= config.bin %> verify https://example.com --image alpine:3.8',
    },
    {
      description: 'Offline, as of a day',
      command: '<%= config.bin %> verify chain.pem --host example.com --image image.tar --at 2020-05-31',
    },
    {
      description: 'With the trust store that a Dockerfile will give',
      command: '<%= config.bin %> verify https://example.com --dockerfile Dockerfile',
    },
    {
      description: 'Why does ours break, and why do others work?',
      command: '<%= config.bin %> verify https://ours https://other --image app:1',
    },
    {
      description: 'One library, without an image',
      command: '<%= config.bin %> verify chain.pem --host example.com --client openssl-1.0.2u',
    },
    {
      description: 'A database',
      command: '<%= config.bin %> verify db.example.com:5432 --starttls postgres --image app:1',
    },
  ]
  static override strict = false
  static override args = {
    server: Args.string({
      ignoreStdin: true,
      description: 'https://host[:port], host:port, or a PEM file with what the server sends',
    }),
  }
  static override flags = {
    host: Flags.string({
      helpValue: 'NAME',
      summary: 'the name that the clients ask for; needed for a file',
    }),
    image: Flags.string({
      helpValue: 'IMAGE',
      exclusive: ['dockerfile'],
      summary: 'whose TLS programs and stores: all that scan takes',
    }),
    dockerfile: Flags.string({
      helpValue: 'FILE',
      summary: 'the programs and the store that its final stage will have',
    }),
    target: Flags.string({ helpValue: 'STAGE', summary: 'of the Dockerfile the stage that is built' }),
    store: Flags.string({
      helpValue: 'FILE',
      summary: 'this trust store instead: a bundle, a keystore, a folder with hashed names',
    }),
    client: Flags.string({
      helpValue: 'NAME',
      summary: 'this client alone, such as curl or openssl-1.0.2u',
    }),
    starttls: Flags.string({
      options: Object.keys(starttlsPorts),
      summary: 'begin in clear by this protocol, then change to TLS',
    }),
    timeout: Flags.string({
      helpValue: 'SECONDS',
      summary: 'give a server up after this time [default: 10]',
    }),
    platform: Flags.string({
      helpValue: 'OS/ARCH',
      summary: 'which image of an index; default: linux on this architecture',
    }),
    at: judgeFlags.at,
    'expiring-within': judgeFlags['expiring-within'],
    'fail-on': judgeFlags['fail-on'],
    config: judgeFlags.config,
    'no-config': judgeFlags['no-config'],
    ...reportFlags,
    ...networkFlags,
  }

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Verify)
    const servers = argv as string[]
    if (servers.length === 0)
      throw new JobError(
        'usage',
        'name a server, for example https://example.com, or a file with what it sends',
      )
    const formats = [flags.format, ...(flags.output ?? []).map(value => value.split('=')[0])]
    if (formats.includes('cyclonedx'))
      throw new JobError(
        'usage',
        'cyclonedx is an inventory and can’t hold verdicts; take json, or scan the image for its inventory',
      )
    const { host, image, dockerfile, target, store, client, starttls, timeout } = flags
    const within = flags['expiring-within']
    const report = await interruptible(flags, watch =>
      verify(servers, {
        ...targetOptions(flags),
        ...watch,
        at: instantOf(flags.at),
        ...(within === undefined ? {} : { expiringWithin: parseDuration(within) }),
        ...(host === undefined ? {} : { host }),
        ...(image === undefined ? {} : { image }),
        ...(dockerfile === undefined ? {} : { dockerfile }),
        ...(target === undefined ? {} : { stage: target }),
        ...(store === undefined ? {} : { store }),
        ...(client === undefined ? {} : { client }),
        ...(starttls === undefined ? {} : { starttls: starttls as Starttls }),
        ...(timeout === undefined ? {} : { timeout: milliseconds(timeout) }),
      }),
    )
    await this.report(report, flags)
  }
}

function milliseconds(text: string): number {
  const seconds = Number(/^\d{1,5}(?:\.\d{1,3})?s?$/.test(text) ? text.replace(/s$/, '') : Number.NaN)
  if (!(seconds > 0)) throw new JobError('usage', `--timeout ${text}: say seconds, such as 10`)
  return seconds * 1000
}
