import { describe, expect, it } from 'vitest'
import { allEvents, eventWords, placed, traced } from '../support/traced.ts'
import { type VariantName, variants } from '../support/variants.ts'

/** name | Dockerfile behind its FROM | events in order */
type Row = readonly [string, readonly string[], { readonly differs?: readonly VariantName[] }?]

const off: readonly Row[] = [
  // curl
  ['RUN curl -k https://a.b/c', ['off curl -k']],
  ['RUN curl --insecure https://a.b/c', ['off curl --insecure']],
  ['RUN curl -Lk https://a.b', ['off curl -Lk']],
  ['RUN curl -kfsSL https://a.b', ['off curl -kfsSL']],
  ['RUN curl -jksSLH "Cookie: x" https://a.b', ['off curl -jksSLH']],
  ['RUN curl https://a.b -k -o x', ['off curl -k']],
  ['RUN curl -o k https://a.b', ['use curl https://a.b store']],
  ['RUN curl -H X-K https://a.b', ['use curl https://a.b store']],
  ['RUN curl -K file', []],
  ['RUN curl -fsSLo/usr/local/bin/kubectl https://a.b', ['use curl https://a.b store']],
  ['RUN curl -XPUT -uk:k https://a.b', ['use curl https://a.b store']],
  ['RUN curl --output -k https://a.b', ['use curl https://a.b store']],
  ['RUN curl -k https://localhost:8080/', ['off curl -k loopback']],
  ['RUN curl -k https://127.0.0.1/ https://[::1]/', ['off curl -k loopback']],
  ['RUN curl -k https://localhost.example.com/', ['off curl -k']],
  ['RUN curl -k https://127.0.0.1@evil.example/', ['off curl -k']],
  ['RUN curl -kO https://a.b/x.tgz && echo "abc x.tgz" | sha256sum -c -', ['off curl -kO checked']],
  ['RUN curl -kO https://a.b/x.tgz && gpg --batch --verify x.asc x.tgz', ['off curl -kO checked']],
  ['RUN curl -kO https://a.b/x.tgz && sha256sum x.tgz', ['off curl -kO']],
  ['RUN curl -kO https://a.b/x.tgz && md5sum x.tgz | grep $SUM', ['off curl -kO checked']],
  ['RUN curl -kO https://a.b/x.tgz && sha256sum x.tgz | grep -q "$SUM"', ['off curl -kO checked']],
  ['RUN curl -kO https://a.b/x.tgz && sha256sum x.tgz && cat y | grep $SUM', ['off curl -kO']],
  ['RUN curl -k "https://{localhost:$PORT}/ready"', ['off curl -k loopback']],
  ['RUN curl -k https://{localhost,a.b}/', ['off curl -k']],
  ["RUN echo 'curl -k https://a.b'", []],
  ["RUN echo 'curl -k https://a.b' > /etc/cron.daily/x", []],
  ['RUN if [ -n "$X" ]; then curl -k https://a.b; fi', ['off curl -k']],
  ['RUN x=$(curl -ks https://a.b)', ['off curl -ks']],
  ['RUN sudo -E curl -k https://a.b', ['off curl -k']],
  ['RUN cat urls | xargs curl -k', ['off curl -k']],
  ['RUN for u in a b; do curl -k https://a.b/$u; done', ['off curl -k']],
  ['RUN get() { curl -k "$1"; }; get https://a.b', ['off curl -k']],
  ['RUN /usr/bin/curl -k https://a.b', ['off curl -k']],
  // wget
  ['RUN wget --no-check-certificate https://a.b/c', ['off wget --no-check-certificate']],
  ['RUN wget -qO- https://a.b/c --no-check-certificate | tar xz', ['off wget --no-check-certificate']],
  ['RUN wget --no-check-cert https://a.b/c', ['off wget --no-check-cert']],
  ['RUN wget -q -O x https://a.b/c', ['use wget https://a.b/c store']],
  ['RUN aria2c --check-certificate=false https://a.b', ['off aria2c --check-certificate=false']],
  // git
  ['RUN git -c http.sslVerify=false clone https://a.b/c', ['off git http.sslVerify=false']],
  ['RUN git -c HTTP.sslverify=FALSE clone https://a.b/c', ['off git HTTP.sslverify=FALSE']],
  ['RUN git -c http.sslVerify=true clone https://a.b/c', ['use git https://a.b/c store']],
  ['RUN git -c http.https://a.b/.sslVerify=0 clone https://a.b/c', ['off git http.https://a.b/.sslVerify=0']],
  ['RUN git clone -c http.sslVerify=false https://a.b/c', ['off git http.sslVerify=false']],
  ['RUN git config --global http.sslVerify false', ['off git http.sslVerify false']],
  ['RUN git config --global http.sslVerify true', []],
  ['RUN git clone git@a.b:c/d', []],
  ['RUN GIT_SSL_NO_VERIFY=1 git clone https://a.b/c', ['off git GIT_SSL_NO_VERIFY=1']],
  ['RUN GIT_SSL_NO_VERIFY=false git clone https://a.b/c', ['off git GIT_SSL_NO_VERIFY=false']],
  ['RUN env GIT_SSL_NO_VERIFY=1 git clone https://a.b/c', ['off git GIT_SSL_NO_VERIFY=1']],
  ['RUN export GIT_SSL_NO_VERIFY=0 && git clone https://a.b/c', ['off git GIT_SSL_NO_VERIFY=0']],
  ['ENV GIT_SSL_NO_VERIFY true', ['off git GIT_SSL_NO_VERIFY true']],
  ['ENV A=b GIT_SSL_NO_VERIFY=1 C=d', ['off git GIT_SSL_NO_VERIFY=1']],
  ['RUN unset GIT_SSL_NO_VERIFY', []],
  [
    'RUN echo "[http]" > ~/.gitconfig && echo "sslVerify = false" >> ~/.gitconfig',
    ['off git sslVerify = false'],
  ],
  // Node, npm, yarn
  ['ENV NODE_TLS_REJECT_UNAUTHORIZED=0', ['off node NODE_TLS_REJECT_UNAUTHORIZED=0']],
  ['ENV NODE_TLS_REJECT_UNAUTHORIZED="0"', ['off node NODE_TLS_REJECT_UNAUTHORIZED="0"']],
  ['ENV NODE_TLS_REJECT_UNAUTHORIZED=1', []],
  ['ARG NODE_TLS_REJECT_UNAUTHORIZED=0', ['off node NODE_TLS_REJECT_UNAUTHORIZED=0']],
  ['RUN NODE_TLS_REJECT_UNAUTHORIZED=0 npm install', ['off node NODE_TLS_REJECT_UNAUTHORIZED=0']],
  ['RUN npm config set strict-ssl false', ['off npm strict-ssl false']],
  ['RUN npm config set strict-ssl=false -g', ['off npm strict-ssl=false']],
  ['RUN npm set "strict-ssl" false', ['off npm strict-ssl false']],
  ['RUN npm config set strict-ssl true', []],
  ['RUN npm install --strict-ssl=false', ['off npm --strict-ssl=false']],
  ['RUN yarn config set strict-ssl false', ['off yarn strict-ssl false']],
  ['RUN echo strict-ssl=false > ~/.npmrc', ['off npm strict-ssl=false']],
  ['RUN echo "strict-ssl=false" | tee -a /root/.npmrc', ['off npm strict-ssl=false']],
  ['RUN printf "registry=x\\nstrict-ssl = false\\n" > .npmrc', ['off npm strict-ssl = false']],
  ['ENV npm_config_strict_ssl=false', ['off npm npm_config_strict_ssl=false']],
  // Python
  ['RUN pip install --trusted-host pypi.org flask', ['off pip --trusted-host pypi.org']],
  ['RUN pip3 install flask --trusted-host=pypi.org', ['off pip --trusted-host=pypi.org']],
  ['RUN python -m pip --trusted-host pypi.org install flask', ['off pip --trusted-host pypi.org']],
  [
    'RUN pip install --trusted-host localhost -i http://localhost/ x',
    ['off pip --trusted-host localhost loopback'],
  ],
  ['RUN pip config set global.trusted-host "a.b c.d"', ['off pip global.trusted-host a.b c.d']],
  ['ENV PIP_TRUSTED_HOST=pypi.org', ['off pip PIP_TRUSTED_HOST=pypi.org']],
  ['ENV PYTHONHTTPSVERIFY=0', ['off python PYTHONHTTPSVERIFY=0']],
  ['RUN conda config --set ssl_verify no', ['off conda ssl_verify no']],
  ['RUN conda config --set ssl_verify /etc/ssl/x.pem', []],
  // Package managers and others
  ['RUN apt-get -o Acquire::https::Verify-Peer=false update', ['off apt Acquire::https::Verify-Peer=false']],
  ['RUN apt-get -oAcquire::https::Verify-Peer=false update', ['off apt Acquire::https::Verify-Peer=false']],
  [
    'RUN echo \'Acquire::https::Verify-Peer "false";\' > /etc/apt/apt.conf.d/99x',
    ['off apt Verify-Peer "false"'],
  ],
  ['RUN yum --setopt=sslverify=false install -y x', ['off yum --setopt=sslverify=false']],
  ['RUN echo "sslverify=0" >> /etc/yum.conf', ['off yum sslverify=0']],
  [
    'RUN mvn -Dmaven.wagon.http.ssl.insecure=true package',
    ['off maven -Dmaven.wagon.http.ssl.insecure=true'],
  ],
  [
    'ENV MAVEN_OPTS="-Dmaven.wagon.http.ssl.insecure=true"',
    ['off maven MAVEN_OPTS="-Dmaven.wagon.http.ssl.insecure=true"'],
  ],
  ['RUN go get -insecure a.b/c', ['off go -insecure']],
  ['ENV GOINSECURE=a.b', ['off go GOINSECURE=a.b']],
  ['ENV GOINSECURE=', []],
  ['RUN go env -w GOINSECURE=a.b', ['off go GOINSECURE=a.b']],
  ['RUN go install a.b/c@latest', ['use go https://proxy.golang.org store']],
  ['RUN pnpm config set strict-ssl false', ['off pnpm strict-ssl false']],
  ['RUN yarn config set enableStrictSsl false', ['off yarn enableStrictSsl false']],
  ['RUN pnpm install --strict-ssl=false', ['off npm --strict-ssl=false']],
  ['RUN uv pip install --allow-insecure-host pypi.org flask', ['off pip --allow-insecure-host pypi.org']],
  [
    'RUN uv sync --allow-insecure-host=localhost:8080',
    ['off pip --allow-insecure-host=localhost:8080 loopback'],
  ],
  ['ENV UV_INSECURE_HOST=pypi.org', ['off uv UV_INSECURE_HOST=pypi.org']],
  ['RUN conda install -y -k numpy', ['off conda -k']],
  ['RUN mamba install --insecure numpy', ['off conda --insecure']],
  ['RUN poetry config certificates.own.cert false', ['off poetry certificates.own.cert false']],
  ['RUN poetry config certificates.own.cert /etc/ssl/own.pem', []],
  ['ENV POETRY_CERTIFICATES_OWN_CERT=false', ['off poetry POETRY_CERTIFICATES_OWN_CERT=false']],
  ['RUN poetry install --no-root', []],
  ['RUN bundle config set --global ssl_verify_mode 0', ['off bundler ssl_verify_mode 0']],
  ['RUN bundle config --global ssl_verify_mode 0', ['off bundler ssl_verify_mode 0']],
  ['RUN bundle config set ssl_verify_mode 1', []],
  ['ENV BUNDLE_SSL_VERIFY_MODE=0', ['off bundler BUNDLE_SSL_VERIFY_MODE=0']],
  ['RUN echo ":ssl_verify_mode: 0" >> ~/.gemrc', ['off gem :ssl_verify_mode: 0']],
  ['RUN gem install rails', []],
  [
    'RUN mvn -Daether.connector.https.securityMode=insecure package',
    ['off maven -Daether.connector.https.securityMode=insecure'],
  ],
  ['RUN mvn -B package', []],
  // Wrappers
  ['RUN timeout -k 5 30s curl -k https://a.b', ['off curl -k']],
  ['RUN gosu nobody curl -k https://a.b', ['off curl -k']],
  ['RUN su-exec nobody:nobody curl -k https://a.b', ['off curl -k']],
  ['RUN setpriv --reuid=1 --clear-groups curl -k https://a.b', ['off curl -k']],
  ['RUN runuser -u nobody -- curl -k https://a.b', ['off curl -k']],
  ['RUN su - nobody -c "curl -k https://a.b"', ['off curl -k']],
  ['RUN xargs -n 1 curl -k < urls', ['off curl -k']],
  ['RUN echo https://a.b | xargs -I{} curl -k {}', ['off curl -k']],
  ['RUN echo insecure >> ~/.curlrc', ['off curl insecure']],
  ['RUN echo "check_certificate = off" >> /etc/wgetrc', ['off wget check_certificate = off']],
  ['RUN echo insecure', []],
  ['RUN echo "# insecure" >> ~/.curlrc', []],
]

