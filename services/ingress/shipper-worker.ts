import { parentPort, workerData } from 'node:worker_threads'
import type { FromWorker, ToWorker, WorkerInput } from './shipper-messages.ts'
import { Shipping } from './shipping.ts'

const port = parentPort
if (!port) throw new Error('shipper-worker.ts is the entry of a worker thread; call startShipper instead')

const shipping = new Shipping(workerData as WorkerInput, (message: FromWorker) => port.postMessage(message))
port.on('message', (message: ToWorker) => {
  if (message.kind === 'epochs') shipping.setEpochs(message.epochs)
  else if (message.kind === 'drain') shipping.drain()
  else void shipping.close().finally(() => process.exit())
})
await shipping.run()
