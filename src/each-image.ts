/** Works through the images of a run, several at once, and tells how far it is. */
import { availableParallelism } from 'node:os'
import type { Expanded } from './fleet/expand.ts'
import { inOrder } from './fleet/in-order.ts'
import { laneOf } from './fleet/lane.ts'
import type { ScanOptions } from './index.ts'
import type { ScanSettings } from './scan.ts'

/** Images read at once where nobody says: one waits for its registry while another is unpacked. */
const LEAST_AT_ONCE = 4

/**
 * What `work` makes of each image, in the order of the images. Closes the connections of the settings at the end.
 * @param many the progress says how many are done
 * @throws what `work` throws first, and an abort
 */
export async function* eachImage<T extends Pick<Expanded, 'open'>, R>(
  images: readonly T[],
  settings: ScanSettings,
  { jobs, onProgress, signal }: Pick<ScanOptions, 'jobs' | 'onProgress' | 'signal'>,
  many: boolean,
  work: (image: T, settings: ScanSettings) => Promise<R>,
): AsyncGenerator<R> {
  let done = 0
  const progress: ScanSettings['onProgress'] =
    onProgress && many ? state => onProgress({ ...state, targets: { done, all: images.length } }) : onProgress
  const lanes = {
    atOnce: jobs ?? Math.max(LEAST_AT_ONCE, availableParallelism()),
    laneOf: ({ open }: T) => laneOf(open),
  }
  const one = async (image: T, stop: AbortSignal): Promise<R> => {
    const open = { ...settings.open, signal: stop }
    const made = await work(image, { ...settings, open, ...(progress && { onProgress: progress }) })
    done++
    return made
  }
  try {
    yield* inOrder(images, lanes, one, signal)
  } finally {
    settings.open.connections?.close()
  }
}
