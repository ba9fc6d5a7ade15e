import { corporate } from '../src/example-certificates.ts'
import { isUnknown, type Location } from '../src/model.ts'
import { fileName, placedAnchors } from '../src/questions/anchors.ts'
import { baseStage } from '../src/questions/base-image.ts'
import { editMend, linesBehind, safePath, textAt } from '../src/questions/edits.ts'
import { isShipped, lineage } from '../src/questions/flow.ts'
import { shorten } from '../src/questions/words.ts'
import { defineDockerfileRule, type Evidence } from '../src/rule.ts'
import type { DockerfileModel, TracedAnchor, TracedStage } from '../src/trace/state.ts'

interface Unheard extends Evidence {
  readonly program: string
  readonly runtime: 'node' | 'python'
  readonly path: string
  readonly use: 'build' | 'start'
  /** The last line of the instruction behind which a variable helps. */
  readonly behind: number | undefined
}

const at = '2026-08-16'
const head = 'FROM node:22\nCOPY corp.crt /usr/local/share/ca-certificates/\nRUN update-ca-certificates\n'

export default defineDockerfileRule<Unheard>({
  id: 'language-bundle-not-updated',
  since: '0.1.0',
  scope: 'dockerfile',
  severity: 'warning',
  summary: "An authority is added to the system's trust store, but Node.js or pip reads roots of its own",
  why: `
Some programs bring their own list of roots and never look at the system's. The official builds of Node.js have it
inside the program; pip and many libraries of Python bring it as the package certifi. An authority that was added to the
system, for a company's proxy or its own registry, is unknown to them: \`npm install\` or \`pip install\` fails with
"self-signed certificate in certificate chain", although curl works in the same image.

The rule fires where npm, yarn, pnpm or pip installs from the network after an anchor was put in place, on the official
images of Node.js and Python. The finding is information where nothing but the image's final program is Node.js. It is
silent where a variable (NODE_EXTRA_CA_CERTS, NODE_OPTIONS with \`--use-system-ca\`, PIP_CERT, REQUESTS_CA_BUNDLE), a flag
or a configuration tells the program what to read, and for pip from 24.2 on, which reads the system's store.
`,
  examples: {
    bad: [
      {
        dockerfile: `${head}RUN npm ci\nCMD ["node", "server.js"]\n`,
        context: { 'corp.crt': corporate },
        at,
        line: 4,
        severity: 'warning',
      },
      {
        dockerfile: `${head}CMD ["node", "server.js"]\n`,
        context: { 'corp.crt': corporate },
        at,
        line: 2,
        severity: 'info',
      },
    ],
    ok: [
      {
        dockerfile: `${head}ENV NODE_EXTRA_CA_CERTS=/usr/local/share/ca-certificates/corp.crt\nRUN npm ci\nCMD ["node", "server.js"]\n`,
        context: { 'corp.crt': corporate },
        at,
      },
      { dockerfile: 'FROM node:22\nRUN npm ci\nCMD ["node", "server.js"]\n', at },
      {
        dockerfile:
          'FROM python:3.13\nCOPY corp.crt /usr/local/share/ca-certificates/\nRUN update-ca-certificates\nRUN pip install flask\n',
        context: { 'corp.crt': corporate },
        at,
      },
    ],
  },

  *check(model) {
    const done = new Set<TracedStage>()
    for (const stage of model.stages) {
      const first = new Set<string>()
      for (const { events, location: place } of stage.instructions) {
        for (const event of events) {
          if (event.kind !== 'own-roots-use' || first.has(event.runtime)) continue
          const anchor = before(model, stage, event.location)
          if (anchor === null || !brings(model, stage, event.runtime)) continue
          first.add(event.runtime)
          for (const under of lineage(model, stage)) done.add(under)
          const behind = lastLine(model, anchor)
          yield {
            location: event.location.line === undefined ? place : event.location,
            program: event.program,
            runtime: event.runtime,
            path: anchor.path,
            use: 'build',
            behind,
          }
        }
      }
    }
    for (const { anchor, stage } of placedAnchors(model)) {
      if (
        lineage(model, stage).some(under => done.has(under)) ||
        anchor.reading !== 'read' ||
        !anchor.refreshed ||
        anchor.doubtful
      )
        continue
      if (!isShipped(stage) || stage !== model.final || !startsNode(model, stage)) continue
      yield {
        location: anchor.location,
        severity: 'info',
        program: 'Node.js',
        runtime: 'node',
        path: anchor.path,
        use: 'start',
        behind: lastLine(model, anchor),
      }
    }
  },

  message({ program, path, runtime, use }) {
    const roots = runtime === 'node' ? 'the roots inside Node.js' : "certifi's roots"
    const name = shorten(fileName(path))
    return use === 'build'
      ? `${shorten(program)} reads ${roots}, not the system's trust store: ${name}, which was added there, means nothing to it.`
      : `The image runs Node.js, which reads its own roots and not the system's trust store: ${name} means nothing to it.`
  },

  remedy({ runtime, path, behind }, model) {
    const file = runtime === 'node' ? path : '/etc/ssl/certs/ca-certificates.crt'
    if (!safePath(file)) return []
    const variable = runtime === 'node' ? 'NODE_EXTRA_CA_CERTS' : 'PIP_CERT'
    const reason =
      runtime === 'node'
        ? "# Node.js adds these to its own roots; it does not read the system's."
        : '# pip reads its own roots unless it is told which.'
    return editMend(
      `Name it in ${variable}`,
      [linesBehind(model, behind, [reason, `ENV ${variable}=${file}`])],
      true,
    )
  },
})

