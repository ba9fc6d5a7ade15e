import { describe, expect, it } from 'vitest'
import { isUnknown } from '../../src/model.ts'
import { certificates } from '../support/trace-certificates.ts'
import { storeWords, traced } from '../support/traced.ts'
import { variants } from '../support/variants.ts'

const B = '/etc/ssl/certs/ca-certificates.crt'
const P = '/etc/ssl/cert.pem'
const T = '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem'
const sentry = 'FROM sentry:9.1.2'
const old = `${B}=12AD`
const without = `${B}=12D`
const corporate = { 'ca.crt': certificates[6]!.pem, 'two.crt': certificates[7]!.pem }

/** name | Dockerfile behind its FROM | stores at the end (`?`: not known) */
type Row = readonly [string, string, string]

const debian: readonly Row[] = [
  ['a base that nothing changes', 'RUN true', old],
  [
    "the seed's line",
    'RUN sed -i "/AddTrust_External_Root.crt/d" /etc/ca-certificates.conf && update-ca-certificates -f -v',
    without,
  ],
  [
    'deselected by !',
    "RUN sed -i 's/^mozilla\\/AddTrust_/!&/' /etc/ca-certificates.conf && update-ca-certificates",
    without,
  ],
  [
    'other delimiters',
    "RUN sed -i -e 's|^mozilla/AddTrust|!mozilla/AddTrust|' /etc/ca-certificates.conf && update-ca-certificates",
    without,
  ],
  [
    'an address with a delimiter of its own',
    "RUN sed -i '\\=AddTrust=d' /etc/ca-certificates.conf && update-ca-certificates",
    without,
  ],
  [
    'a copy is kept',
    "RUN sed -i.bak '/AddTrust/d' /etc/ca-certificates.conf && update-ca-certificates",
    without,
  ],
  [
    'an empty suffix',
    'RUN sed -i"" "/AddTrust/d" /etc/ca-certificates.conf && update-ca-certificates',
    without,
  ],
  [
    'extended syntax',
    "RUN sed -ri '/(AddTrust|DST)_/d' /etc/ca-certificates.conf && update-ca-certificates",
    `${B}=12`,
  ],
  ['a negated address', "RUN sed -i '/Root/!d' /etc/ca-certificates.conf && update-ca-certificates", old],
  [
    'the refresh in the next RUN',
    'RUN sed -i /AddTrust/d /etc/ca-certificates.conf\nRUN update-ca-certificates',
    without,
  ],
  ['no refresh', 'RUN sed -i /AddTrust/d /etc/ca-certificates.conf', old],
  ['refreshed before it', 'RUN update-ca-certificates && sed -i /AddTrust/d /etc/ca-certificates.conf', old],
  [
    'a name that is not there',
    'RUN sed -i /AddTrust_External_CA/d /etc/ca-certificates.conf && update-ca-certificates',
    old,
  ],
  [
    'sed to a file that is moved',
    "RUN sed '/AddTrust/d' /etc/ca-certificates.conf > /tmp/c && mv /tmp/c /etc/ca-certificates.conf && update-ca-certificates",
    without,
  ],
  [
    'grep to a file that is moved',
    'RUN grep -v AddTrust /etc/ca-certificates.conf > /tmp/c && mv /tmp/c /etc/ca-certificates.conf; update-ca-certificates',
    without,
  ],
  [
    'grep -F and cat back',
    'RUN grep -vF AddTrust_External_Root.crt /etc/ca-certificates.conf > /c; cat /c > /etc/ca-certificates.conf; update-ca-certificates',
    without,
  ],
  [
    '! appended by echo',
    'RUN echo "!mozilla/AddTrust_External_Root.crt" >> /etc/ca-certificates.conf && update-ca-certificates',
    old,
  ],
  [
    'conf written anew',
    'RUN echo mozilla/Root_One.crt > /etc/ca-certificates.conf && update-ca-certificates',
    `${B}=1`,
  ],
  [
    'conf by tee',
    'RUN echo mozilla/Root_One.crt | tee /etc/ca-certificates.conf && update-ca-certificates',
    `${B}=1`,
  ],
  [
    'conf by printf',
    "RUN printf 'mozilla/Root_One.crt\\nmozilla/Root_Two.crt\\n' > /etc/ca-certificates.conf && update-ca-certificates",
    `${B}=12`,
  ],
  [
    'dpkg-reconfigure',
    'RUN sed -i /AddTrust/d /etc/ca-certificates.conf && dpkg-reconfigure -f noninteractive ca-certificates',
    without,
  ],
  [
    'the deleted line comes back with an upgrade',
    'RUN sed -i /AddTrust/d /etc/ca-certificates.conf && apt-get install -y ca-certificates',
    `${B}=12DN`,
  ],
  [
    '! stays through an upgrade',
    "RUN sed -i 's/^mozilla\\/DST/!&/' /etc/ca-certificates.conf && apt-get install -y ca-certificates",
    `${B}=12N`,
  ],
  [
    'in the bundle itself, by lines of a certificate',
    'RUN sed -i "/-----BEGIN/,/-----END/d" /etc/ssl/certs/ca-certificates.crt',
    `${B}=`,
  ],
  [
    'an install brings the newest',
    'RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates',
    `${B}=12DN`,
  ],
  ['apt-get upgrade too', 'RUN apt-get update && apt-get -y upgrade', `${B}=12DN`],
  ['only downloaded', 'RUN apt-get install -d ca-certificates', old],
  [
    'a variable with a script',
    'RUN X=AddTrust; sed -i "/$X/d" /etc/ca-certificates.conf && update-ca-certificates',
    without,
  ],
  [
    'a loop over names',
    'RUN for n in AddTrust DST; do sed -i "/$n/d" /etc/ca-certificates.conf; done; update-ca-certificates',
    `${B}=12`,
  ],
  [
    'a function',
    'RUN drop() { sed -i "/$1/d" /etc/ca-certificates.conf; }; drop AddTrust; drop DST; update-ca-certificates',
    `${B}=12`,
  ],
  [
    'a subshell and cd',
    'RUN (cd /etc && sed -i /AddTrust/d ca-certificates.conf) && update-ca-certificates',
    without,
  ],
  [
    'a branch that may not be taken',
    'RUN if [ -f /x ]; then sed -i /AddTrust/d /etc/ca-certificates.conf; fi; update-ca-certificates',
    `${B}=?`,
  ],
  [
    'a branch that is taken',
    'RUN if [ "a" = "a" ]; then sed -i /AddTrust/d /etc/ca-certificates.conf; fi; update-ca-certificates',
    without,
  ],
  [
    'a branch that is not taken',
    'RUN if [ "a" = "b" ]; then sed -i /AddTrust/d /etc/ca-certificates.conf; fi; update-ca-certificates',
    old,
  ],
  [
    'a case',
    'RUN case x in y) sed -i /DST/d /etc/ca-certificates.conf;; x) sed -i /AddTrust/d /etc/ca-certificates.conf;; esac; update-ca-certificates',
    without,
  ],
  ['|| exit', 'RUN sed -i /AddTrust/d /etc/ca-certificates.conf || exit 1; update-ca-certificates', without],
  ['|| true', 'RUN sed -i /AddTrust/d /etc/ca-certificates.conf || true; update-ca-certificates', without],
  ['false &&', 'RUN false && rm -rf /etc/ssl || true', old],
  [
    'a test that the RUN lives by',
    'RUN test -f /etc/ca-certificates.conf && sed -i /AddTrust/d /etc/ca-certificates.conf && update-ca-certificates',
    without,
  ],
  [
    'sudo',
    'RUN sudo sed -i /AddTrust/d /etc/ca-certificates.conf && sudo -E update-ca-certificates',
    without,
  ],
  [
    'env and timeout',
    'RUN env A=b timeout 10 sed -i /AddTrust/d /etc/ca-certificates.conf && update-ca-certificates',
    without,
  ],
  [
    'xargs',
    'RUN echo /etc/ca-certificates.conf | xargs sed -i /AddTrust/d && update-ca-certificates',
    without,
  ],
  [
    'su -c',
    'RUN su root -c "sed -i /AddTrust/d /etc/ca-certificates.conf" && update-ca-certificates',
    without,
  ],
  [
    'a package file removed with its line left',
    'RUN rm /usr/share/ca-certificates/mozilla/AddTrust_External_Root.crt && update-ca-certificates',
    without,
  ],
  ['the store removed', 'RUN rm -rf /etc/ssl/certs', ''],
  ['all of it removed by a pattern', 'RUN rm -rf /etc/ssl/certs/*', ''],
  ['links of the folder removed', 'RUN rm -f /etc/ssl/certs/AddTrust*.pem', old],
  ['purged', 'RUN apt-get purge -y ca-certificates', ''],
  ['removed: the bundle stays', 'RUN apt-get remove -y ca-certificates', old],
  [
    'purged and put back',
    'RUN apt-get purge -y ca-certificates && apt-get install -y ca-certificates',
    `${B}=12DN`,
  ],
  ['moved away', 'RUN mv /etc/ssl/certs/ca-certificates.crt /tmp/x.crt', ''],
  [
    'replaced by a download',
    'RUN curl -o /etc/ssl/certs/ca-certificates.crt https://curl.se/ca/cacert.pem',
    `${B}=?`,
  ],
  ['a program that is given its path', 'RUN frobnicate --in /etc/ssl/certs/ca-certificates.crt', `${B}=?`],
  ['an ordinary build', 'RUN ./configure --prefix=/usr && make -j4 && make install && gcc -o a a.c', old],
  ['a script that is not here', 'RUN bash ./setup.sh', '?'],
  ['a script from the network', 'RUN curl -fsSL https://example.com/install | sh', '?'],
  ['a known installer', "RUN curl --proto '=https' -sSf https://sh.rustup.rs | sh -s -- -y", old],
  ['an archive over a trust folder', 'RUN tar -xzf x.tgz -C /etc/ssl', '?'],
  ['an archive elsewhere', 'RUN tar -xzf x.tgz -C /opt', old],
]

