import { createPostgresBackend, Queue } from 'bullmq'

export const queueName = 'exports'
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
  add(exportId: string, traceparent?: string): Promise<void>
  /** Undefined while no worker has begun. */
  progress(exportId: string): Promise<ExportProgress | undefined>
  /** Whether a worker has it, or will have it. */
  isUnfinished(exportId: string): Promise<boolean>
  close(): Promise<void>
}

/** BullMQ keeps its own pool, in its own schema of the same database. */
export function queueConnection(databaseUrl: string) {
  return { connectionString: databaseUrl, schema, max: 4 }
}

const jobOptions = {
  attempts: 3,
  backoff: { type: 'exponential', delay: 1_000 },
  removeOnComplete: { age: 24 * 3_600 },
}

export function openQueue(databaseUrl: string): ExportQueue {
  const queue = new Queue(queueName, { connection: queueConnection(databaseUrl) }, createPostgresBackend)
  queue.on('error', () => {
    // Postgres is away; each call reports that by itself.
  })
  return {
    async add(exportId, traceparent) {
      const job = await queue.add('export', { exportId, traceparent }, { ...jobOptions, jobId: exportId })
      if (await job.isFailed()) await job.retry()
    },
    async progress(exportId) {
      const job = await queue.getJob(exportId)
      const progress = job?.progress
      return progress && typeof progress === 'object' ? (progress as ExportProgress) : undefined
    },
    async isUnfinished(exportId) {
      const state = await queue.getJobState(exportId)
      return state !== 'completed' && state !== 'failed' && state !== 'unknown'
    },
    close: () => queue.close(),
  }
}

/**
 * Creates or updates BullMQ's tables, and lets `role` use them.
 * @param adminUrl a connection that may create schemas.
 */
export async function migrateQueue(adminUrl: string): Promise<void> {
  const queue = new Queue(
    queueName,
    { connection: { ...queueConnection(adminUrl), migrate: true } },
    createPostgresBackend,
  )
  await queue.waitUntilReady()
  await queue.close()
}
