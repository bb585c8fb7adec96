import { appendControlEvent, type Bus } from '@airs-cp/bus'
import { eventTypes, uuidFrom } from '@airs-cp/events'
import { isTransient } from '@airs-cp/postgres'
import type { Logger } from '@airs-cp/runtime'
import type { Kysely } from 'kysely'
import type { PolicyTables } from '../tables.ts'
import { type Backtest, findBacktest, nextQueued } from './backtests.ts'
import { reportDigest } from './report.ts'
import { type BacktestProgress, runBacktest } from './run-backtest.ts'

const source = '/airs/policy'
const lookAgainMs = 2_000

export type Backtests = {
  /** Of the one that runs; undefined for every other. */
  progress(id: string): BacktestProgress | undefined
  /** Looks for work now. */
  wake(): void
  close(): Promise<void>
}

/**
 * Runs backtests that are asked for, one at a time, the oldest first. One that was under way when this process ended is run again
 * by the next: its events have fixed ids, so that it ends once.
 */
export function startBacktests({
  bus,
  database,
  databaseUrl,
  log,
}: {
  bus: Bus
  database: Kysely<PolicyTables>
  databaseUrl: string
  log: Logger
}): Backtests {
  let running: { id: string; progress: BacktestProgress; abort: AbortController } | undefined
  let isClosed = false
  let isBusy = false
  let loop: Promise<void> = Promise.resolve()

  async function work(): Promise<void> {
    for (let next = await nextQueued(database); next && !isClosed; next = await nextQueued(database)) {
      const abort = new AbortController()
      running = { id: next.id, progress: { exchanges: 0, total: 0 }, abort }
      try {
        await runOne(next, abort.signal)
      } finally {
        running = undefined
      }
    }
  }

  async function runOne({ id, request }: Backtest, signal: AbortSignal): Promise<void> {
    const { policies, tested, enforce, from, until } = request
    const watch = setInterval(() => void stopWhenCancelled(id), 500)
    try {
      const report = await runBacktest({
        database,
        databaseUrl,
        input: {
          set: { version: 0, mode: 'enforce', policies },
          tested,
          enforce,
          until,
          ...(from && { from }),
        },
        signal,
        onProgress(progress) {
          if (running?.id === id) running.progress = progress
        },
      })
      const data = { backtestId: id, digest: reportDigest(report), report: { ...report } }
      await appendControlEvent(bus, source, eventTypes.backtestCompleted, data, {
        id: uuidFrom(id, 'completed'),
      })
      await ended(id)
    } catch (err) {
      if (signal.aborted || isTransient(err)) return pause()
      log.error({ err, backtestId: id }, 'backtest failed')
      const error = err instanceof Error ? err.message : String(err)
      await appendControlEvent(
        bus,
        source,
        eventTypes.backtestFailed,
        { backtestId: id, error },
        { id: uuidFrom(id, 'failed') },
      )
      await ended(id)
    } finally {
      clearInterval(watch)
    }
  }

  async function stopWhenCancelled(id: string): Promise<void> {
    const found = await findBacktest(database, id).catch(() => undefined)
    if (found && found.state !== 'queued' && running?.id === id)
      running.abort.abort(new Error(`the backtest is ${found.state}`))
  }

  /** Waits until the projection knows, so that it is not run a second time. */
  async function ended(id: string): Promise<void> {
    for (let found = await findBacktest(database, id); !isClosed; found = await findBacktest(database, id)) {
      if (found?.state !== 'queued') return
      await pause(20)
    }
  }

  function wake(): void {
    if (isBusy || isClosed) return
    isBusy = true
    loop = work()
      .catch((err) => log.warn({ err }, 'cannot run backtests; trying again'))
      .finally(() => {
        isBusy = false
      })
  }

  const timer = setInterval(wake, lookAgainMs)
  return {
    progress: (id) => (running?.id === id ? running.progress : undefined),
    wake,
    async close() {
      isClosed = true
      clearInterval(timer)
      running?.abort.abort(new Error('the policy service is stopping'))
      await loop
    },
  }
}

function pause(ms = 200): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
