import { rmSync } from 'node:fs'
import { Args, Flags } from '@oclif/core'
import { BaseCommand } from '../cli/base-command.ts'
import { judgeFlags, networkFlags, networkOptions, reportFlags } from '../cli/flags.ts'
import { interruptible } from '../cli/interruptible.ts'
import { readTargetList } from '../cli/target-list.ts'
import { JobError } from '../errors.ts'
import { parseShard } from '../fleet/shard.ts'
import { scan } from '../index.ts'

export default class Scan extends BaseCommand {
  static override summary =
    'Read the trust stores of images and say what has expired, who reads it, and what mends it.'
  static override description =
    `Reads an image layer by layer from a registry (no daemon needed), a Docker or Podman engine, an archive, an OCI
layout or a folder. Nothing of it is run or written to disk.

Sources:
  alpine:3.11, ghcr.io/o/i:t      an engine that has it, else the registry (registry:, docker:, podman: force one)
  docker-archive:FILE, x.tar      what docker save writes
  oci-dir:DIR, oci-archive:FILE   OCI image layout
  dir:DIR, host                   an unpacked root filesystem; this machine (--deep: every file of it)
  -                               an archive on standard input
  registry:HOST/team/*            a registry’s catalogue: * in a segment, ** over several; registry:HOST/team/*:v* by tag

Of many images several are read at once, layers that they share once; the report has them in the order of the list, and
says at its end which base to mend first.

IMGTRUST_INFLATE=stream unpacks gzip by documented interfaces of Node.js alone; fast is the default where it works.

Exit status: 0 nothing at or above --fail-on, 1 findings, 2 an image could not be read.`
  static override examples = [
    { description: 'An image from its registry', command: '<%= config.bin %> scan alpine:3.11' },
    {
      description: 'What docker save wrote, as of the day after an outage',
      command: '<%= config.bin %> scan docker-archive:image.tar --at 2020-05-31',
    },
    {
      description: 'A registry on this machine',
      command: '<%= config.bin %> scan --plain-http localhost:5000 localhost:5000/app:1',
    },
    {
      description: 'An unpacked root filesystem, everything in full',
      command: '<%= config.bin %> scan dir:rootfs --fail-on info',
    },
    {
      description: 'All images of a team in a registry, findings as they come',
      command: `<%= config.bin %> scan 'registry:registry.example.com/team/*' --format ndjson`,
    },
    {
      description: 'The second of three parts of a list; where it was ended, it goes on',
      command: '<%= config.bin %> scan --from-file fleet.txt --shard 2/3 --resume journal --at 2027-01-01',
    },
    {
      description: 'What runs in a cluster',
      command: `kubectl get pods -A -o jsonpath='{range .items[*].spec.containers[*]}{.image}{"\\n"}{end}' | <%= config.bin %> scan --from-file -`,
    },
  ]
  static override strict = false
  static override args = {
    image: Args.string({
      ignoreStdin: true,
      description: 'image references and other sources',
      required: false,
    }),
  }
  static override flags = {
    platform: Flags.string({
      helpValue: 'OS/ARCH',
      summary: 'which image of an index; default: linux on this architecture',
    }),
    'all-platforms': Flags.boolean({ summary: 'every image of an index' }),
    deep: Flags.boolean({ summary: 'of dir: and host every file, not only the known places' }),
    'from-file': Flags.string({
      helpValue: 'LIST',
      summary: 'read targets from this file (or -), one a line, each once; # begins a comment',
    }),
    resume: Flags.string({
      helpValue: 'JOURNAL',
      exclusive: ['update-baseline'],
      summary:
        'keep what is judged in this file; after a crash or Ctrl-C the same command goes on from it (as of the same instant), and takes it away when it is through',
    }),
    shard: Flags.string({
      helpValue: 'I/N',
      summary: 'only part I of N of the list, by the targets’ names; imgtrust merge joins the reports',
    }),
    ...judgeFlags,
    ...reportFlags,
    ...networkFlags,
  }

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Scan)
    const { at, ...settings } = await this.judgeSettings(flags)
    // A run that goes on judges as of when it began.
    const clock = flags.resume !== undefined && flags.at === undefined ? {} : { at }
    const list = flags['from-file']
    const listed = list === undefined ? [] : await readTargetList(list)
    const named = argv as string[]
    const targets = [...named, ...listed.filter(target => !named.includes(target))]
    if (list === '-' && targets.includes('-'))
      throw new JobError('usage', 'standard input is the list (--from-file -): it can’t be an image as well')
    if (targets.length === 0)
      throw new JobError('usage', 'name an image to scan, for example alpine:3.20, or give --from-file LIST')
    const lines = await this.lines(flags)
    const report = await interruptible(flags, watch =>
      scan(targets, {
        ...settings,
        ...clock,
        ...watch,
        onTarget: lines.target,
        onNote: line => flags.quiet || this.note(`imgtrust: ${line}`),
        allPlatforms: flags['all-platforms'],
        deep: flags.deep,
        ...networkOptions(flags),
        ...(flags.platform === undefined ? {} : { platform: flags.platform }),
        ...(flags.resume === undefined ? {} : { resume: flags.resume }),
        ...(flags.shard === undefined ? {} : { shard: parseShard(flags.shard) }),
      }),
    )
    lines.end(report)
    await this.report(report, flags, lines)
    if (flags.resume !== undefined) rmSync(flags.resume, { force: true })
  }
}
