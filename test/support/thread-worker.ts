/** A worker as src/layer-worker.ts, with the readers of the tests, some of which misbehave. */
import { parentPort, workerData } from 'node:worker_threads'
import { serveLayers } from '../../src/image/thread/serve.ts'
import { trustReader } from '../../src/trust/reader.ts'
import { keepAll, keepNone } from './gather.ts'

const hoard: unknown[] = []

serveLayers(parentPort!, workerData, [
  keepAll,
  keepNone,
  trustReader,
  {
    ...keepNone,
    version: 'hungry',
    keep() {
      for (;;) hoard.push({ more: hoard.length, and: [hoard.length] })
    },
  },
  {
    ...keepNone,
    version: 'leaving',
    keep() {
      process.exit(3)
    },
  },
  {
    ...keepNone,
    version: 'broken',
    keep() {
      throw new TypeError('a defect')
    },
  },
])
