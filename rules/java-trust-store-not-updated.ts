import { corporate } from '../src/example-certificates.ts'
import { isUnknown } from '../src/model.ts'
import { fileName, placedAnchors } from '../src/questions/anchors.ts'
import { baseStage } from '../src/questions/base-image.ts'
import { editMend, linesBehind, otherUser, safePath } from '../src/questions/edits.ts'
import { isShipped } from '../src/questions/flow.ts'
import { shorten } from '../src/questions/words.ts'
import { defineDockerfileRule, type Evidence } from '../src/rule.ts'
import type { DockerfileModel, TracedStage } from '../src/trace/state.ts'

interface Unheard extends Evidence {
  readonly path: string
  readonly image: string
  readonly runs: boolean
}

const at = '2026-08-16'
const head = 'FROM eclipse-temurin:21\nCOPY corp.crt /usr/local/share/ca-certificates/\n'
const tail = 'RUN update-ca-certificates\nCMD ["java", "-jar", "/app.jar"]\n'

export default defineDockerfileRule<Unheard>({
  id: 'java-trust-store-not-updated',
  since: '0.1.0',
  scope: 'dockerfile',
  severity: 'warning',
  summary: "An authority is added to the system's trust store, but Java reads one of its own",
  why: `
Java does not read the system's trust store. It has a file of its own, \`cacerts\`, beside its libraries. Where Java came
from the distribution's packages, a hook of \`update-ca-certificates\` keeps that file in step. The images of Eclipse
Temurin, AdoptOpenJDK and IBM Semeru carry the JDK's own file: an authority that was added to the system is unknown to Java, which
refuses with "PKIX path building failed".

The rule fires where an anchor was added to an image on one of those bases and nothing touched a keystore. The finding is
information where Java is not what the image runs. It is silent with \`ca-certificates-java\`, where keytool or a link was
used, with USE_SYSTEM_CA_CERTS, with \`-Djavax.net.ssl.trustStore\` in a variable or on the command line, and where what
the image starts can't be read.
`,
  examples: {
    bad: [{ dockerfile: head + tail, context: { 'corp.crt': corporate }, at, line: 2, severity: 'warning' }],
    ok: [
      {
        dockerfile: `${head}RUN keytool -importcert -noprompt -trustcacerts -cacerts -storepass changeit -alias corp -file /usr/local/share/ca-certificates/corp.crt\n${tail}`,
        context: { 'corp.crt': corporate },
        at,
      },
      {
        dockerfile: `${head}ENV USE_SYSTEM_CA_CERTS=1\n${tail}`,
        context: { 'corp.crt': corporate },
        at,
      },
      {
        dockerfile:
          'FROM debian:trixie\nRUN apt-get update && apt-get install -y default-jre-headless\nCOPY corp.crt /usr/local/share/ca-certificates/\nRUN update-ca-certificates\nCMD ["java", "-jar", "/app.jar"]\n',
        context: { 'corp.crt': corporate },
        at,
      },
    ],
  },

  *check(model) {
    for (const { anchor, stage } of placedAnchors(model)) {
      if (anchor.reading !== 'read' || !anchor.refreshed || anchor.doubtful) continue
      const image = ownStore(model, stage)
      if (image === null || !isShipped(stage) || told(model, stage)) continue
      const { programs, followed } = stage.end.start
      if (!followed) continue
      const runs = programs.some(program =>
        /^(java|catalina\.sh|startup\.sh|jetty\.sh|gradle|mvn)$/.test(program),
      )
      yield { location: anchor.location, path: anchor.path, image, runs, severity: runs ? 'warning' : 'info' }
    }
  },

  message({ path, image, runs }) {
    const end = runs
      ? "Java refuses that authority's servers"
      : "Java, where it is run, refuses that authority's servers"
    return `${shorten(fileName(path))} is added to the system's trust store, but the Java of ${shorten(image)} reads its own cacerts: ${end}.`
  },

  remedy({ path, location }, model) {
    const found = model.stages
      .flatMap(stage => stage.instructions)
      .find(({ location: place }) => place.line === location.line)
    const alias = fileName(path).replace(/\.[^.]*$/, '')
    if (!safePath(path) || found === undefined || otherUser(found.after.user) !== null) return []
    const line = `RUN keytool -importcert -noprompt -trustcacerts -cacerts -storepass changeit -alias ${alias} -file ${path}`
    return editMend(
      "Import it into Java's own store too",
      [linesBehind(model, found.location.endLine, ["# Java reads its own store, not the system's.", line])],
      false,
    )
  },
})

/** Images whose JDK is unpacked with its own cacerts, by their Dockerfiles: adoptium/containers, ibmruntimes/semeru-containers. */
const OWN = /^(eclipse-temurin|adoptopenjdk|ibm-semeru-runtimes)$/

function ownStore(model: DockerfileModel, stage: TracedStage): string | null {
  const { base } = baseStage(model, stage)
  if (base.kind !== 'image') return null
  const { repo, from } = base.image
  if (OWN.test(repo)) return base.reference
  return OWN.test((from ?? '').replace(/^.*\//, '').replace(/[:@].*$/, '')) ? base.reference : null
}

/** Something was done, or said, that makes Java read the system's store or another. */
function told(model: DockerfileModel, stage: TracedStage): boolean {
  const { end } = stage
  const final = end.heir
  if (end.keystoreTouched || final.env.has('USE_SYSTEM_CA_CERTS')) return true
  if (!isUnknown(final.packages) && final.packages.has('ca-certificates-java')) return true
  if (/trustStore|cacerts|USE_SYSTEM_CA_CERTS/.test(model.text)) return true
  return [...final.env].some(
    ([name, value]) => /^(JAVA|JDK|CATALINA|MAVEN|GRADLE).*(OPTS|OPTIONS)$/.test(name) && isUnknown(value),
  )
}
