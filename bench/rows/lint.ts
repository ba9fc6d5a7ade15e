import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { rootCertificates } from 'node:tls'
import { processorRatio, type Row, ratio } from '../row.ts'

const dockerfile = `FROM python:3.12-slim AS build
WORKDIR /app
RUN apt-get update \\
 && apt-get install -y --no-install-recommends ca-certificates curl git \\
 && rm -rf /var/lib/apt/lists/*
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY . .
RUN python -m compileall .

FROM python:3.12-slim
ENV PYTHONUNBUFFERED=1 PORT=8080
WORKDIR /app
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*
COPY --from=build /usr/local/lib/python3.12 /usr/local/lib/python3.12
COPY --from=build /app .
EXPOSE 8080
USER 1000
CMD ["python", "app.py"]
`

export const lint: Row = {
  id: 'lint',
  title: '`lint` of one ordinary Dockerfile',
  doc: `The whole process of \`imgtrust lint Dockerfile\` (two stages, 18 lines), against \`node -e 0\`. The program keeps
its compiled form in the cache folder: "from the second run on" finds it there, "the first run ever" is told by
\`NODE_DISABLE_COMPILE_CACHE=1\`. The commands get a bare environment. Where NODE_EXTRA_CA_CERTS is set,
Node.js 20 reads that file at every start, which makes its own start two or three times as long and the ratio as much
smaller: such machines are told apart.`,
  rounds: [25, 10],
  warmUp: 2,
  claims: [
    ratio('again', 'imgtrust', 'node -e 0', {
      what: 'from the second run on, against `node -e 0`',
      must: 2,
      goal: 1.5,
    }),
    ratio('extra', 'imgtrust, NODE_EXTRA_CA_CERTS', 'node -e 0, NODE_EXTRA_CA_CERTS', {
      what: 'the same where NODE_EXTRA_CA_CERTS is set',
      must: 2,
      goal: 1.5,
    }),
    processorRatio('imgtrust', 'node -e 0'),
    ratio('first', 'imgtrust, first run', 'node -e 0', { what: 'the first run ever' }),
  ],
  prepare: async ({ work, node, imgtrust }) => {
    const cwd = join(work, 'one')
    mkdirSync(cwd, { recursive: true })
    writeFileSync(join(cwd, 'Dockerfile'), dockerfile)
    const command = imgtrust('lint', 'Dockerfile')
    const statuses = [0, 1]
    const roots = join(cwd, 'roots.pem')
    writeFileSync(roots, rootCertificates.join('\n'))
    const env = { NODE_EXTRA_CA_CERTS: roots }
    return {
      input: '18 lines',
      subjects: [
        { name: 'node -e 0', command: node, cwd },
        { name: 'imgtrust', command, cwd, statuses },
        { name: 'node -e 0, NODE_EXTRA_CA_CERTS', command: node, cwd, env },
        { name: 'imgtrust, NODE_EXTRA_CA_CERTS', command, cwd, statuses, env },
        { name: 'imgtrust, first run', command, cwd, statuses, env: { NODE_DISABLE_COMPILE_CACHE: '1' } },
      ],
    }
  },
}
