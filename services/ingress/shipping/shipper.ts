import { Worker } from 'node:worker_threads'
import { defaultIngress } from '@airs-cp/events'
import type { Journal } from '@airs-cp/journal'
import { activeTracer } from '@airs-cp/runtime'
import { NotReplicatedError } from './not-replicated-error.ts'
import { SharedPosition } from './shared-position.ts'
import type {
  FromWorker,
  ShippedEpoch,
  ShipperReport,
  ShipperSettings,
  ToWorker,
  WorkerInput,
  WorkerStats,
} from './shipper-messages.ts'

export type { ShipperReport } from './shipper-messages.ts'

export type ShipperOptions = {
  journal: Journal
  /** `nats://user:password@host:port`; several separated by commas. */
  natsUrl: string
  /** In whose subject space it publishes. */
  ingress?: string
  /** `waitForAck` is notified of every acknowledgement at once, and nothing lingers; for recording mode `replicated`. */
  replicated?: boolean
  /** How long new entries are gathered before they are shipped. Default 20 ms; 0 when `replicated`. */
  lingerMs?: number
  /** How often the audit service's progress is read. Default 1 s. */
  progressIntervalMs?: number
  /** After so long without progress what was shipped is suspected to be lost. Default 10 s. */
  stallMs?: number
  ackTimeoutMs?: number
  onReport?: (report: ShipperReport) => void
}

export type ShipperStats = WorkerStats & {
  oldestUnshippedAgeMs: number
  workerRestarts: number
  /** How often `waitForAck` failed. */
  ackTimeouts: number
}

/** Ships a journal to JetStream from a worker thread, and confirms to the journal what the audit service has committed. */
export type Shipper = AsyncDisposable & {
  /** At most half a second old. */
  stats(): ShipperStats
  /**
   * Resolves when JetStream has acknowledged everything in `journal` up to `sequence`.
   * @throws NotReplicatedError when that takes longer than `timeoutMs`. The entry stays in the journal and will be shipped.
   */
  waitForAck(journal: string, sequence: number, timeoutMs?: number): Promise<void>
  /** Why `waitForAck` would fail now, as far as is known; undefined when nothing speaks against it. */
  obstacle(): string | undefined
  /** Whether everything that is durable now was acknowledged within `timeoutMs`. */
  drain(timeoutMs: number): Promise<boolean>
  close(): Promise<void>
}

type Waiter = { sequence: number; resolve: () => void }

const restartAfterMs = 500

/**
 * The worker's garbage is buffers, whose bytes are not in its heap: in a young generation of the usual size they become
 * a reason to mark the whole heap, twice a second, before a scavenge would have freed them.
 */
const maxYoungGenerationSizeMb = 3

