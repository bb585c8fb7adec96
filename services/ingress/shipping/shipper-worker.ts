import { parentPort, workerData } from 'node:worker_threads'
import { serveShipping } from './serve-shipping.ts'
import type { WorkerInput } from './shipper-messages.ts'

const port = parentPort
if (!port) throw new Error('shipper-worker.ts is the entry of a worker thread; call startShipper instead')

await serveShipping(port, workerData as WorkerInput, () => process.exit())
