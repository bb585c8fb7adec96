import type { FromWorker, ToWorker, WorkerInput } from './shipper-messages.ts'
import { Shipping } from './shipping.ts'

/** The end of a channel between threads, as far as it is used. */
export type ThreadPort = {
  postMessage(message: FromWorker): void
  on(event: 'message', listener: (message: ToWorker) => void): unknown
}

/**
 * Ships until the message `close` comes.
 * @param exit ends the thread.
 */
export async function serveShipping(port: ThreadPort, input: WorkerInput, exit: () => void): Promise<void> {
  const telemetry = input.settings.traced ? await startTracing() : undefined
  const shipping = new Shipping(input, (message) => port.postMessage(message))
  port.on('message', (message) => {
    if (message.kind === 'epochs') shipping.setEpochs(message.epochs)
    else if (message.kind === 'drain') shipping.drain()
    else void closeAll().finally(exit)
  })
  await shipping.run()

  async function closeAll(): Promise<void> {
    await shipping.close()
    await telemetry?.close()
  }
}

/** Loaded where it is wanted only: a worker has modules of its own. */
async function startTracing() {
  const { createLogger, startTelemetry } = await import('@airs-cp/runtime')
  return startTelemetry('ingress', process.env, createLogger('ingress', process.env.AIRS_LOG))
}