const fresh: readonly Row[] = [
  ['nothing', 'RUN true', ''],
  [
    'installed among others',
    'RUN apt-get update && apt-get install -y git-lfs ca-certificates vim',
    `${B}=12DN`,
  ],
  ['from a variable', 'ENV DEPS="ca-certificates curl"\nRUN apt-get install -y $DEPS', `${B}=12DN`],
  [
    'from a shell variable',
    "RUN buildDeps='ca-certificates wget'; apt-get install -y $buildDeps",
    `${B}=12DN`,
  ],
  ['from an argument', 'ARG DEPS="ca-certificates curl"\nRUN apt-get install -y ${DEPS}', `${B}=12DN`],
  [
    'build deps that go again',
    "RUN buildDeps='ca-certificates wget'; apt-get install -y $buildDeps; apt-get purge -y --auto-remove $buildDeps",
    '',
  ],
  [
    'marked as the official images do it',
    'RUN apt-get install -y --no-install-recommends ca-certificates netbase\nRUN savedAptMark="$(apt-mark showmanual)"; apt-get install -y --no-install-recommends gcc; apt-mark auto ".*" > /dev/null; [ -z "$savedAptMark" ] || apt-mark manual $savedAptMark; apt-get purge -y --auto-remove -o APT::AutoRemove::RecommendsImportant=false',
    `${B}=12DN`,
  ],
  [
    'marked so, and not there before',
    'RUN savedAptMark="$(apt-mark showmanual)"; apt-get install -y --no-install-recommends ca-certificates wget; apt-mark auto ".*" > /dev/null; [ -z "$savedAptMark" ] || apt-mark manual $savedAptMark; apt-get purge -y --auto-remove',
    '',
  ],
  ['with a version', 'RUN apt-get install -y ca-certificates=20230311', `${B}=12DN`],
  ['aptitude', 'RUN aptitude -y install ca-certificates', `${B}=12DN`],
  ['apt', 'RUN apt install -y ca-certificates', `${B}=12DN`],
  ['curl recommends it', 'RUN apt-get install -y curl', `${B}=12DN`],
  ['curl without what it recommends', 'RUN apt-get install -y --no-install-recommends curl', ''],
  ['an option says the same', 'RUN apt-get -o APT::Install-Recommends=false install -y curl', ''],
  [
    'a file says the same',
    'RUN echo \'APT::Install-Recommends "0";\' > /etc/apt/apt.conf.d/99x && apt-get install -y curl',
    '',
  ],
  ['a package that nobody knows', 'RUN apt-get install -y --no-install-recommends frobnicate', '?'],
  ['Java depends on it', 'RUN apt-get install -y --no-install-recommends default-jre-headless', `${B}=12DN`],
  ['a list that is not known', 'RUN apt-get install -y $(cat packages.txt)', '?'],
  ['refreshed where no tool is', 'RUN update-ca-certificates', ''],
  ['perhaps', 'RUN if [ -n "$X" ]; then apt-get install -y ca-certificates; fi', '?'],
  [
    'on every way',
    'RUN if [ -f /x ]; then apt-get install -y ca-certificates; else apt-get install -y ca-certificates curl; fi',
    `${B}=12DN`,
  ],
  [
    'a bundle written by hand',
    'RUN mkdir -p /etc/ssl/certs && curl -o /etc/ssl/certs/ca-certificates.crt https://curl.se/ca/cacert.pem',
    `${B}=?`,
  ],
]

