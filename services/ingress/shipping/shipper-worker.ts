import { parentPort, workerData } from 'node:worker_threads'
import type { FromWorker, ToWorker, WorkerInput } from './shipper-messages.ts'
import { Shipping } from './shipping.ts'

const port = parentPort
if (!port) throw new Error('shipper-worker.ts is the entry of a worker thread; call startShipper instead')

const input = workerData as WorkerInput
const telemetry = input.settings.traced ? await startTracing() : undefined
const shipping = new Shipping(input, (message: FromWorker) => port.postMessage(message))
port.on('message', (message: ToWorker) => {
  if (message.kind === 'epochs') shipping.setEpochs(message.epochs)
  else if (message.kind === 'drain') shipping.drain()
  else void closeAll().finally(() => process.exit())
})
await shipping.run()

async function closeAll(): Promise<void> {
  await shipping.close()
  await telemetry?.close()
}

/** Loaded where it is wanted only: a worker has modules of its own. */
async function startTracing() {
  const { createLogger, startTelemetry } = await import('@airs-cp/runtime')
  return startTelemetry('ingress', process.env, createLogger('ingress', process.env.AIRS_LOG))
}
