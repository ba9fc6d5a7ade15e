/** Would the clients of an image accept these servers, on that day? */
import { JobError } from '../errors.ts'
import type { VerifyOptions } from '../index.ts'
import { type ImageModel, type Instant, isUnknown, type UnknownEntry } from '../model.ts'
import { openOptions } from '../open-options.ts'
import { DEFAULT_EXPIRING_WITHIN } from '../options.ts'
import { reportOf } from '../report/build.ts'
import { buildServer, failedServer, type ServerResult } from '../report/build-server.ts'
import type { Report, ReportTarget } from '../report/report.ts'
import { readServer } from '../server/read.ts'
import type { SentChain, ServerTarget } from '../server/sent.ts'
import { parseServer } from '../server/target.ts'
import { readCertificate } from '../trust/certificate.ts'
import { adviceFor } from './advice.ts'
import { Remedies } from './after-remedy.ts'
import { Certificates } from './certificates.ts'
import { Judge } from './judge.ts'
import { isNamed, namedClient } from './named-client.ts'
import type { Subject } from './subject.ts'

type Settings = VerifyOptions & { readonly at: Instant }

/** Milliseconds for one server, where nobody says otherwise. */
const patience = 10_000

/** Servers that are asked at the same time. */
const atOnce = 8

/** @throws JobError `usage` */
export async function verifyAll(servers: readonly string[], options: Settings): Promise<Report> {
  const { starttls, at } = options
  checkOptions(options)
  const targets = servers.map(typed => parseServer(typed, { starttls }))
  const live = targets.find(({ kind }) => kind === 'tls')
  if (live && options.offline)
    throw new JobError(
      'usage',
      `${live.typed} needs the network: with --offline give a file with what the server sends`,
    )
  if (targets.filter(target => target.kind === 'file' && target.path === '-').length > 1)
    throw new JobError('usage', 'standard input is one server’s chain: name - once')
  const expiringWithin = options.expiringWithin ?? DEFAULT_EXPIRING_WITHIN
  const [subject, chains] = await Promise.all([openSubject(options), readAll(targets, options)])
  const certificates = new Certificates()
  const built: ReportTarget[] = []
  for (const [index, target] of targets.entries()) {
    const chain = chains[index]!
    const error = chain instanceof JobError ? chain : subject instanceof JobError ? subject : null
    if (error !== null || chain instanceof JobError || subject instanceof JobError) {
      const sent = chain instanceof JobError ? null : { how: chain.how, host: chain.host }
      built.push(failedServer(target.typed, error?.message ?? '', sent))
      continue
    }
    const result = judgeServer(target, chain, subject, at, certificates)
    built.push(buildServer(result, { at, expiringWithin }))
  }
  return reportOf(built, at)
}

function checkOptions({ image, dockerfile, store, client }: Settings): void {
  if (image !== undefined && dockerfile !== undefined)
    throw new JobError('usage', 'say --image or --dockerfile, not both')
  if (image === undefined && dockerfile === undefined && client === undefined)
    throw new JobError(
      'usage',
      store === undefined
        ? 'say whose clients: --image IMAGE, --dockerfile FILE, or --client NAME such as openssl-1.0.2u'
        : 'say who reads this store: --client NAME such as openssl-1.0.2u, or --image IMAGE for the clients of an image',
    )
}

async function readAll(
  targets: readonly ServerTarget[],
  options: Settings,
): Promise<(SentChain | JobError)[]> {
  const { timeout = patience, signal, host, env } = options
  const found: (SentChain | JobError)[] = new Array(targets.length)
  let next = 0
  const work = async () => {
    for (let index = next++; index < targets.length; index = next++) {
      try {
        found[index] = await readServer(targets[index]!, {
          timeout,
          ...(signal ? { signal } : {}),
          ...(host === undefined ? {} : { host }),
          ...(env === undefined ? {} : { env }),
        })
      } catch (error) {
        if (!(error instanceof JobError) || error.code === 'aborted') throw error
        found[index] = error
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, targets.length) }, work))
  return found
}

