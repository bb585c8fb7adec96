import { createPostgresBackend, Queue } from 'bullmq'
import { queueConnection } from '../queue.ts'
import type { ArchiveRow } from './days.ts'

export const archiveQueueName = 'archive'

export type ArchiveJob = { day: string; attempt: number }

export type ArchiveQueue = {
  /** Puts a day in the queue; one that is there already stays as it is, unless it failed. */
  add(row: ArchiveRow): Promise<void>
  close(): Promise<void>
}

const jobOptions = {
  attempts: 3,
  backoff: { type: 'exponential', delay: 1_000 },
  removeOnComplete: { age: 24 * 3_600 },
}

export function openArchiveQueue(databaseUrl: string): ArchiveQueue {
  const queue = new Queue(
    archiveQueueName,
    { connection: queueConnection(databaseUrl, 2) },
    createPostgresBackend,
  )
  queue.on('error', () => {
    // Postgres is unavailable; each call reports that by itself.
  })
  return {
    async add({ day, attempt }) {
      const job = await queue.add('archive', { day, attempt }, { ...jobOptions, jobId: `${day}-${attempt}` })
      if (await job.isFailed()) await job.retry()
    },
    close: () => queue.close(),
  }
}
