import type { ChildProcess } from 'node:child_process'
import type { Readiness } from '@airs-cp/runtime'
import { mergeMetrics } from './merge-metrics.ts'
import { ownWorkerNumber } from './own-worker.ts'

/** What one worker reports of itself. */
export type Report = { metrics: string; readiness: Readiness }

/** What is reported of the ingress as a whole, whichever of its workers is asked. */
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

/** Questions to another process, which replies with their number. One that has no reply in time resolves with `fallback`. */
function createQuestions<Reply>(fallback: Reply, timeoutMs: number) {
  let last = 0
  const waiting = new Map<number, (reply: Reply) => void>()
  return {
    ask(send: (id: number) => void): Promise<Reply> {
      const id = ++last
      const { promise, resolve } = Promise.withResolvers<Reply>()
      waiting.set(id, resolve)
      const timer = setTimeout(() => resolve(fallback), timeoutMs)
      send(id)
      return promise.finally(() => {
        clearTimeout(timer)
        waiting.delete(id)
      })
    },
    received: (id: number, reply: Reply) => waiting.get(id)?.(reply),
  }
}

/** For a process that is the whole ingress, and for a worker, which asks the others as well. */
export function createReports(own: Reports): Reports {
  if (ownWorkerNumber() === undefined) return own
  const questions = createQuestions<(Report | null)[]>([null], 2 * patienceMs)
  process.on('message', (message: Message) => {
    if (message.kind === 'report') void report(message.id)
    if (message.kind === 'reported-all') questions.received(message.id, message.reports)
  })
  const report = async (id: number) => {
    const [metrics, readiness] = await Promise.all([own.metrics(), own.readiness()])
    send({ kind: 'reported', id, report: { metrics, readiness } })
  }
  const all = () => questions.ask((id) => send({ kind: 'report-all', id }))
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
  const questions = createQuestions<Report | null>(null, patienceMs)
  const ask = async (worker: ChildProcess | undefined) =>
    worker?.connected ? questions.ask((id) => worker.send({ kind: 'report', id } satisfies Message)) : null
  return async (from: ChildProcess, message: Message): Promise<void> => {
    if (message.kind === 'reported') questions.received(message.id, message.report)
    if (message.kind !== 'report-all') return
    const reports = await Promise.all(workers().map(ask))
    if (from.connected) from.send({ kind: 'reported-all', id: message.id, reports } satisfies Message)
  }
}

/** Ready when every worker is; each check names its worker. */
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
