/** What runs in a thread that reads layers: the build makes dist/worker/layer.cjs of it. */
import { parentPort, workerData } from 'node:worker_threads'
import { serveLayers } from './image/thread/serve.ts'
import { trustReader } from './trust/reader.ts'

serveLayers(parentPort!, workerData, [trustReader])