const alpine: readonly Row[] = [
  ['nothing', 'RUN true', `${P}=12AD`],
  ['the package beside the plain file', 'RUN apk add --no-cache ca-certificates', `${P}=12AD ${B}=12DN`],
  ['curl brings it', 'RUN apk add curl', `${P}=12AD ${B}=12DN`],
  ['options before the verb', 'RUN apk --no-cache -U add ca-certificates', `${P}=12AD ${B}=12DN`],
  [
    'the line reaches the bundle alone',
    'RUN apk add ca-certificates && sed -i /DST/d /etc/ca-certificates.conf && update-ca-certificates',
    `${P}=12AD ${B}=12N`,
  ],
  [
    'no tool, no conf',
    'RUN sed -i /AddTrust/d /etc/ca-certificates.conf && update-ca-certificates -f',
    `${P}=12AD`,
  ],
  [
    'a virtual package that goes',
    'RUN apk add --virtual .deps wget ca-certificates && apk del .deps',
    `${P}=12AD`,
  ],
  [
    'a virtual package with =',
    'RUN apk add --no-cache --virtual=.deps ca-certificates && apk del .deps',
    `${P}=12AD`,
  ],
  [
    'installed before, so it stays',
    'RUN apk add ca-certificates\nRUN apk add -t .d ca-certificates && apk del .d',
    `${P}=12AD ${B}=12DN`,
  ],
  [
    'two virtual packages hold it, and one goes',
    'RUN apk add -t .fetch curl ca-certificates && apk add -t .run $deps ca-certificates && apk del .fetch .build',
    `${P}=12AD ${B}=12DN`,
  ],
  [
    'two virtual packages hold it, and both go',
    'RUN apk add -t .a ca-certificates && apk add -t .b ca-certificates && apk del .a && apk del .b',
    `${P}=12AD`,
  ],
  [
    'asked for by name too, so it stays',
    'RUN apk add -t .a ca-certificates && apk add ca-certificates && apk del .a',
    `${P}=12AD ${B}=12DN`,
  ],
  ['deleted', 'RUN apk add ca-certificates && apk del ca-certificates', `${P}=12AD`],
  [
    'the plain file made a link',
    'RUN apk add ca-certificates && ln -sf certs/ca-certificates.crt /etc/ssl/cert.pem',
    `${B}=12DN`,
  ],
  [
    'the plain file replaced',
    'RUN apk add ca-certificates && cp /etc/ssl/certs/ca-certificates.crt /etc/ssl/cert.pem',
    `${P}=12DN ${B}=12DN`,
  ],
  ['rm -rf /etc/ssl', 'RUN rm -rf /etc/ssl', ''],
  ['another root', 'RUN apk --root /rootfs add ca-certificates', `${P}=12AD`],
]

