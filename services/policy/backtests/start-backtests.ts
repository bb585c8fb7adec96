import { appendControlEvent, type Bus } from '@airs-cp/bus'
import { eventTypes, uuidFrom } from '@airs-cp/events'
import { isTransient } from '@airs-cp/postgres'
import { type Logger, logRecovery, type RepeatedWork, repeat } from '@airs-cp/runtime'
import type { Kysely } from 'kysely'
import type { PolicyTables } from '../tables.ts'
import { type Backtest, findBacktest, nextQueued } from './backtests.ts'
import { reportDigest } from './report.ts'
import { type BacktestProgress, runBacktest } from './run-backtest.ts'

const source = '/airs/policy'
const lookAgainMs = 2_000
const cancelCheckMs = 500

export type Backtests = RepeatedWork & {
  /** Of the one that runs; undefined for every other. */
  progress(id: string): BacktestProgress | undefined
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

  async function runNext(stopping: AbortSignal): Promise<'more' | undefined> {
    const next = await nextQueued(database)
    if (!next || stopping.aborted) return undefined
    const abort = new AbortController()
    running = { id: next.id, progress: { exchanges: 0, total: 0 }, abort }
    try {
      await runOne(next, AbortSignal.any([abort.signal, stopping]), stopping)
    } finally {
      running = undefined
    }
    return 'more'
  }

  async function runOne(
    { id, request }: Backtest,
    signal: AbortSignal,
    stopping: AbortSignal,
  ): Promise<void> {
    const { policies, replaced, tested, enforce, from, until, exchange } = request
    const inForce = replaced && [...policies.filter(({ name }) => !tested.includes(name)), ...replaced]
    await using _ = repeat({
      everyMs: cancelCheckMs,
      work: () => stopWhenCancelled(id),
      onProblem() {},
    })
    try {
      const report = await runBacktest({
        database,
        databaseUrl,
        input: {
          set: { version: 0, mode: 'enforce', policies },
          ...(inForce && { inForce: { version: 0, mode: 'enforce' as const, policies: inForce } }),
          ...(request.inForce && { namesInForce: request.inForce }),
          tested,
          enforce,
          until,
          ...(from && { from }),
          ...(exchange !== undefined && { exchange }),
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
      await ended(id, stopping)
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
      await ended(id, stopping)
    }
  }

  async function stopWhenCancelled(id: string): Promise<void> {
    const found = await findBacktest(database, id)
    if (found && found.state !== 'queued' && running?.id === id)
      running.abort.abort(new Error(`the backtest is ${found.state}`))
  }

  /** Waits until the projection knows, so that it is not run a second time. */
  async function ended(id: string, stopping: AbortSignal): Promise<void> {
    for (
      let found = await findBacktest(database, id);
      !stopping.aborted;
      found = await findBacktest(database, id)
    ) {
      if (found?.state !== 'queued') return
      await pause(20)
    }
  }

  const loop = repeat({
    everyMs: lookAgainMs,
    work: runNext,
    ...logRecovery(log, 'cannot run backtests; trying again'),
  })
  return { ...loop, progress: (id) => (running?.id === id ? running.progress : undefined) }
}

function pause(ms = 200): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
