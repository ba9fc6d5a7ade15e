/**
 * The Dockerfile language by what it does: each Dockerfile leaves something at {@link PROBE}, in ENV or USER, that
 * tells how it was read. The expected values are the Dockerfile reference's; `buildah` is asked for those that it knows.
 */

/** A file whose text the trace follows. */
export const PROBE = '/etc/ca-certificates.conf'

export interface LanguageCase {
  readonly name: string
  readonly text: string
  readonly args?: Readonly<Record<string, string>>
  readonly platform?: string
  /** The text at {@link PROBE}; null: not there. */
  readonly probe?: string | null
  readonly env?: Readonly<Record<string, string>>
  readonly user?: string
  /** Why another builder reads it in another way, or can't build it without more than it is given. */
  readonly ours?: string
}

/** Files of the build context. */
export const LANGUAGE_FILES: Readonly<Record<string, string>> = {
  'one.txt': 'one\n',
  'two.txt': 'two\n',
  'folder/in.txt': 'in\n',
  'folder/deep/far.txt': 'far\n',
}

const F = 'FROM alpine:3.20\n'
const P = PROBE
/** Ends of the build at whose probe stands what the shell sees of `word`. */
const say = (word: string): string => `RUN echo ${word} > ${P}\n`

const words: readonly LanguageCase[] = [
  ['${X:-d}', 'd'],
  ['${E:-d}', 'd'],
  ['${E-d}', ''],
  ['${X-d}', 'd'],
  ['${A:+d}', 'd'],
  ['${E:+d}', ''],
  ['${E+d}', 'd'],
  ['${X+d}', ''],
  ['${A:?no}', 'one'],
  ['${E?no}', ''],
  ['${X:-${A}}', 'one'],
  ['${A}${A}', 'oneone'],
  ["'$A'", '$A'],
  ['"$A b"', 'one b'],
  ['\\$A', '$A'],
  ['"\\$A"', '$A'],
  ['a\\ b', 'a b'],
  ['"it\'s"', "it's"],
  ['\'a "b"\'', 'a "b"'],
].map(([word, value]) => ({ name: word!, text: `${F}ENV A=one E=\nENV R=${word}\n`, env: { R: value! } }))

/** BuildKit alone knows these. */
const patterns: readonly LanguageCase[] = [
  ['${V#v}', '1.2.3'],
  ['${V#*.}', '2.3'],
  ['${V##*.}', '3'],
  ['${V%.*}', 'v1.2'],
  ['${V%%.*}', 'v1'],
  ['${V%?}', 'v1.2.'],
  ['${V/./-}', 'v1-2.3'],
  ['${V//./-}', 'v1-2-3'],
  ['${V/*/x}', 'x'],
  ['${S#\\*}', '/[b]'],
  ['${S#\\?}', '*/[b]'],
  ['${S%[b]}', '*/'],
  ['${S%[a-z]]}', '*/[b]'],
  ['${S/\\//-}', '*-[b]'],
].map(([word, value]) => ({
  name: word!,
  text: `${F}ENV V=v1.2.3 S='*/[b]'\nENV R=${word}\n`,
  env: { R: value! },
  ours: 'patterns are of BuildKit since 1.7 of its syntax',
}))