const SOURCE = '/etc/pki/ca-trust/source'
/** As our own remedies write it. */
function block(folder: string): string {
  const lines = certificates[0]!.pem
    .trimEnd()
    .split('\n')
    .map(line => `'${line}'`)
  return `printf '%s\\n' ${lines.join(' ')} > ${SOURCE}/${folder}/AddTrust_External_Root.pem`
}

const rhel: readonly Row[] = [
  ['nothing', 'RUN true', `${T}=12AD`],
  ['yum update', 'RUN yum -y update && yum clean all', `${T}=12DN`],
  ['yum install brings it up', 'RUN yum install -y ca-certificates', `${T}=12DN`],
  ['one package brought up', 'RUN yum update -y ca-certificates', `${T}=12DN`],
  ['another package', 'RUN yum install -y curl git', `${T}=12AD`],
  ['a root on the blacklist', `RUN ${block('blacklist')} && update-ca-trust`, `${T}=12D`],
  ['with extract', `RUN ${block('blacklist')} && update-ca-trust extract`, `${T}=12D`],
  ['with no refresh', `RUN ${block('blacklist')}`, `${T}=12AD`],
  ['in the folder of newer releases', `RUN ${block('blocklist')} && update-ca-trust`, `${T}=12AD`],
  [
    'something else on the blacklist',
    `RUN ${block('blacklist')} && echo x > ${SOURCE}/blacklist/y && update-ca-trust`,
    `${T}=?`,
  ],
  [
    'taken off it again',
    `RUN ${block('blacklist')} && update-ca-trust && rm -r ${SOURCE}/blacklist && update-ca-trust`,
    `${T}=12AD`,
  ],
  ['an alias is edited', 'RUN echo >> /etc/pki/tls/certs/ca-bundle.crt', `${T}=12AD`],
]

