import type { Source } from '../source.ts'

/** All sources by id, the only list: loaded when one is asked. The id is the prefix, too (but for `host` and `-`). */
export const sources: Readonly<Record<string, () => Promise<Source>>> = {
  docker: async () => (await import('./engine.ts')).docker,
  podman: async () => (await import('./engine.ts')).podman,
  registry: async () => (await import('./registry.ts')).registry,
  'docker-archive': async () => (await import('./docker-archive.ts')).dockerArchive,
  'oci-dir': async () => (await import('./oci-dir.ts')).ociDir,
  'oci-archive': async () => (await import('./oci-archive.ts')).ociArchive,
  dir: async () => (await import('./dir.ts')).dir,
  host: async () => (await import('./dir.ts')).host,
  stdin: async () => (await import('./stdin.ts')).stdin,
}