const uses: readonly Row[] = [
  ['RUN curl -O https://a.b/c', ['use curl https://a.b/c none']],
  ['RUN curl -O http://a.b/c', []],
  ['RUN curl a.b/c', []],
  ['RUN curl -O https://localhost/c', ['use curl https://localhost/c loopback none']],
  ['RUN curl -O $URL', ['use curl ? none']],
  ['ENV URL=https://a.b/c\nRUN curl -O $URL', ['use curl https://a.b/c none']],
  ['ENV URL=http://a.b/c\nRUN curl -O $URL', []],
  ['RUN curl -O https://a.b/$X.tgz', ['use curl ? none']],
  ['RUN curl -O http://a.b/$X.tgz', []],
  ['RUN curl --cacert x.pem https://a.b', []],
  ['ENV SSL_CERT_FILE=/x.pem\nRUN curl https://a.b', []],
  ['RUN CURL_CA_BUNDLE=/x.pem curl https://a.b', []],
  ['RUN git clone https://a.b/c', ['use git https://a.b/c none']],
  ['RUN git clone --depth 1 -b x https://a.b/c /d', ['use git https://a.b/c none']],
  ['RUN git clone git://a.b/c', []],
  ['RUN wget -qO x https://a.b/c', ['use wget https://a.b/c none']],
  ['RUN go get a.b/c', ['use go https://proxy.golang.org none']],
  ['RUN go mod download', ['use go https://proxy.golang.org none']],
  ['RUN go install a.b/c@v1', ['use go https://proxy.golang.org none']],
  ['RUN go install ./cmd/x && go build ./... && go test ./... && go install a.b/c', []],
  ['ENV GOPROXY=off\nRUN go mod download', []],
  ['ENV GOPROXY=http://a.b,direct\nRUN go mod download', []],
  ['ENV GOPROXY=https://a.b,direct\nRUN go mod download', ['use go https://a.b none']],
  ['ENV GOFLAGS=-mod=vendor\nRUN go mod download', []],
  ['RUN echo https://a.b | xargs -n1 curl', ['use curl https://a.b none']],
  ['RUN timeout 30 wget -qO x https://a.b', ['use wget https://a.b none']],
  [
    'RUN apt-get install -y --no-install-recommends ca-certificates && curl https://a.b',
    ['use curl https://a.b store'],
  ],
  [
    'RUN curl https://a.b && apt-get install -y --no-install-recommends ca-certificates',
    ['use curl https://a.b none'],
  ],
  [
    'RUN if [ -f x ]; then apt-get install -y ca-certificates; fi; curl https://a.b',
    ['use curl https://a.b ?'],
  ],
  ['LABEL usage="curl https://a.b"', []],
  ['HEALTHCHECK CMD curl -f http://localhost/ || exit 1', []],
  // The address is written to a file when the image starts: nobody but the image itself is asked for its health.
  [
    'HEALTHCHECK --interval=1m CMD curl -k -s --fail `cat /run/health.url` || exit 1',
    ['off curl -k loopback'],
  ],
  [
    'HEALTHCHECK CMD wget --no-check-certificate -qO- "https://$HOSTNAME:8443/" || exit 1',
    ['off wget --no-check-certificate loopback'],
  ],
  ['HEALTHCHECK CMD curl -kf https://example.com/ || exit 1', ['off curl -kf']],
  ['CMD curl -k "$URL"', ['off curl -k loopback']],
  ['CMD curl -k https://a.b/ && curl -k "$URL"', ['off curl -k', 'off curl -k loopback']],
  ['RUN curl -k "$URL"', ['off curl -k']],
  // Only the last of its kind is ever run.
  ['CMD curl -k https://a.b\nCMD curl https://c.d', ['use curl https://c.d none']],
  ['ENTRYPOINT curl -k https://a.b\nENTRYPOINT ["sleep", "1"]', []],
  ['HEALTHCHECK CMD curl -k https://a.b\nHEALTHCHECK NONE', []],
  ['HEALTHCHECK --interval=5s CMD curl -kf https://localhost/ || exit 1', ['off curl -kf loopback']],
  ['CMD curl https://a.b', ['use curl https://a.b none']],
  ['ENTRYPOINT ["curl", "-k", "https://a.b"]', ['off curl -k']],
]

