import type { ExportRequested } from '@airs-cp/events'
import { createPostgresBackend, Queue } from 'bullmq'

export type QueueName = 'exports' | 'exports-sessions'

/** Sessions have a queue of their own: however long some of them take, events and decisions are exported meanwhile. */
function queueOf(kind: ExportRequested['kind']): QueueName {
  return kind === 'sessions' ? 'exports-sessions' : 'exports'
}

export const queueNames: readonly QueueName[] = ['exports', 'exports-sessions']
const schema = 'bullmq'

/** Progress of a running export, as the worker stores it on its job. */
export type ExportProgress = { rows: number; totalRows: number; bytes: number; elapsedMs: number }

export type ExportJob = {
  exportId: string
  /** Of the trace that it was asked for in. */
  traceparent?: string | undefined
}

export type ExportQueue = {
  /**
   * Puts an export in the queue; one that is there already stays as it is, unless it failed.
   * @param traceparent of the trace that it was asked for in, where that is known.
   */
  add(exportId: string, kind: ExportRequested['kind'], traceparent?: string): Promise<void>
  /** Undefined while no worker has begun. */
  progress(exportId: string): Promise<ExportProgress | undefined>
  /** Whether a worker has it, or will have it. */
  isUnfinished(exportId: string): Promise<boolean>
  close(): Promise<void>
}

/** BullMQ keeps its own pool, in its own schema of the same database. */
export function queueConnection(databaseUrl: string, max = 4) {
  return { connectionString: databaseUrl, schema, max }
}

const jobOptions = {
  attempts: 3,
  backoff: { type: 'exponential', delay: 1_000 },
  removeOnComplete: { age: 24 * 3_600 },
}

export function openQueue(databaseUrl: string): ExportQueue {
  const queues = new Map(
    queueNames.map((name) => {
      const queue = new Queue(name, { connection: queueConnection(databaseUrl, 2) }, createPostgresBackend)
      queue.on('error', () => {
        // Postgres is unavailable; each call reports that by itself.
      })
      return [name, queue]
    }),
  )
  return {
    async add(exportId, kind, traceparent) {
      const queue = queues.get(queueOf(kind))!
      const job = await queue.add('export', { exportId, traceparent }, { ...jobOptions, jobId: exportId })
      if (await job.isFailed()) await job.retry()
    },
    async progress(exportId) {
      for (const queue of queues.values()) {
        const progress = (await queue.getJob(exportId))?.progress
        if (progress && typeof progress === 'object') return progress as ExportProgress
      }
      return undefined
    },
    async isUnfinished(exportId) {
      for (const queue of queues.values()) {
        const state = await queue.getJobState(exportId)
        if (state !== 'completed' && state !== 'failed' && state !== 'unknown') return true
      }
      return false
    },
    async close() {
      await Promise.all([...queues.values()].map((queue) => queue.close()))
    },
  }
}

/**
 * Creates or updates BullMQ's tables, and lets `role` use them.
 * @param adminUrl a connection that may create schemas.
 */
export async function migrateQueue(adminUrl: string): Promise<void> {
  const queue = new Queue(
    queueNames[0]!,
    { connection: { ...queueConnection(adminUrl), migrate: true } },
    createPostgresBackend,
  )
  await queue.waitUntilReady()
  await queue.close()
}