export const languageCases: readonly LanguageCase[] = [
  ...words,
  ...patterns,
  // Directives and the shape of lines.
  { name: 'another escape character', text: `# escape=\`\n${F}RUN echo a \`\n  b > ${P}\n`, probe: 'a b\n' },
  {
    name: 'directives in any case, one behind the other',
    text: `# SYNTAX=docker/dockerfile:1\n#EsCaPe = \`\n${F}RUN echo a \`\n  b > ${P}\n`,
    probe: 'a b\n',
    ours: 'it would be told to fetch the syntax',
  },
  {
    name: 'no directive behind a comment',
    text: `# a comment\n# escape=\`\n${F}RUN echo a \\\n  b > ${P}\n`,
    probe: 'a b\n',
  },
  {
    name: 'an escape in words, with another character',
    text: `# escape=\`\n${F}ENV A=one B=a\`$A C=a\\b\n`,
    env: { B: 'a$A', C: 'a\\b' },
    ours: 'it keeps the backslash for words',
  },
  {
    name: 'comments and blank lines between continued lines',
    text: `${F}RUN echo a \\\n  # no\n\n\\\n  b \\\n# no\n > ${P}\n`,
    probe: 'a b\n',
    ours: 'a line that holds the escape character alone is of BuildKit',
  },
  { name: 'a comment mark inside a line', text: `${F}RUN echo a#b > ${P}\n`, probe: 'a#b\n' },
  { name: 'CRLF', text: `${F}RUN echo a \\\n  b > ${P}\n`.replaceAll('\n', '\r\n'), probe: 'a b\n' },
  { name: 'a byte order mark', text: `\uFEFF${F}${say('a')}`, probe: 'a\n' },
  { name: 'keywords in any case', text: `from alpine:3.20\nEnV A=b\nuSeR 7\n`, env: { A: 'b' }, user: '7' },
  // ARG and ENV.
  { name: 'ENV without =', text: `${F}ENV A one  two\n`, env: { A: 'one  two' } },
  { name: 'values of one ENV see those before it', text: `${F}ENV A=x\nENV A=y B=$A\n`, env: { B: 'x' } },
  { name: 'ENV wins over ARG', text: `${F}ENV A=env\nARG A=arg\n${say('$A')}`, probe: 'env\n' },
  {
    name: 'a global ARG in FROM',
    text: `ARG V=3.20\nARG I=alpine:$V\nFROM $I\n${say('a')}`,
    probe: 'a\n',
  },
  { name: 'a global ARG is not in a stage', text: `ARG A=x\n${F}ENV R=[$A]\n`, env: { R: '[]' } },
  { name: 'unless it is declared there', text: `ARG A=x\n${F}ARG A\nENV R=[$A]\n`, env: { R: '[x]' } },
  { name: 'with a default of its own', text: `ARG A=x\n${F}ARG A=y\nENV R=[$A]\n`, env: { R: '[y]' } },
  {
    name: 'ARG ends with its stage',
    text: `FROM alpine:3.20 AS a\nARG A=x\nFROM a\nENV R=[$A]\n`,
    env: { R: '[]' },
  },
  {
    name: 'several in one ARG',
    text: `${F}ARG A=x B=\${A}y\n${say('$B')}`,
    probe: 'xy\n',
    ours: 'it is of BuildKit',
  },
  { name: '--build-arg', text: `${F}ARG A=x\n${say('$A')}`, args: { A: 'given' }, probe: 'given\n' },
  {
    name: '--build-arg that nothing declares',
    text: `${F}ENV R=[$A]\n`,
    args: { A: 'given' },
    env: { R: '[]' },
  },
  {
    name: '--build-arg of a global ARG',
    text: `ARG A=x\n${F}ARG A\n${say('$A')}`,
    args: { A: 'given' },
    probe: 'given\n',
  },
  {
    name: 'proxies need no ARG',
    text: `${F}${say('$http_proxy $FTP_PROXY')}`,
    args: { http_proxy: 'http://p:1', FTP_PROXY: 'http://q:1' },
    probe: 'http://p:1 http://q:1\n',
  },
  {
    name: 'platforms',
    text: `${F}ARG TARGETPLATFORM\nARG TARGETARCH\nARG TARGETOS\n${say('$TARGETPLATFORM $TARGETOS $TARGETARCH')}`,
    platform: 'linux/amd64',
    probe: 'linux/amd64 linux amd64\n',
  },
  {
    name: 'a platform of --build-arg',
    text: `ARG TARGETARCH\nFROM alpine:3.20\nARG TARGETARCH\n${say('$TARGETARCH')}`,
    args: { TARGETARCH: 'mine' },
    probe: 'mine\n',
    ours: 'it keeps its own',
  },
  {
    name: 'an ARG that hides a platform',
    text: `${F}ARG TARGETARCH=mine\n${say('$TARGETARCH')}`,
    probe: 'mine\n',
    ours: 'it keeps its own',
  },
  // Stages.
  {
    name: 'stages by name, in any case',
    text: `FROM alpine:3.20 AS One\nENV A=x\nFROM one AS two\nENV B=y\nFROM TWO\n`,
    env: { A: 'x', B: 'y' },
    ours: 'it compares names with their case',
  },
  {
    name: 'COPY --from by number and by name',
    text: `FROM alpine:3.20 AS a\nRUN echo 1 > /x\nFROM alpine:3.20\nRUN echo 2 > /x\n${F}COPY --from=1 /x /y\nCOPY --from=a /x /z\nRUN cat /y /z > ${P}\n`,
    probe: '2\n1\n',
  },
  {
    name: 'FROM scratch',
    text: `FROM alpine:3.20 AS a\nRUN echo 1 > /x\nFROM scratch\nCOPY --from=a /x ${P}\n`,
    probe: '1\n',
  },
  {
    name: 'FROM --platform',
    text: `FROM --platform=linux/amd64 alpine:3.20\n${say('a')}`,
    platform: 'linux/amd64',
    probe: 'a\n',
  },
  // COPY and ADD.
  { name: 'COPY to a file', text: `${F}COPY one.txt ${P}\n`, probe: 'one\n' },
  {
    name: 'COPY of several',
    text: `${F}COPY one.txt two.txt /d/\nRUN cat /d/one.txt /d/two.txt > ${P}\n`,
    probe: 'one\ntwo\n',
  },
  {
    name: 'COPY of a pattern',
    text: `${F}COPY *.txt /d/\nRUN cat /d/one.txt /d/two.txt > ${P}\n`,
    probe: 'one\ntwo\n',
  },
  { name: 'COPY of a folder', text: `${F}COPY folder /d\nRUN cat /d/deep/far.txt > ${P}\n`, probe: 'far\n' },
  { name: 'COPY in JSON', text: `${F}COPY ["one.txt", "${P}"]\n`, probe: 'one\n' },
  {
    name: 'COPY below WORKDIR',
    text: `${F}WORKDIR /etc\nCOPY one.txt ca-certificates.conf\n`,
    probe: 'one\n',
  },
  {
    name: 'WORKDIR relative and by a variable',
    text: `${F}ENV D=etc\nWORKDIR /\nWORKDIR $D\nRUN echo a > ca-certificates.conf\n`,
    probe: 'a\n',
  },
  {
    name: '--link, --chmod and --chown change no content',
    text: `${F}COPY --link --chmod=0600 --chown=1:1 one.txt ${P}\n`,
    probe: 'one\n',
    ours: 'not all versions know --link',
  },
  { name: 'ADD of a file', text: `${F}ADD --chmod=644 one.txt ${P}\n`, probe: 'one\n' },
  {
    name: '--parents',
    text: `${F}COPY --parents folder/deep/far.txt /d/\nRUN cat /d/folder/deep/far.txt > ${P}\n`,
    probe: 'far\n',
    ours: 'not all versions know it',
  },
  {
    name: '--parents from /./ on',
    text: `${F}COPY --parents ./folder/./deep/far.txt /d/\nRUN cat /d/deep/far.txt > ${P}\n`,
    probe: 'far\n',
    ours: 'not all versions know it',
  },
  {
    name: '--exclude',
    text: `${F}RUN mkdir /d && echo a > /d/one.txt\nCOPY --exclude=one.* *.txt /d/\nRUN cat /d/one.txt /d/two.txt > ${P}\n`,
    probe: 'a\ntwo\n',
    ours: 'not all versions know it',
  },
  {
    name: '--exclude in a folder',
    text: `${F}RUN mkdir -p /d && echo a > /d/in.txt\nCOPY --exclude=in.txt --exclude=other folder /d\nRUN cat /d/in.txt /d/deep/far.txt > ${P}\n`,
    probe: 'a\nfar\n',
    ours: 'not all versions know it',
  },
  // Here-documents.
  { name: 'RUN <<EOF', text: `${F}RUN <<EOF\nA=x\necho $A > ${P}\nEOF\n`, probe: 'x\n' },
  { name: 'RUN <<-EOF', text: `${F}RUN <<-EOF\n\tA=x\n\techo "$A" > ${P}\n\tEOF\n`, probe: 'x\n' },
  { name: "RUN <<'EOF'", text: `${F}RUN <<'EOF'\nA=x\necho $A > ${P}\nEOF\n`, probe: 'x\n' },
  { name: 'a shell reads one', text: `${F}RUN sh <<EOF\necho x > ${P}\nEOF\n`, probe: 'x\n' },
  {
    name: 'cat reads one, unquoted',
    text: `${F}ENV A=x\nRUN cat <<EOF > ${P}\n$A \\$A\nEOF\n`,
    probe: 'x $A\n',
  },
  { name: 'cat reads one, quoted', text: `${F}ENV A=x\nRUN cat <<"EOF" > ${P}\n$A\nEOF\n`, probe: '$A\n' },
  {
    name: 'two in one line',
    text: `${F}RUN cat <<A > /a && cat <<B > ${P}\n1\nA\n2\nB\n`,
    probe: '2\n',
  },
  {
    name: 'two of them alone are no script',
    text: `${F}RUN <<A <<B\necho 1 > ${P}\nA\necho 2 > ${P}\nB\n`,
    probe: null,
  },
  { name: 'COPY <<EOF', text: `${F}ENV A=x\nCOPY <<EOF ${P}\n$A "\${B:-y}"\nEOF\n`, probe: 'x "y"\n' },
  { name: 'COPY <<"EOF"', text: `${F}ENV A=x\nCOPY <<"EOF" ${P}\n$A\nEOF\n`, probe: '$A\n' },
  { name: 'COPY <<-EOF', text: `${F}COPY <<-EOF ${P}\n\ta\n\t\tb\n\tEOF\n`, probe: 'a\nb\n' },
  {
    name: 'escapes in COPY <<EOF',
    text: `${F}ENV A=x\nCOPY <<EOF ${P}\n\\$A a\\b c\\\\d\nEOF\n`,
    probe: '$A ab c\\d\n',
    ours: 'it keeps some of them',
  },
  {
    name: 'ADD <<EOF into a folder',
    text: `${F}ADD <<a <<b /d/\n1\na\n2\nb\nRUN cat /d/a /d/b > ${P}\n`,
    probe: '1\n2\n',
  },
  // RUN, SHELL, ONBUILD, mounts.
  { name: 'exec form', text: `${F}ENV A=x\nRUN ["sh", "-c", "echo $A > ${P}"]\n`, probe: 'x\n' },
  {
    name: 'exec form expands nothing itself',
    text: `${F}ENV A=x\nRUN ["cp", "/etc/hostname", "/$A"]\n${say('a')}`,
    probe: 'a\n',
    ours: 'a base need not have the file',
  },
  {
    name: 'what is no JSON is for the shell',
    text: `${F}RUN [ "a" = "a" ] && echo a > ${P}\n`,
    probe: 'a\n',
  },
  { name: 'SHELL', text: `${F}SHELL ["/bin/ash", "-e", "-c"]\n${say('a')}`, probe: 'a\n' },
  {
    name: 'ONBUILD runs in the child',
    text: `FROM alpine:3.20 AS a\nONBUILD RUN echo x >> ${P}\nRUN echo y >> ${P}\nFROM a\nRUN echo z >> ${P}\n`,
    probe: 'y\nx\nz\n',
    ours: 'it runs those of images, not of stages',
  },
  {
    name: 'ONBUILD does not run in its own stage',
    text: `${F}RUN echo y > ${P}\nONBUILD RUN echo x >> ${P}\n`,
    probe: 'y\n',
  },
  {
    name: 'ONBUILD is not handed on twice',
    text: `FROM alpine:3.20 AS a\nONBUILD RUN echo x >> ${P}\nFROM a AS b\nRUN echo y >> ${P}\nFROM b\nRUN echo z >> ${P}\n`,
    probe: 'x\ny\nz\n',
    ours: 'it runs those of images, not of stages',
  },
  { name: 'USER by a variable', text: `${F}ARG U=nobody\nUSER $U:$U\n`, user: 'nobody:nobody' },
  {
    name: 'bind from the context',
    text: `${F}RUN --mount=type=bind,source=one.txt,target=/m/a cat /m/a > ${P}\n`,
    probe: 'one\n',
  },
  {
    name: 'bind of a folder',
    text: `${F}RUN --mount=source=folder,target=/m cat /m/deep/far.txt > ${P}\n`,
    probe: 'far\n',
  },
  {
    name: 'bind of the whole context',
    text: `${F}RUN --mount=target=/m cat /m/one.txt > ${P}\n`,
    probe: 'one\n',
  },
  {
    name: 'bind from a stage',
    text: `FROM alpine:3.20 AS a\nRUN echo x > /x\n${F}RUN --mount=type=bind,from=a,source=/x,target=/m cat /m > ${P}\n`,
    probe: 'x\n',
  },
  {
    name: 'what lay under it is back',
    text: `${F}RUN mkdir /m && echo x > /m/a\nRUN --mount=source=folder,target=/m cat /m/in.txt > ${P}\nRUN cat /m/a >> ${P}\n`,
    probe: 'in\nx\n',
    ours: 'in a chroot it takes the folder away',
  },
  {
    name: 'tmpfs is empty, and what is written there is lost',
    text: `${F}RUN mkdir /m && echo x > /m/a\nRUN --mount=type=tmpfs,target=/m echo y > /m/a\nRUN cat /m/a > ${P}\n`,
    probe: 'x\n',
    ours: 'in a chroot it takes the folder away',
  },
  {
    name: 'a cache is not part of the image',
    text: `${F}RUN mkdir /m && echo x > /m/a\nRUN --mount=type=cache,target=/m,sharing=locked echo y > /m/a\nRUN cat /m/a > ${P}\n`,
    probe: 'x\n',
    ours: 'in a chroot it takes the folder away',
  },
]
