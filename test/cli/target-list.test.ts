/** Lists of targets: what `kubectl get pods` prints is one. */
import { describe, expect, it } from 'vitest'
import { readTargetList } from '../../src/cli/target-list.ts'

const read = (text: string) =>
  readTargetList(
    '-',
    (async function* () {
      yield Buffer.from(text)
    })(),
  )

const DIGEST = 'sha256:4c0fdaa8b6341bfdeca5f18f7837462c80cff90527ee35ef185571e1c327beac'

describe('what kubectl prints', () => {
  // In the form that kubectl 1.32 gives; test/real/tools/kubernetes.test.ts asks the program itself.
  it('of images is taken, each once', async () => {
    const recorded = `registry.k8s.io/coredns/coredns:v1.11.3
registry.k8s.io/coredns/coredns:v1.11.3
docker.io/kindest/kindnetd:v20241212-9f82dd49
registry.k8s.io/kube-proxy:v1.32.2
`
    expect(await read(recorded)).toEqual([
      'registry.k8s.io/coredns/coredns:v1.11.3',
      'docker.io/kindest/kindnetd:v20241212-9f82dd49',
      'registry.k8s.io/kube-proxy:v1.32.2',
    ])
  })

  it('of imageIDs is taken, by containerd, CRI-O and Docker', async () => {
    const recorded = `docker.io/library/nginx@${DIGEST}

docker-pullable://nginx@${DIGEST}
docker.io/library/nginx@${DIGEST}
`
    expect(await read(recorded)).toEqual([`docker.io/library/nginx@${DIGEST}`, `nginx@${DIGEST}`])
  })
})
