import { corporate } from '../src/example-certificates.ts'
import { isUnknown } from '../src/model.ts'
import { fileName, placedAnchors, readDirectly } from '../src/questions/anchors.ts'
import { editMend, linesBehind, otherUser } from '../src/questions/edits.ts'
import { isShipped, momentsOf, speaksAfter } from '../src/questions/flow.ts'
import { shorten } from '../src/questions/words.ts'
import { defineDockerfileRule, type Evidence } from '../src/rule.ts'

interface NotRefreshed extends Evidence {
  readonly what:
    | { readonly kind: 'never-run'; readonly path: string; readonly tool: string; readonly there: boolean }
    | { readonly kind: 'not-installed'; readonly tool: string }
}

const at = '2026-08-16'
const install = 'FROM debian:trixie\nRUN apt-get update && apt-get install -y ca-certificates\n'

export default defineDockerfileRule<NotRefreshed>({
  id: 'update-ca-certificates-missing',
  since: '0.1.0',
  scope: 'dockerfile',
  severity: 'error',
  summary: 'A certificate is put in place, but the tool that makes the trust store of it never runs',
  why: `
Copying a certificate into the folder for own authorities changes nothing by itself. Programs read one generated file,
the trust store, and only \`update-ca-certificates\` (on the family of Red Hat \`update-ca-trust\`) writes it. Where the tool
ran *before* the COPY, or never, the certificate lies in the image and nobody trusts it. The other half of the same
mistake: the tool is called in an image that does not have it, such as \`alpine\`, which holds a trust store but not the
package \`ca-certificates\`.

The rule fires where an anchor is in its right place at the end of a shipped stage and no refresh came after it, and
where the tool is surely not installed at the point where it is called. It is silent where a later installation of the
package refreshes, where a variable such as NODE_EXTRA_CA_CERTS points straight at the file or another program was given
it, where ENTRYPOINT or CMD is a script that runs the tool or that can't be read, and wherever a script of the build
can't be followed.
`,
  examples: {
    bad: [
      {
        dockerfile: `${install}RUN update-ca-certificates\nCOPY corp.crt /usr/local/share/ca-certificates/\n`,
        context: { 'corp.crt': corporate },
        at,
        line: 4,
        severity: 'error',
      },
      {
        dockerfile: 'FROM alpine\nRUN update-ca-certificates\n',
        at,
        line: 2,
      },
    ],
    ok: [
      {
        dockerfile: `${install}COPY corp.crt /usr/local/share/ca-certificates/\nRUN update-ca-certificates\n`,
        context: { 'corp.crt': corporate },
        at,
      },
      {
        dockerfile:
          'FROM debian:trixie\nCOPY corp.crt /usr/local/share/ca-certificates/\nRUN apt-get update && apt-get install -y ca-certificates\n',
        context: { 'corp.crt': corporate },
        at,
      },
      {
        dockerfile:
          'FROM node:22\nCOPY corp.crt /usr/local/share/ca-certificates/\nENV NODE_EXTRA_CA_CERTS=/usr/local/share/ca-certificates/corp.crt\n',
        context: { 'corp.crt': corporate },
        at,
      },
    ],
  },

  *check(model) {
    for (const placed of placedAnchors(model)) {
      const { anchor, stage } = placed
      const { start } = stage.end
      if (anchor.reading !== 'read' || anchor.refreshed || anchor.doubtful) continue
      if (start.refreshes || !start.followed || readDirectly(placed)) continue
      const tool =
        anchor.folder === '/usr/local/share/ca-certificates' || anchor.folder === '/etc/pki/trust/anchors'
          ? 'update-ca-certificates'
          : 'update-ca-trust'
      const { location, path } = anchor
      yield { location, what: { kind: 'never-run', path, tool, there: stage.end.heir.tool === true } }
    }
    for (const { event, stage } of momentsOf(model, 'refresh')) {
      if (event.by !== 'tool' || event.there !== false || !event.sure) continue
      if (!isShipped(stage) && !speaksAfter(model, stage, event.location.line ?? 0)) continue
      if (isUnknown(stage.end.heir.packages) || stage.distribution === null) continue
      yield { location: event.location, what: { kind: 'not-installed', tool: event.program } }
    }
  },

  message({ what }) {
    return what.kind === 'never-run'
      ? `${shorten(fileName(what.path))} is put in place, but ${what.tool} never runs after it: the trust store does not hold the authority, and programs refuse its servers.`
      : `${what.tool} is run where it is not installed: the package that brings it is missing.`
  },

  remedy({ what, location }, model) {
    if (what.kind === 'not-installed')
      return location.line === undefined ? [] : [{ kind: 'install-store', beforeLine: location.line }]
    const found = model.stages
      .flatMap(stage => stage.instructions)
      .find(
        ({ location: place }) =>
          (place.line ?? 0) <= (location.line ?? 0) && (location.line ?? 0) <= (place.endLine ?? 0),
      )
    const user = found ? otherUser(found.after.user) : null
    const lines = [
      '# The certificate counts only once the trust store is made anew with it.',
      ...(user === null ? [] : ['USER root']),
      `RUN ${what.tool}`,
      ...(user === null ? [] : [`USER ${user}`]),
    ]
    if (!what.there) return [{ kind: 'install-store' }]
    return editMend(`Run ${what.tool} after it`, [linesBehind(model, found?.location.endLine, lines)], false)
  },
})