/** The anchor that was put in place before that, in this stage or under it. */
function before(model: DockerfileModel, stage: TracedStage, { line = 0 }: Location): TracedAnchor | null {
  for (const under of lineage(model, stage).reverse()) {
    const found = under.end.anchors.find(
      ({ location, reading, doubtful, refreshed }) =>
        reading === 'read' && !doubtful && refreshed && (location.line ?? Number.MAX_SAFE_INTEGER) < line,
    )
    if (found) return found
  }
  return null
}

/** Does the program come with the official image, with its own roots? */
function brings(model: DockerfileModel, stage: TracedStage, runtime: 'node' | 'python'): boolean {
  const { base } = baseStage(model, stage)
  if (base.kind !== 'image' || base.image.repo !== runtime) return false
  if (runtime === 'node') return true
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(base.image.tag) ?? []
  if (major === undefined || minor === undefined) return false
  // pip 24.2, of 2024-07-28, reads the system's store on Python 3.10 and newer.
  const older = Number(major) < 3 || (Number(major) === 3 && Number(minor) < 10)
  return older || (base.image.until !== null && base.image.until < '2024-07-28')
}

/** Node.js of the official image is what is started, and nothing tells it to read other roots. */
function startsNode(model: DockerfileModel, stage: TracedStage): boolean {
  const { start, configured } = stage.end
  if (!start.followed || configured.has('node') || !brings(model, stage, 'node')) return false
  if (!start.programs.some(program => /^(node|npm|yarn|pnpm|pm2|next)$/.test(program))) return false
  const { env } = stage.end.heir
  if (
    ['NODE_EXTRA_CA_CERTS', 'NODE_USE_SYSTEM_CA', 'NODE_TLS_REJECT_UNAUTHORIZED'].some(name => env.has(name))
  )
    return false
  const options = env.get('NODE_OPTIONS')
  if (options !== undefined && (isUnknown(options) || /use-(openssl|system)-ca/.test(options))) return false
  return !stage.instructions.some(
    ({ keyword, location }) =>
      (keyword === 'CMD' || keyword === 'ENTRYPOINT') &&
      /use-(openssl|system)-ca|NODE_EXTRA_CA_CERTS/.test(textAt(model, location)?.text ?? ''),
  )
}

function lastLine(model: DockerfileModel, { location }: TracedAnchor): number | undefined {
  return model.stages
    .flatMap(({ instructions }) => instructions)
    .find(
      ({ location: place }) =>
        (place.line ?? 0) <= (location.line ?? 0) && (location.line ?? 0) <= (place.endLine ?? 0),
    )?.location.endLine
}
