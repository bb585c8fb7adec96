import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Kysely } from 'kysely'
import type { PolicyTables } from '../tables.ts'
import type { BacktestInput, Chunk } from './input.ts'
import { planChunks } from './read-exchanges.ts'
import { type BacktestReport, makeReport } from './report.ts'
import { addTally, emptyTally, type Tally } from './tally.ts'
import type { WorkerData, WorkerResult } from './worker.ts'

export type BacktestProgress = { exchanges: number; total: number }

/**
 * Judges recorded exchanges again, on threads of their own. What the threads find is put together in the order of the
 * exchanges, so that the report depends on nothing but what was recorded.
 * @throws what a thread threw, or the signal's reason when it aborts.
 */
export async function runBacktest({
  database,
  databaseUrl,
  input,
  signal,
  threads = Math.min(4, availableParallelism()),
  onProgress = () => {},
}: {
  database: Kysely<PolicyTables>
  databaseUrl: string
  input: BacktestInput
  signal?: AbortSignal
  threads?: number
  onProgress?: (progress: BacktestProgress) => void
}): Promise<BacktestReport> {
  const { snapshot, total, chunks } = await planChunks(database, input)
  const tally = emptyTally()
  onProgress({ exchanges: 0, total })
  const done = new Map<number, Tally>()
  let merged = 0
  const take = ({ index, tally: part }: WorkerResult) => {
    done.set(index, part)
    for (let next = done.get(merged); next; next = done.get(merged)) {
      addTally(tally, next)
      done.delete(merged)
      merged += 1
    }
    onProgress({ exchanges: tally.exchanges, total })
  }
  const workerData: WorkerData = { databaseUrl, input, snapshot }
  const lanes = Array.from({ length: Math.min(threads, chunks.length) }, (_, lane) =>
    runLane(
      workerData,
      chunks.filter(({ index }) => index % Math.min(threads, chunks.length) === lane),
      take,
      signal,
    ),
  )
  try {
    await Promise.all(lanes.map(({ finished }) => finished))
    return makeReport(input, tally)
  } finally {
    await Promise.all(lanes.map(({ stop }) => stop()))
  }
}

function runLane(
  workerData: WorkerData,
  chunks: Chunk[],
  take: (result: WorkerResult) => void,
  signal: AbortSignal | undefined,
): { finished: Promise<void>; stop: () => Promise<unknown> } {
  const { NODE_COMPILE_CACHE } = process.env
  const env = NODE_COMPILE_CACHE ? { NODE_COMPILE_CACHE } : {}
  const worker = new Worker(join(import.meta.dirname, 'worker.ts'), { workerData, env, stdin: false })
  const finished = Promise.withResolvers<void>()
  let at = 0
  const send = () => {
    if (at < chunks.length) worker.postMessage({ chunk: chunks[at], next: chunks[at + 1] })
    else finished.resolve()
    at += 1
  }
  worker.on('message', (result: WorkerResult) => {
    take(result)
    send()
  })
  worker.on('error', finished.reject)
  worker.on('exit', (code) => finished.reject(new Error(`a thread of the backtest ended with ${code}`)))
  const abort = () => finished.reject(signal!.reason)
  if (signal?.aborted) abort()
  signal?.addEventListener('abort', abort)
  send()
  return {
    finished: finished.promise,
    stop() {
      signal?.removeEventListener('abort', abort)
      return worker.terminate()
    },
  }
}
