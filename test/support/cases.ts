/**
 * A case is a folder `test/cases/<rule-id>/{ok,bad}.<what>/`: a Dockerfile (its other files are its build context) or
 * an image.ts whose default export is a sketch (an .imgtrust.yaml beside it is its policy); options.json with the date;
 * expected.json with what is found.
 * `UPDATE_CASES=1` writes expected.json, but never in CI: there a missing one is a failure.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Finding } from '../../src/finding.ts'
import type { ImageModel } from '../../src/model.ts'
import { render } from '../../src/remedy/dialects/index.ts'
import type { ImageSketch } from '../../src/rule.ts'
import type { DockerfileModel } from '../../src/trace/state.ts'
import { judgeDockerfile, judgeImage } from './examples.ts'
import { imageFromSketch } from './sketch.ts'

const root = fileURLToPath(new URL('../cases/', import.meta.url))
const own = new Set(['Dockerfile', 'image.ts', 'options.json', 'expected.json', '.imgtrust.yaml'])

export interface Case {
  readonly rule: string
  /** `bad.user-given-back`. */
  readonly name: string
  readonly folder: string
}

export function allCases(): Case[] {
  return folders(root).flatMap(rule =>
    folders(join(root, rule)).map(name => ({ rule, name, folder: join(root, rule, name) })),
  )
}

function folders(path: string): string[] {
  return readdirSync(path, { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(({ name }) => name)
    .sort()
}

/** What a reader of expected.json sees of a finding. */
export interface Expected {
  readonly severity: string
  readonly place: string
  readonly message: string
  readonly roots: number
  /** The remedies in order, as a Dockerfile's lines; `not proven:` before those that could not be proven. */
  readonly remedies: readonly string[]
}

export async function runCase({ rule, folder }: Case): Promise<Expected[]> {
  const { at } = JSON.parse(readFileSync(join(folder, 'options.json'), 'utf8')) as { at: string }
  const { model, all } = existsSync(join(folder, 'Dockerfile'))
    ? await judgeDockerfile(readFileSync(join(folder, 'Dockerfile'), 'utf8'), at, contextOf(folder))
    : await judgeImage(await imageOf(folder), at, policyOf(folder))
  return all.filter(finding => finding.rule === rule).map(finding => summary(finding, model))
}

function policyOf(folder: string): string | undefined {
  const file = join(folder, '.imgtrust.yaml')
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}

async function imageOf(folder: string): Promise<ImageModel> {
  const { default: sketch } = (await import(join(folder, 'image.ts'))) as { default: ImageSketch }
  return imageFromSketch(sketch)
}

function contextOf(folder: string): Record<string, Uint8Array> {
  const names = readdirSync(folder).filter(name => !own.has(name))
  return Object.fromEntries(names.map(name => [basename(name), readFileSync(join(folder, name))]))
}

function summary(finding: Finding, model: DockerfileModel | ImageModel): Expected {
  const { location, remedy, alternatives } = finding
  return {
    severity: finding.severity,
    place: location.line === undefined ? (location.path ?? '') : `line ${location.line}`,
    message: finding.message,
    roots: finding.roots.length,
    remedies: (remedy === null ? [] : [remedy, ...alternatives]).map(choice => {
      const text = render(choice, 'dockerfile', model) ?? choice.summary
      return choice.proven ? text : `not proven: ${text}`
    }),
  }
}

export function readExpected({ folder }: Case): unknown {
  const file = join(folder, 'expected.json')
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
}

export function mayUpdate(): boolean {
  return process.env.UPDATE_CASES === '1' && !process.env.CI
}

export function writeExpected({ folder }: Case, found: readonly Expected[]): void {
  writeFileSync(join(folder, 'expected.json'), `${JSON.stringify(found, null, 2)}\n`)
}
