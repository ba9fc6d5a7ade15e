/** The raw facts beside a checkout, for tests that hold the built-in ones against what they were made from. */
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'

export const factsFolder = resolve(import.meta.dirname, '../../../shared/facts')
export const imagesFolder = resolve(import.meta.dirname, '../../../shared/images')
/** Said in the name of what is skipped. */
export const withFacts = existsSync(factsFolder) ? '' : ' (skipped: ../shared/facts is not there)'
export const withImages = existsSync(imagesFolder) ? '' : ' (skipped: ../shared/images is not there)'

export function rawText(file: string): string {
  const bytes = readFileSync(resolve(factsFolder, file))
  return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
}

export function rawJson<T>(file: string): T {
  return JSON.parse(rawText(file)) as T
}
