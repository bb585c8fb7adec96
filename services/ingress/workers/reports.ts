import type { ChildProcess } from 'node:child_process'
import type { Readiness } from '@airs-cp/runtime'
import { mergeMetrics } from './merge-metrics.ts'
import { ownWorkerNumber } from './own-worker.ts'

/** What one worker says of itself. */
export type Report = { metrics: string; readiness: Readiness }

/** What is said of the ingress as a whole, whichever of its workers is asked. */
export type Reports = {
  /** In Prometheus' text format. */
  metrics(): Promise<string>
  readiness(): Promise<Readiness>
}

/** Between a worker and the process that started it. */
type Message =
  | { kind: 'started' }
  | { kind: 'report-all'; id: number }
  | { kind: 'report'; id: number }
  | { kind: 'reported'; id: number; report: Report }
  | { kind: 'reported-all'; id: number; reports: (Report | null)[] }

/** A worker that does not report within this time is not ready. */
const patienceMs = 2_000

/** For a process that is the whole ingress, and for a worker, which asks the others as well. */
export function createReports(own: Reports): Reports {
  if (ownWorkerNumber() === undefined) return own
  const waiting = new Map<number, (reports: (Report | null)[]) => void>()
  let asked = 0
  process.on('message', (message: Message) => {
    if (message.kind === 'report') void report(message.id)
    if (message.kind === 'reported-all') waiting.get(message.id)?.(message.reports)
  })
  const report = async (id: number) => {
    const [metrics, readiness] = await Promise.all([own.metrics(), own.readiness()])
    send({ kind: 'reported', id, report: { metrics, readiness } })
  }
  const all = async () => {
    const id = ++asked
    const { promise, resolve } = Promise.withResolvers<(Report | null)[]>()
    waiting.set(id, resolve)
    const timer = setTimeout(() => resolve([null]), 2 * patienceMs)
    send({ kind: 'report-all', id })
    const reports = await promise
    clearTimeout(timer)
    waiting.delete(id)
    return reports
  }
  return {
    metrics: async () => mergeMetrics((await all()).map((report) => report?.metrics)),
    readiness: async () => mergeReadiness((await all()).map((report) => report?.readiness)),
  }
}

/** A worker serves now; of no meaning to any other process. */
export function reportStarted(): void {
  if (ownWorkerNumber() !== undefined) send({ kind: 'started' })
}

function send(message: Message): void {
  if (process.connected) process.send?.(message)
}

/** In the process that started the workers: collects what all of them report for the one that asks. */
export function collectReports(workers: () => readonly (ChildProcess | undefined)[]) {
  let last = 0
  const waiting = new Map<number, (report: Report) => void>()
  const ask = (worker: ChildProcess | undefined): Promise<Report | null> => {
    if (!worker?.connected) return Promise.resolve(null)
    const id = ++last
    const { promise, resolve } = Promise.withResolvers<Report | null>()
    waiting.set(id, resolve)
    const timer = setTimeout(() => resolve(null), patienceMs)
    worker.send({ kind: 'report', id } satisfies Message)
    return promise.finally(() => {
      clearTimeout(timer)
      waiting.delete(id)
    })
  }
  return async (from: ChildProcess, message: Message): Promise<void> => {
    if (message.kind === 'reported') waiting.get(message.id)?.(message.report)
    if (message.kind !== 'report-all') return
    const reports = await Promise.all(workers().map(ask))
    if (from.connected) from.send({ kind: 'reported-all', id: message.id, reports } satisfies Message)
  }
}

/** Ready when every worker is; each check says whose it is. */
export function mergeReadiness(workers: readonly (Readiness | undefined)[]): Readiness {
  const named = <Value>(of: (readiness: Readiness) => Record<string, Value> | undefined) =>
    workers.flatMap((readiness, index) =>
      Object.entries((readiness && of(readiness)) ?? {}).map(
        ([name, value]) => [`worker-${index + 1}-${name}`, value] as const,
      ),
    )
  const missing = workers.flatMap((readiness, index) =>
    readiness ? [] : [[`worker-${index + 1}`, { ready: false, reason: 'it does not respond' }] as const],
  )
  const notes = named((readiness) => readiness.notes)
  return {
    ready: workers.every((readiness) => readiness?.ready),
    checks: Object.fromEntries([...named((readiness) => readiness.checks), ...missing]),
    ...(notes.length > 0 && { notes: Object.fromEntries(notes) }),
  }
}
