import { describe, expect, it } from 'vitest'
import { memoryContext } from '../../src/dockerfile/context.ts'
import { JobError } from '../../src/errors.ts'
import { traceDockerfile } from '../../src/trace/trace.ts'
import { tableKnowledge } from '../support/trace-knowledge.ts'

const knowledge = tableKnowledge()

/** Traces; a JobError is an answer, anything else that is thrown is not. */
function outcome(text: string): 'traced' | string {
  try {
    traceDockerfile(text, { file: 'Dockerfile', knowledge, context: memoryContext({}) })
    return 'traced'
  } catch (error) {
    if (!(error instanceof JobError)) throw error
    expect(error.message).not.toMatch(/[\n\u0000-\u001f]/)
    return error.code
  }
}

/** Seconds that one hostile file may take on a slow machine. */
const SECONDS = 20

describe('a hostile Dockerfile is read in bounded time and never throws but a JobError', () => {
  const from = 'FROM alpine:3.11\n'
  const cases: Record<string, string> = {
    'one line of 1 MB': `${from}RUN ${'echo a && '.repeat(100_000)}true\n`,
    'one word of 1 MB': `${from}RUN ${'a'.repeat(1_000_000)}\n`,
    'one line of 1 MB in ENV': `${from}ENV ${'A=b '.repeat(250_000)}\n`,
    '3,000 ARG and 3,000 ENV': `${from}${Array.from({ length: 3_000 }, (_, i) => `ARG A${i}=x\nENV E${i}=$A${i}$E${i - 1}`).join('\n')}\n`,
    'values that double': `${from}ENV A=xxxxxxxxxx\n${Array.from({ length: 200 }, () => 'ENV A=$A$A').join('\n')}\n`,
    'shell values that double': `${from}RUN a=xxxxxxxxxx; ${'a=$a$a; '.repeat(200)} echo $a > /etc/ca-certificates.conf\n`,
    'words that double': `${from}RUN a="x y"; ${'a="$a $a"; '.repeat(100)} apk add $a\n`,
    'an expansion without its end': `${from}ENV A=\${a:-\nENV B=\${a:-${'${a:-'.repeat(50_000)}\n`,
    'a deep expansion': `${from}ENV A=${'${a:-'.repeat(20_000)}${'}'.repeat(20_000)}\n`,
    'a deep shell expansion': `${from}RUN echo ${'${a:-'.repeat(5_000)}${'}'.repeat(5_000)}\n`,
    'deep substitutions': `${from}RUN echo ${'$('.repeat(20_000)}\n`,
    'deep closed substitutions': `${from}RUN echo ${'$(echo '.repeat(2_000)}${')'.repeat(2_000)}\n`,
    'deep quoted substitutions': `${from}RUN echo ${'"$('.repeat(5_000)}\n`,
    'deep groups': `${from}RUN ${'{ '.repeat(10_000)}true${'; }'.repeat(10_000)}\n`,
    'deep subshells': `${from}RUN ${'('.repeat(10_000)}true${')'.repeat(10_000)}\n`,
    'deep sh -c': `${from}RUN ${'sh -c "'.repeat(2_000)}\n`,
    'functions that call each other': `${from}RUN a() { b; b; }; b() { a; a; }; a\n`,
    'nested loops': `${from}RUN ${'for i in 1 2 3 4 5 6 7 8 9 10; do '.repeat(12)} apk add x; ${'done; '.repeat(12)}\n`,
    'a file that runs itself': `${from}RUN echo 'sh /x; sh /x' > /x && sh /x\n`,
    'many branches': `${from}RUN ${'[ -f a ] && apk add ca-certificates; '.repeat(3_000)}\n`,
    'many nested branches': `${from}RUN ${'if [ -f a ]; then apk del ca-certificates; else '.repeat(200)} true; ${'fi; '.repeat(200)}\n`,
    'a pattern that backtracks': `${from}RUN sed -i 's/\\(a*\\)*b/x/; /\\(.*\\)\\(.*\\)\\(.*\\)\\(.*\\)X/d; :a;N;$!ba;s/\\n.*.*.*/x/' /etc/ssl/cert.pem\n`,
    'a sed that never ends': `${from}RUN sed -i ':a; s/x/x/; ta; ba' /etc/ssl/cert.pem\n`,
    'many stages': Array.from(
      { length: 2_000 },
      (_, i) => `FROM ${i ? `s${i - 1}` : 'alpine:3.11'} AS s${i}\nENV A${i}=b`,
    ).join('\n'),
    'many copies': `FROM alpine:3.11 AS a\nFROM scratch\n${'COPY --from=a / /\n'.repeat(2_000)}`,
    'many instructions': `${from}${'RUN apk add curl\n'.repeat(5_000)}`,
    'many here-documents': `${from}RUN ${'cat <<E && '.repeat(2_000)} true\n${'E\n'.repeat(2_000)}`,
    'many continued comments': `${from}RUN a \\\n${'# b\n'.repeat(50_000)} c\n`,
    'links in a circle': `${from}RUN ln -s /a /b && ln -s /b /a && cat /a > /etc/ssl/cert.pem\n`,
    'a glob that backtracks': `${from}ARG A=${'a'.repeat(900)}\nENV B=\${A##${'*a'.repeat(300)}b}\nRUN rm -rf ${'/*'.repeat(500)}/x ${'*a'.repeat(1000)}b\n`,
    'a deep JSON form': `${from}RUN ${'['.repeat(100_000)}\n`,
    'brackets and quotes that stay open': `${from}RUN "\nCOPY ["a\nENV A="\nUSER '\n`,
  }
  for (const [name, text] of Object.entries(cases)) {
    it(name, { timeout: SECONDS * 1000 }, () => {
      const begin = process.hrtime.bigint()
      outcome(text)
      expect(Number(process.hrtime.bigint() - begin) / 1e9).toBeLessThan(SECONDS)
    })
  }
})