/** Starts shipping. Needs no connection to begin with: it goes on trying for ever. */
export function startShipper(options: ShipperOptions): Shipper {
  const { journal, onReport = () => {} } = options
  const replicated = options.replicated ?? false
  const settings: ShipperSettings = {
    directory: journal.directory,
    natsUrl: options.natsUrl,
    ingress: options.ingress ?? defaultIngress,
    acknowledgements: replicated,
    traced: activeTracer() !== undefined,
    lingerMs: options.lingerMs ?? (replicated ? 0 : 20),
    progressIntervalMs: options.progressIntervalMs ?? 1000,
    stallMs: options.stallMs ?? 10_000,
    ackTimeoutMs: options.ackTimeoutMs ?? 5000,
  }
  const wake = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)
  const wakeCell = new Int32Array(wake)
  const positions = new Map<string, SharedPosition>()
  const acknowledged = new Map<string, number>()
  const waiters = new Map<string, Set<Waiter>>()
  let epochs: ShippedEpoch[] = []
  let stats: WorkerStats = {
    connected: false,
    shipped: 0,
    redelivered: 0,
    duplicates: 0,
    unshippable: 0,
    lostEvents: 0,
    inFlight: 0,
    oldestUnshippedTimeMs: undefined,
    journals: [],
  }
  let worker: Worker | undefined
  let workerRestarts = 0
  let ackTimeouts = 0
  let closed = false
  let drained: (() => void)[] = []

  const acknowledge = (id: string, sequence: number) => {
    if (sequence <= (acknowledged.get(id) ?? 0)) return
    acknowledged.set(id, sequence)
    for (const waiter of waiters.get(id) ?? []) if (waiter.sequence <= sequence) waiter.resolve()
  }

  const receive = (message: FromWorker) => {
    if (message.kind === 'acked') acknowledge(message.journal, message.sequence)
    else if (message.kind === 'confirmed') {
      journal.confirm(message.journal, message.sequence).catch(() => undefined)
    } else if (message.kind === 'stats') {
      stats = message.stats
      for (const { journal: id, shipped } of stats.journals) acknowledge(id, shipped)
    } else if (message.kind === 'drained') {
      const resolved = drained
      drained = []
      for (const resolve of resolved) resolve()
    } else onReport(message.report)
  }

  const startWorker = (): Worker => {
    const workerData: WorkerInput = { settings, epochs, wake }
    const started = new Worker(new URL('./shipper-worker.ts', import.meta.url), {
      workerData,
      resourceLimits: { maxYoungGenerationSizeMb },
    })
    started.on('message', receive)
    started.on('error', (error) => onReport({ kind: 'worker-failed', message: String(error) }))
    started.on('exit', () => {
      if (closed) return
      stats = { ...stats, connected: false }
      workerRestarts++
      setTimeout(() => {
        if (closed) return
        worker = startWorker()
        if (drained.length > 0) send({ kind: 'drain' })
      }, restartAfterMs)
    })
    started.unref()
    return started
  }
  const send = (message: ToWorker) => worker?.postMessage(message)

  const unfollow = journal.follow({
    durable(position) {
      positions.get(position.journal)?.write(position)
      Atomics.add(wakeCell, 0, 1)
      Atomics.notify(wakeCell, 0)
    },
    epochs(infos) {
      epochs = infos.map(({ journal: id, lastSequence, current }) => {
        const position = current ? (positions.get(id) ?? new SharedPosition()) : undefined
        if (position) positions.set(id, position)
        else positions.delete(id)
        return { journal: id, lastSequence, position: position?.buffer }
      })
      for (const id of acknowledged.keys()) {
        if (epochs.some((epoch) => epoch.journal === id)) continue
        acknowledge(id, Number.MAX_SAFE_INTEGER)
        acknowledged.delete(id)
      }
      send({ kind: 'epochs', epochs })
    },
  })
  worker = startWorker()

  const close = async () => {
    if (closed) return
    closed = true
    unfollow()
    const exited = new Promise((resolve) => worker?.once('exit', resolve))
    send({ kind: 'close' })
    const timer = setTimeout(() => void worker?.terminate(), 2000)
    await exited
    clearTimeout(timer)
  }

  const oldestUnshippedAgeMs = () =>
    stats.oldestUnshippedTimeMs ? Math.max(0, Date.now() - stats.oldestUnshippedTimeMs) : 0

  return {
    stats: () => ({ ...stats, oldestUnshippedAgeMs: oldestUnshippedAgeMs(), workerRestarts, ackTimeouts }),
    obstacle() {
      if (!stats.connected) return 'not connected to NATS'
      const ageMs = oldestUnshippedAgeMs()
      return ageMs > settings.ackTimeoutMs
        ? `JetStream has not acknowledged the oldest event for ${Math.round(ageMs / 1_000)} s`
        : undefined
    },
    waitForAck(id, sequence, timeoutMs = settings.ackTimeoutMs) {
      const removed = epochs.every((epoch) => epoch.journal !== id)
      if (removed || (acknowledged.get(id) ?? 0) >= sequence) return Promise.resolve()
      return new Promise((resolve, reject) => {
        const waiting = waiters.get(id) ?? new Set()
        waiters.set(id, waiting)
        const forget = () => {
          clearTimeout(timer)
          waiting.delete(waiter)
          if (waiting.size === 0) waiters.delete(id)
        }
        const waiter: Waiter = {
          sequence,
          resolve: () => {
            forget()
            resolve()
          },
        }
        const timer = setTimeout(() => {
          forget()
          ackTimeouts++
          reject(new NotReplicatedError(id, sequence, timeoutMs))
        }, timeoutMs)
        waiting.add(waiter)
      })
    },
    drain(timeoutMs) {
      return new Promise((resolve) => {
        const timer = setTimeout(() => resolve(false), timeoutMs)
        drained.push(() => {
          clearTimeout(timer)
          resolve(true)
        })
        send({ kind: 'drain' })
      })
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}
