import { setTimeout as sleep } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import type { LoadInput, LoadProfile, ToLoad } from './load.ts'
import { makeCall } from './make-call.ts'
import { createRandom } from './random.ts'
import { sendExchange } from './send-exchange.ts'

const { url, seed } = workerData as LoadInput
const port = parentPort!
const random = createRandom(seed)
let profile: LoadProfile = { clients: 0, pauseMs: 100, largestBytes: 1_000 }
let running = 0

async function run(client: number): Promise<void> {
  while (client < profile.clients) {
    const sent = await sendExchange(url, makeCall(random, profile.largestBytes))
    port.postMessage({ kind: 'sent', sent })
    const isRefused = sent.end === 'refused' || sent.end === 'unanswered'
    await sleep(isRefused ? Math.max(profile.pauseMs, 50) : profile.pauseMs * 2 * random.fraction())
  }
  running--
  if (running === 0) port.postMessage({ kind: 'paused' })
}

port.on('message', (message: ToLoad) => {
  if (message.kind === 'close') {
    port.close()
    process.exit(0)
  }
  profile = message.profile
  if (profile.clients === 0 && running === 0) port.postMessage({ kind: 'paused' })
  while (running < profile.clients) void run(running++)
})