function check(from: string, [name, body, expected]: Row): void {
  const text = `${from}\n${body}\n`
  it(name, () => {
    expect(storeWords(traced(text).final!.final)).toBe(expected)
    for (const variant of variants(text)) {
      const model = traced(variant.text)
      // A trigger acts on the next build alone: its own stage ends as it was; the heir is checked by its last trigger.
      const last = model.final!.instructions.at(-1)
      const state = variant.name === 'onbuild' && last ? last.after : model.final!.final
      expect(storeWords(state), `${variant.name}: ${variant.text}`).toBe(expected)
    }
  })
}

describe('stores after the RUNs of a Debian image with a store', () => {
  for (const row of debian) check(sentry, row)
})

describe('stores after the RUNs of a Debian image without one', () => {
  for (const row of fresh) check('FROM debian:12-slim', row)
})

describe('stores after the RUNs of Alpine 3.11', () => {
  for (const row of alpine) check('FROM alpine:3.11', row)
})

describe('stores after the RUNs of CentOS', () => {
  for (const row of rhel) check('FROM centos:7', row)
})

describe('anchors, copies and stages', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    [
      'an anchor of the context',
      `${sentry}\nCOPY ca.crt /usr/local/share/ca-certificates/\nRUN update-ca-certificates\n`,
      `${B}=12ACD`,
    ],
    [
      'in a subfolder, on Debian',
      `${sentry}\nCOPY ca.crt /usr/local/share/ca-certificates/own/a.crt\nRUN update-ca-certificates\n`,
      `${B}=12ACD`,
    ],
    [
      'with a wrong name, on Debian',
      `${sentry}\nCOPY ca.crt /usr/local/share/ca-certificates/a.pem\nRUN update-ca-certificates\n`,
      old,
    ],
    [
      'with any name, on Alpine',
      `FROM alpine:3.20\nRUN apk add ca-certificates\nCOPY ca.crt /usr/local/share/ca-certificates/a.pem\nRUN update-ca-certificates\n`,
      `${B}=12CDN`,
    ],
    [
      'in a subfolder, on Alpine',
      `FROM alpine:3.20\nRUN apk add ca-certificates\nCOPY ca.crt /usr/local/share/ca-certificates/x/a.crt\nRUN update-ca-certificates\n`,
      `${B}=12DN`,
    ],
    [
      'a pattern',
      `${sentry}\nCOPY *.crt /usr/local/share/ca-certificates/\nRUN update-ca-certificates\n`,
      `${B}=12ACDX`,
    ],
    [
      'the whole context',
      `${sentry}\nCOPY . /usr/local/share/ca-certificates\nRUN update-ca-certificates\n`,
      `${B}=12ACDX`,
    ],
    [
      'copied on inside',
      `${sentry}\nCOPY ca.crt /tmp/\nRUN cp /tmp/ca.crt /usr/local/share/ca-certificates/corp.crt && update-ca-certificates\n`,
      `${B}=12ACD`,
    ],
    [
      'by install',
      `${sentry}\nCOPY ca.crt /tmp/\nRUN install -m 0644 /tmp/ca.crt /usr/local/share/ca-certificates/corp.crt && update-ca-certificates\n`,
      `${B}=12ACD`,
    ],
    [
      'a file that is not here',
      `${sentry}\nCOPY not-here.crt /usr/local/share/ca-certificates/\nRUN update-ca-certificates\n`,
      `${B}=?`,
    ],
    [
      'fetched',
      `${sentry}\nADD https://example.com/a.crt /usr/local/share/ca-certificates/\nRUN update-ca-certificates\n`,
      `${B}=?`,
    ],
    ['never refreshed', `${sentry}\nCOPY ca.crt /usr/local/share/ca-certificates/\n`, old],
    ['appended to the bundle', `${sentry}\nCOPY ca.crt /\nRUN cat /ca.crt >> ${B}\n`, `${B}=12ACD`],
    [
      'appended and lost',
      `${sentry}\nCOPY ca.crt /\nRUN cat /ca.crt >> ${B} && update-ca-certificates --fresh\n`,
      old,
    ],
    [
      'on RHEL',
      `FROM centos:7\nCOPY ca.crt /etc/pki/ca-trust/source/anchors/\nRUN update-ca-trust extract\n`,
      `${T}=12ACD`,
    ],
    [
      'a here-document as anchor',
      `${sentry}\nCOPY <<EOF /usr/local/share/ca-certificates/a.crt\n${certificates[6]!.pem}EOF\nRUN update-ca-certificates\n`,
      `${B}=12ACD`,
    ],
    ['the bundle from the context', `FROM scratch\nCOPY ca.crt ${B}\n`, `${B}=C`],
    ['the bundle of a stage', `${sentry} AS s\nFROM scratch\nCOPY --from=s ${B} /etc/ssl/certs/\n`, old],
    ['by number, to a file', `${sentry}\nFROM scratch\nCOPY --from=0 ${B} ${B}\n`, old],
    ['its folder', `${sentry} AS s\nFROM alpine:3.6\nCOPY --from=s /etc/ssl/certs /etc/ssl/certs\n`, old],
    ['everything', `${sentry} AS s\nFROM scratch\nCOPY --from=s / /\n`, old],
    [
      'everything, edited',
      `${sentry} AS s\nFROM scratch\nCOPY --from=s / /\nRUN sed -i /AddTrust/d /etc/ca-certificates.conf && update-ca-certificates\n`,
      without,
    ],
    [
      'of an image',
      `FROM scratch\nCOPY --from=alpine:3.20 /etc/ssl/cert.pem /etc/ssl/cert.pem\n`,
      `${P}=12DN`,
    ],
    [
      'of an image that is not known',
      `FROM scratch\nCOPY --from=example.com/a:b /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/\n`,
      `${B}=?`,
    ],
    [
      'of an edited stage',
      `${sentry} AS s\nRUN sed -i /AddTrust/d /etc/ca-certificates.conf && update-ca-certificates\nFROM scratch\nCOPY --from=s /etc/ssl /etc/ssl\n`,
      without,
    ],
    ['a program alone', `${sentry} AS s\nFROM scratch\nCOPY --from=s /app /app\n`, ''],
    [
      'what is installed under /usr/local',
      `${sentry} AS s\nFROM debian:12\nCOPY --from=s /usr/local /usr/local\n`,
      '',
    ],
    ['a root filesystem that a script made', `${sentry} AS s\nFROM scratch\nCOPY --from=s /rootfs /\n`, '?'],
    ['an archive as root filesystem', 'FROM scratch\nADD rootfs.tar.gz /\n', '?'],
    [
      'a stage that stands on another',
      `${sentry} AS one\nFROM one AS two\nRUN sed -i /AddTrust/d /etc/ca-certificates.conf\nFROM Two\nRUN update-ca-certificates\n`,
      without,
    ],
    [
      'a trigger of the stage below',
      `${sentry} AS one\nONBUILD RUN sed -i /AddTrust/d /etc/ca-certificates.conf && update-ca-certificates\nFROM one\n`,
      without,
    ],
    ['an unknown base', 'FROM example.com/a:b\nRUN apt-get install -y ca-certificates\n', '?'],
    ['a base that nobody traced', 'FROM node:14-slim\n', '?'],
    ['a base by an argument without a value', 'ARG TAG\nFROM alpine:${TAG:?}\n', '?'],
    ['scratch', 'FROM scratch\nCOPY app /\n', ''],
    ['a script of the context, followed', `${sentry}\nCOPY fix.sh /\nRUN /fix.sh AddTrust\n`, without],
    [
      'the same from a folder of PATH',
      `${sentry}\nCOPY fix.sh /usr/local/bin/fix\nRUN fix AddTrust\n`,
      without,
    ],
    ['a script of PATH that is not here', `${sentry}\nCOPY other /usr/local/bin/other\nRUN other\n`, '?'],
    [
      'a program that was fetched',
      `${sentry}\nRUN curl -o /usr/local/bin/kubectl https://a.b/k && kubectl version\n`,
      old,
    ],
    [
      'what an unknown stage installed',
      'FROM example.com/a:b AS s\nFROM debian:12\nCOPY --from=s /usr/local /usr/local\n',
      '',
    ],
    ['the same by sh', `${sentry}\nCOPY . /src\nWORKDIR /src\nRUN sh fix.sh AddTrust\n`, without],
    ['a mount over the store', `${sentry}\nRUN --mount=type=bind,target=/etc/ssl rm -rf /etc/ssl\n`, old],
    ['a shell that is not followed', `${sentry}\nSHELL ["pwsh", "-Command"]\nRUN Remove-Item x\n`, '?'],
    [
      'a script for another program',
      `${sentry}\nRUN <<EOF\n#!/usr/bin/env python3\nprint("rm -rf /etc/ssl")\nEOF\n`,
      old,
    ],
    [
      'a here-document into conf',
      `${sentry}\nRUN cat <<EOF > /etc/ca-certificates.conf && update-ca-certificates\nmozilla/Root_One.crt\nEOF\n`,
      `${B}=1`,
    ],
  ]
  const files = {
    ...corporate,
    'fix.sh': '#!/bin/sh\nset -e\nsed -i "/$1/d" /etc/ca-certificates.conf\nexec update-ca-certificates\n',
  }
  for (const [name, text, expected] of cases) {
    it(name, () => expect(storeWords(traced(text, files).final!.final)).toBe(expected))
  }
})

