import { Worker } from 'node:worker_threads'
import type { SentExchange } from './send-exchange.ts'

export type LoadProfile = { clients: number; pauseMs: number; largestBytes: number }
export type LoadInput = { url: string; seed: number }
export type ToLoad = { kind: 'profile'; profile: LoadProfile } | { kind: 'close' }
export type FromLoad = { kind: 'sent'; sent: SentExchange } | { kind: 'paused' }

/** Steady traffic from a thread of its own. */
export type Load = {
  /** Everything that was sent, by marker. */
  log: Map<string, SentExchange>
  run: (profile: LoadProfile) => void
  /** Resolves when nothing is under way. */
  pause: () => Promise<void>
  close: () => Promise<void>
}

/** About 40 exchanges a second where an exchange takes no time, of 1 to 160 KB. */
export const steady: LoadProfile = { clients: 8, pauseMs: 100, largestBytes: 160_000 }

export function createLoad(input: LoadInput): Load {
  const worker = new Worker(new URL('./load-worker.ts', import.meta.url), { workerData: input })
  const log = new Map<string, SentExchange>()
  let paused = () => {}
  worker.on('message', (message: FromLoad) => {
    if (message.kind === 'sent') log.set(message.sent.marker, message.sent)
    else paused()
  })
  const send = (message: ToLoad) => worker.postMessage(message)
  return {
    log,
    run: (profile) => send({ kind: 'profile', profile }),
    pause: () =>
      new Promise((resolve) => {
        paused = resolve
        send({ kind: 'profile', profile: { clients: 0, pauseMs: 0, largestBytes: 0 } })
      }),
    close: () =>
      new Promise((resolve) => {
        worker.once('exit', () => resolve())
        send({ kind: 'close' })
      }),
  }
}
