/** Where a finding is, in SARIF's words. */
import { fileOf, imageName } from '../place.ts'
import type { Report, ReportFinding, ReportTarget } from '../report.ts'
import { visible } from '../visible.ts'

export interface LocationInput {
  readonly target: ReportTarget
  readonly report: Report
}

/** The base of what lies in images: described, and without a place on disk. */
export const IMAGES = {
  id: 'IMAGES',
  definition: {
    IMAGES: { description: { text: 'Files inside of images: the name of the image, then the path in it.' } },
  },
} as const

/** A file as a relative URI (RFC 3986), or `file:` for an absolute path. */
export function artifactOf(file: string): { uri: string; uriBaseId?: string } {
  const absolute = file.startsWith('/')
  return { uri: absolute ? `file://${uriPath(file)}` : uriPath(file) }
}

function uriPath(path: string): string {
  return path
    .replace(/\p{Cs}/gu, '\ufffd')
    .split('/')
    .map(encodeURIComponent)
    .join('/')
}

export function locationOf(finding: ReportFinding, input: LocationInput): object {
  const { location } = finding
  const file = fileOf(finding)
  if (file === null) return imageLocation(finding, input)
  const { line, column, endLine, endColumn, stage, text } = location
  return {
    physicalLocation: {
      artifactLocation: artifactOf(file),
      ...(line === undefined
        ? {}
        : {
            region: {
              startLine: line,
              ...(column === undefined ? {} : { startColumn: column }),
              ...(endLine === undefined ? {} : { endLine }),
              ...(endColumn === undefined ? {} : { endColumn }),
            },
            ...(text === undefined
              ? {}
              : {
                  contextRegion: {
                    startLine: line,
                    endLine: endLine ?? line,
                    snippet: { text: visible(text) },
                  },
                }),
          }),
    },
    ...(stage === undefined
      ? {}
      : {
          logicalLocations: [{ name: visible(stage), fullyQualifiedName: visible(stage), kind: 'namespace' }],
        }),
  }
}

/** Viewers need a file and a line: the store's path under the image's name; the logical locations say what it is. */
function imageLocation({ location }: ReportFinding, { target, report }: LocationInput): object {
  const { path, layer } = location
  const name = imageName(target, report)
  const uri = uriPath(
    `${name}${path === undefined ? '' : `/${path.replace(/^\/+/, '')}`}`.replace(/^\/+/, ''),
  )
  const image = visible(target.reference ?? target.target)
  const whole = target.digest === null ? image : `${image.replace(/@.*$/, '')}@${target.digest}`
  return {
    physicalLocation: {
      artifactLocation: { uri, uriBaseId: IMAGES.id },
      region: { startLine: 1 },
    },
    logicalLocations: [
      ...(path === undefined
        ? []
        : [{ name: visible(path), fullyQualifiedName: `${whole}:${visible(path)}`, kind: 'resource' }]),
      ...(layer === undefined
        ? []
        : [{ name: `layer ${layer}`, fullyQualifiedName: `${whole}#layer=${layer}`, kind: 'namespace' }]),
      { name: image, fullyQualifiedName: whole, kind: 'module' },
    ],
  }
}