const installs: readonly Row[] = [
  ['RUN apt-get install -y --no-install-recommends curl', ['installed curl']],
  [
    'RUN apt-get install -y --no-install-recommends curl git wget',
    ['installed curl', 'installed git', 'installed wget'],
  ],
  ['RUN apt-get install -y --no-install-recommends curl && curl http://a.b', []],
  ['RUN apt-get install -y --no-install-recommends curl && apt-get purge -y curl', []],
  ['RUN apt-get install -y --no-install-recommends curl\nHEALTHCHECK CMD curl http://localhost/', []],
]

function words(text: string): string[] {
  return allEvents(traced(text)).map(eventWords)
}

function check(from: string, [body, expected]: Row): void {
  it(body, () => {
    const text = `${from}\n${body}\n`
    const only = (list: readonly string[]): string[] => list.filter(word => !word.startsWith('installed ca-'))
    expect(only(words(text))).toEqual(expected)
    for (const variant of variants(text)) {
      expect(words(variant.text), `${variant.name}:\n${variant.text}`).toEqual(expected)
    }
  })
}

describe('verification switched off', () => {
  for (const row of off) check('FROM sentry:9.1.2', row)

  it('is placed on the word that does it, in every variant', () => {
    for (const [body, expected] of off) {
      const text = `FROM sentry:9.1.2\n${body}\n`
      for (const variant of [{ name: 'plain', text }, ...variants(text)]) {
        for (const event of allEvents(traced(variant.text))) {
          if (event.kind !== 'verification-off') continue
          const at = placed(variant.text, event)
          const core = event.how.split(/[ =]/)[0]!.replace(/"/g, '')
          expect(at, `${variant.name} ${body} ${expected}`).toContain(core)
          expect(at.length, `${variant.name} ${at}`).toBeLessThan(event.how.length + 12)
        }
      }
    }
  })

  it('is gone where the range that it names is deleted', () => {
    let removable = 0
    for (const [body] of off) {
      const text = `FROM sentry:9.1.2\n${body}\n`
      for (const variant of [{ name: 'plain', text }, ...variants(text)]) {
        const events = allEvents(traced(variant.text)).filter(event => event.kind === 'verification-off')
        for (const event of events) {
          if (!event.remove) continue
          removable += 1
          const mended = variant.text.slice(0, event.remove.start) + variant.text.slice(event.remove.end)
          const left = allEvents(traced(mended)).filter(other => other.kind === 'verification-off')
          expect(left.length, `${variant.name}: ${mended}`).toBe(events.length - 1)
        }
      }
    }
    expect(removable).toBeGreaterThan(200)
  })
})

describe('uses of a client of the system store', () => {
  for (const row of uses) check('FROM debian:12-slim', row)
})

describe('clients that are merely installed', () => {
  for (const [body, expected] of installs) {
    it(body, () => expect(words(`FROM debian:12-slim\n${body}\n`)).toEqual(expected))
  }

  it('count only in the stage that is built', () => {
    const text =
      'FROM debian:12-slim\nRUN apt-get install -y --no-install-recommends curl\nFROM debian:12-slim\n'
    expect(words(text)).toEqual([])
  })
})

describe('what ships of a stage', () => {
  const ships = (text: string): string[] => traced(text).stages.map(stage => stage.ships)
  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    ['the last', 'FROM alpine:3.11\nFROM alpine:3.20\n', ['none', 'final']],
    ['one that it stands on', 'FROM alpine:3.11 AS a\nFROM a\n', ['root-filesystem', 'final']],
    ['a program', 'FROM alpine:3.11 AS a\nFROM scratch\nCOPY --from=a /app /app\n', ['programs', 'final']],
    [
      'a store',
      `FROM alpine:3.11 AS a\nFROM scratch\nCOPY --from=a /etc/ssl/cert.pem /x\n`,
      ['root-filesystem', 'final'],
    ],
    [
      'a root filesystem',
      'FROM alpine:3.11 AS a\nFROM scratch\nCOPY --from=0 / /\n',
      ['root-filesystem', 'final'],
    ],
    [
      'one built in a folder',
      'FROM alpine:3.11 AS a\nFROM scratch\nCOPY --from=a /rootfs/ /\n',
      ['root-filesystem', 'final'],
    ],
    [
      'what a stage of programs took',
      'FROM alpine:3.11 AS a\nFROM alpine:3.20 AS b\nCOPY --from=a / /x\nFROM scratch\nCOPY --from=b /app /\n',
      ['programs', 'programs', 'final'],
    ],
    [
      'what a builder installed',
      'FROM alpine:3.11 AS a\nFROM scratch\nCOPY --from=a /usr/local /usr/local\n',
      ['programs', 'final'],
    ],
    [
      'a page that was built',
      'FROM alpine:3.11 AS a\nFROM scratch\nCOPY --from=a /dist /usr/share/html\n',
      ['programs', 'final'],
    ],
    [
      'a mounted stage',
      'FROM alpine:3.11 AS a\nFROM alpine:3.20\nRUN --mount=type=bind,from=a,target=/m true\n',
      ['programs', 'final'],
    ],
  ]
  for (const [name, text, expected] of cases) it(name, () => expect(ships(text)).toEqual(expected))
})
