import { corporate } from '../src/example-certificates.ts'
import { isUnknown } from '../src/model.ts'
import { baseStage } from '../src/questions/base-image.ts'
import { editMend, textAt } from '../src/questions/edits.ts'
import { lineage, momentsOf, standsOn } from '../src/questions/flow.ts'
import { meantVariable, trustVariable } from '../src/questions/trust-variables.ts'
import { shorten } from '../src/questions/words.ts'
import { defineDockerfileRule, type Evidence } from '../src/rule.ts'
import type { DockerfileModel, TracedStage } from '../src/trace/state.ts'

interface Pointless extends Evidence {
  readonly name: string
  readonly value: string
  readonly fault: 'missing' | 'misspelt' | 'lost'
  readonly meant: string | null
  readonly edit: { readonly start: number; readonly end: number } | null
}

const at = '2026-08-16'

export default defineDockerfileRule<Pointless>({
  id: 'trust-env-path-missing',
  since: '0.1.0',
  scope: 'dockerfile',
  severity: 'error',
  summary: 'A variable that names the trust store is misspelt, or names a file that is not there',
  why: `
TLS libraries can be told by a variable which file to read their roots from: SSL_CERT_FILE for OpenSSL and Go,
REQUESTS_CA_BUNDLE for Python's requests, NODE_EXTRA_CA_CERTS for Node.js, and a few more. A file that is not there is
not an error to most of them: they go on with no roots at all and refuse every server, or without the root that was to
be added. A misspelt name is no error to anybody. And ENV ends with its stage: after the next FROM it is gone.

The rule fires where such a variable names, at the end of the stage that is built, the usual bundle of another
distribution or a bundle that was never installed; where a folder of the build context was copied and does not hold the
file; where a name differs from a known one by a slip of the pen; and where a later stage copies the file but not the
variable. It is silent for paths that a script, a package or a volume may bring, and wherever the stage is not known.
`,
  examples: {
    bad: [
      {
        dockerfile:
          'FROM debian:trixie\nRUN apt-get update && apt-get install -y ca-certificates\nENV SSL_CERT_FILE=/etc/pki/tls/certs/ca-bundle.crt\n',
        at,
        line: 3,
        severity: 'error',
      },
      {
        dockerfile: 'FROM python:3.13\nENV RESQUEST_CA_BUNDLE=/etc/ssl/certs/ca-certificates.crt\n',
        at,
        line: 2,
      },
    ],
    ok: [
      {
        dockerfile:
          'FROM debian:trixie\nENV SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt\nRUN apt-get update && apt-get install -y ca-certificates\n',
        at,
      },
      {
        dockerfile: 'FROM node:22\nCOPY corp.pem /certs/\nENV NODE_EXTRA_CA_CERTS=/certs/corp.pem\n',
        context: { 'corp.pem': corporate },
        at,
      },
    ],
  },

  *check(model) {
    const { final } = model
    if (final === null) return
    const built = new Set(lineage(model, final))
    for (const { event, stage, instruction } of momentsOf(model, 'env-set')) {
      const { name, value, location, key } = event
      if (isUnknown(value) || !value.startsWith('/')) continue
      const meant = meantVariable(name)
      if (meant !== null && /\.(pem|crt|cer)$/.test(value) && stage.ships !== 'none') {
        yield { location, name, value, fault: 'misspelt', meant, edit: key }
        continue
      }
      const variable = trustVariable(name)
      if (variable === null || variable.names === 'folder') continue
      if (built.has(stage)) {
        const now = final.end.heir.env.get(name)
        if (
          now !== value ||
          (instruction.keyword !== 'ENV' && instruction.keyword !== 'ONBUILD') ||
          !mayNotMake(model, final)
        )
          continue
        if (final.end.file(value) === null) {
          const usual = usualBundle(model)
          yield {
            location,
            name,
            value,
            fault: 'missing',
            meant: usual,
            edit: rangeOf(model, location, value),
          }
        }
      } else if (lostAtFrom(model, stage.index, name, value)) {
        yield { location, name, value, fault: 'lost', meant: null, edit: null }
      }
    }
  },

  message({ name, value, fault, meant }) {
    switch (fault) {
      case 'missing':
        return `${shorten(name)} names ${shorten(value)}, and no such file is there at the end: the programs that heed it refuse every server, or miss what was to be added.`
      case 'misspelt':
        return `No program reads ${shorten(name)}: ${meant} is meant.`
      case 'lost':
        return `${shorten(name)} ends with its stage: the stage that is built copies ${shorten(value)}, and nothing there names it.`
    }
  },

  remedy({ meant, edit, fault }) {
    if (meant === null || edit === null) return []
    const summary = fault === 'misspelt' ? `Write ${meant}` : `Name ${meant}`
    return editMend(summary, [{ ...edit, text: meant }], fault === 'missing')
  },
})

/** What the image starts surely makes no such file: it was followed, or there is no shell to make it with. */
function mayNotMake(model: DockerfileModel, final: TracedStage): boolean {
  return final.end.start.followed || baseStage(model, final).base.kind === 'scratch'
}

/** The bundle that the stage that is built surely has. */
function usualBundle({ final }: DockerfileModel): string | null {
  if (final === null || isUnknown(final.end.heir.stores)) return null
  const [store] = final.end.heir.stores
  return final.end.heir.stores.length === 1 && store !== undefined && store.path.startsWith('/etc/')
    ? store.path
    : null
}

function rangeOf(
  model: DockerfileModel,
  location: Parameters<typeof textAt>[1],
  value: string,
): { start: number; end: number } | null {
  const found = textAt(model, location)
  const at = found?.text.indexOf(value) ?? -1
  return found === null || at < 0 ? null : { start: found.start + at, end: found.start + at + value.length }
}

/** The stage that is built takes the very file from that stage, to the same place, and no variable of it names it. */
function lostAtFrom(model: DockerfileModel, index: number, name: string, value: string): boolean {
  const { final } = model
  const stage = model.stages[index]
  if (final === null || stage === undefined || standsOn(model, final, stage)) return false
  if (/^\/etc\/(ssl|pki)\//.test(value) || /\/(ca-certificates|anchors)\//.test(value)) return false
  if (
    final.end.heir.env.has(name) ||
    [...final.end.heir.env].some(([, other]) => isUnknown(other) || other.includes(value))
  )
    return false
  if (model.text.split(value).length > 5) return false
  const from = stage.name ?? String(index)
  return final.instructions.some(({ keyword, location }) => {
    const text = textAt(model, location)?.text ?? ''
    const words = text.split(/\s+/)
    return (
      keyword === 'COPY' &&
      words.some(word => word.toLowerCase() === `--from=${from.toLowerCase()}`) &&
      words.filter(word => word === value).length === 2
    )
  })
}
