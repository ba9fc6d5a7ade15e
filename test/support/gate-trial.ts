/**
 * A program of its own, as what is tried may end it: threads that make zlib handles as often as they can are ended at
 * any moment, the last one by the program's own end. Bundled, it is both the program and what runs in its threads.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { Gate } from '../../src/image/thread/gate.ts'
import { createGunzip, makeHandlesBy } from '../../src/image/zlib-handles.ts'

async function main(rounds: number): Promise<void> {
  for (let round = 0; round <= rounds; round++) {
    const gate = new Gate()
    const worker = new Worker(__filename, { workerData: gate.shared })
    await new Promise(begun => worker.once('message', begun))
    await sleep((round % 10) / 5)
    gate.shut()
    if (round === rounds) process.exit(7)
    await worker.terminate()
  }
}

if (isMainThread) {
  void main(Number(process.argv[2]))
} else {
  const gate = new Gate(workerData)
  makeHandlesBy(make => gate.pass(make))
  parentPort!.postMessage('begun')
  for (;;) createGunzip({}).close()
}