describe('20,000 files of random tokens', () => {
  const tokens = (
    'FROM RUN COPY ADD ENV ARG ONBUILD SHELL USER HEALTHCHECK CMD alpine:3.11 debian:12 scratch AS a b 0 --from=a --from=0 ' +
    '--mount=type=cache,target=/etc/ssl --platform=linux/arm64 apk add del apt-get install -y ca-certificates curl -k ' +
    'https://a.b/c $A ${A} ${A:-x} ${A#*} ${a:- $( ) ` " \' \\ && || ; | > >> < << <<EOF EOF { } ( ) if then else fi for i in ' +
    'do done while case esac ;; * [ ] [[ ]] = == -f ! sed -i s/a/b/ /AddTrust/d /etc/ca-certificates.conf update-ca-certificates ' +
    'rm -rf /etc/ssl/certs ln -s cp mv cat tee /etc/ssl/cert.pem echo printf %s export unset GIT_SSL_NO_VERIFY=1 sh -c eval . ' +
    'exit return set -e -- [" "] , # \u0000 \u202e \ud800 é'
  ).split(' ')
  // A small generator of its own (mulberry32): the same files each time.
  const random = (seed: number) => (): number => {
    seed = (seed + 0x6d2b79f5) | 0
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }

  it('give a trace or a JobError', { timeout: 120_000 }, () => {
    const next = random(20_200_530)
    const seen = new Set<string>()
    for (let round = 0; round < 20_000; round += 1) {
      const count = 1 + Math.floor(next() * 40)
      let text = next() < 0.9 ? 'FROM alpine:3.11\nRUN ' : ''
      for (let index = 0; index < count; index += 1) {
        const separator = next()
        text += tokens[Math.floor(next() * tokens.length)]!
        text +=
          separator < 0.75
            ? ' '
            : separator < 0.85
              ? ''
              : separator < 0.92
                ? '\n'
                : separator < 0.96
                  ? ' \\\n'
                  : '\nRUN '
      }
      try {
        seen.add(outcome(text))
      } catch (error) {
        throw new Error(`round ${round}: ${JSON.stringify(text)}`, { cause: error })
      }
    }
    expect([...seen].sort()).toEqual(['malformed', 'traced'])
  })
})