describe('where a store came from', () => {
  const origin = (text: string): unknown => {
    const { stores } = traced(text).final!.final
    return isUnknown(stores) ? stores : stores.map(store => store.origin)
  }

  it('says the base and the day it froze', () => {
    expect(origin(`${sentry}\n`)).toEqual([
      { kind: 'base', reference: 'sentry:9.1.2', frozen: '2020-10-21', line: 1 },
    ])
  })

  it('stays the base where a refresh changes nothing', () => {
    expect(origin(`${sentry}\nRUN update-ca-certificates\n`)).toEqual(origin(`${sentry}\n`))
  })

  it('is the install that upgrades it', () => {
    expect(origin(`${sentry}\nRUN true\nRUN apt-get install -y ca-certificates\n`)).toEqual([
      { kind: 'install', line: 3 },
    ])
  })

  it('is the edit, and what it was before', () => {
    const text = `${sentry}\nRUN sed -i /AddTrust/d /etc/ca-certificates.conf && update-ca-certificates\n`
    expect(origin(text)).toMatchObject([{ kind: 'edit', line: 2, was: { kind: 'base' } }])
  })

  it('is the copy, and what it was before', () => {
    const text = `${sentry} AS s\nFROM scratch\nCOPY --from=s /etc/ssl /etc/ssl\n`
    expect(origin(text)).toMatchObject([{ kind: 'copy', from: 's', line: 3, was: { kind: 'base' } }])
  })
})
