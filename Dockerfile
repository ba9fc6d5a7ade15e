# imgtrust itself: docker run --rm -v "$PWD:/work" IMAGE lint
# Its base brings Node.js 20.19 or newer and npm; nothing of it is needed but node.
ARG BASE=node:24-alpine

FROM ${BASE} AS build
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm run build

FROM ${BASE}
LABEL org.opencontainers.image.title="imgtrust" \
      org.opencontainers.image.description="Linter and scanner for the TLS trust stores of container images" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /src/package.json /src/oclif.manifest.json /src/NOTICE /src/LICENSE /opt/imgtrust/
COPY --from=build /src/bin /opt/imgtrust/bin
COPY --from=build /src/schema /opt/imgtrust/schema
COPY --from=build /src/dist /opt/imgtrust/dist
# By number: Kubernetes' runAsNonRoot can't tell by a name. The home is for the cache alone.
USER 1000:1000
ENV HOME=/tmp
WORKDIR /work
ENTRYPOINT ["node", "/opt/imgtrust/bin/run.js"]
CMD ["--help"]
