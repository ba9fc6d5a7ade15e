/** What lies in the build context of a rule's example, in words: certificates are said, not shown. */
import { X509Certificate } from 'node:crypto'
import { formatDay } from '../clock.ts'
import type { DockerfileExample } from '../rule.ts'

export interface ExampleFile {
  readonly path: string
  /** `a certificate in PEM (Example Corp CA, 2020-01-01 to 2030-01-01), without a newline at its end`. */
  readonly words: string
}

const BLOCK = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

/** Sorted by path; none where the example needs no file. */
export function exampleFiles({ context = {} }: DockerfileExample): ExampleFile[] {
  return Object.entries(context)
    .map(([path, text]) => ({ path, words: wordsOf(text) }))
    .sort((a, b) => (a.path < b.path ? -1 : 1))
}

function wordsOf(text: string): string {
  const blocks = text.match(BLOCK) ?? []
  if (blocks.length === 0) return `the text ${JSON.stringify(text)}`
  const each = blocks.map(block => {
    const { subject, validFrom, validTo } = new X509Certificate(block)
    const name = /^CN=(.*)$/m.exec(subject)?.[1] ?? subject
    return `${name}, ${formatDay(Date.parse(validFrom))} to ${formatDay(Date.parse(validTo))}`
  })
  const number = blocks.length === 1 ? 'a certificate' : `${blocks.length} certificates`
  const end = text.endsWith('\n') ? '' : ', without a newline at its end'
  return `${number} in PEM (${each.join('; ')})${end}`
}