/** Whose clients, and with which stores; the reason where that can't be read. */
async function openSubject(options: Settings): Promise<Subject | JobError> {
  try {
    const subject = await baseSubject(options)
    const chosen = options.client === undefined ? subject : onlyClient(subject, options.client)
    if (options.store === undefined || chosen.image === null) return chosen
    const { readStoreFile } = await import('./store-file.ts')
    const { withStore } = await import('./store-subject.ts')
    const { store, unknowns } = await readStoreFile(options.store)
    return withStore(chosen, store, unknowns)
  } catch (error) {
    if (error instanceof JobError && error.code !== 'aborted') return error
    throw error
  }
}

async function baseSubject(options: Settings): Promise<Subject> {
  const { at, image, dockerfile, store, client } = options
  if (image !== undefined) {
    const { imageSubject } = await import('./image-subject.ts')
    return imageSubject(await readOne(image, options), at)
  }
  if (dockerfile !== undefined) {
    const { dockerfileSubject } = await import('./dockerfile-subject.ts')
    const { platform, stage, buildArgs, context } = options
    return dockerfileSubject(dockerfile, {
      at,
      expiringWithin: options.expiringWithin ?? DEFAULT_EXPIRING_WITHIN,
      ...(platform === undefined ? {} : { platform }),
      ...(stage === undefined ? {} : { stage }),
      ...(buildArgs === undefined ? {} : { buildArgs }),
      ...(context === undefined ? {} : { context }),
    })
  }
  const { storeSubject, mozillaStore } = await import('./store-subject.ts')
  const asked = [namedClient(client ?? '')]
  if (store === undefined) return storeSubject(mozillaStore(at), asked)
  const { readStoreFile } = await import('./store-file.ts')
  const file = await readStoreFile(store)
  return storeSubject(file.store, asked, file.unknowns)
}

async function readOne(name: string, options: Settings): Promise<ImageModel> {
  const { readImages } = await import('../read-images.ts')
  const reading = {
    open: openOptions(options),
    ...(options.onProgress ? { onProgress: options.onProgress } : {}),
  }
  for await (const model of readImages(name, reading)) {
    if (model instanceof JobError) throw model
    return model
  }
  throw new JobError('not-found', `${name}: there is no image in it`)
}

function onlyClient(subject: Subject, name: string): Subject {
  const clients = subject.clients.filter(({ client }) => isNamed(client, name))
  // Without an image there is no other than the one that was named.
  if (clients.length > 0 || subject.image === null)
    return clients.length > 0 ? { ...subject, clients } : subject
  const there = subject.clients.map(({ client }) => client.program)
  throw new JobError(
    'not-found',
    there.length > 0
      ? `--client ${name}: the image has no such TLS program; it has ${[...new Set(there)].join(', ')}`
      : `--client ${name}: the image has no TLS program that is known`,
  )
}

function judgeServer(
  target: ServerTarget,
  chain: SentChain,
  subject: Subject,
  at: Instant,
  certificates: Certificates,
): ServerResult {
  const read = chain.certificates.map(readCertificate)
  const sent = { host: chain.host, certificates: read.flatMap(each => (isUnknown(each) ? [] : [each])) }
  const judge = new Judge(sent, at, certificates)
  const verdicts = subject.clients.map(client => judge.ask(client, subject.model))
  const remedies = new Remedies(subject, judge, at)
  const unknowns: UnknownEntry[] = [
    ...chain.unreadable.map(({ unknown }) => ({
      what: `a certificate that ${target.typed} sent`,
      why: unknown,
      location: {},
    })),
    ...subject.unknowns,
  ]
  if (subject.clients.length === 0)
    unknowns.push({
      what: 'what its clients say',
      why: 'no TLS program that is known was found',
      location: {},
    })
  return {
    target,
    chain,
    sent: sent.certificates,
    certificates,
    subject,
    verdicts,
    after: verdicts.map(verdict => remedies.for(verdict)),
    advice: adviceFor(verdicts, subject, sent, at, certificates),
    unknowns,
  }
}
