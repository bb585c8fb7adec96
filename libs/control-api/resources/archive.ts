import { manifestSchema } from '@airs-cp/manifest'
import { z } from 'zod'
import { endpoints } from '../endpoint.ts'
import { time } from '../fields.ts'

const params = z.object({ day: z.iso.date() })

const daySchema = z
  .object({
    day: z.iso.date().describe('On which the event store took the events (UTC)'),
    state: z
      .enum(['queued', 'archived', 'failed', 'dropped'])
      .describe(
        '`queued`: its file is being written; `failed`: the next request tries again; `dropped`: events were dropped before it was archived, so it has no file',
      ),
    generation: z.int().describe('Which log of this store, counted from 1'),
    from: z.int().describe('First leaf of the log'),
    until: z.int().describe('First leaf behind it: where the next day begins'),
    rows: z.int().nullable(),
    bytes: z.int().nullable(),
    sha256: z.string().nullable().describe('Of its file; null until it is complete'),
    actor: z.string(),
    requestedAt: time,
    endedAt: time.nullable(),
    dropped: z.int().nullable().describe('Events that were dropped before it was archived'),
    error: z.string().nullable(),
  })
  .meta({ id: 'ArchivedDay' })

const archiveSchema = z
  .object({
    location: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('folder'), directory: z.string() }),
      z.object({
        kind: z.literal('bucket'),
        bucket: z.string(),
        prefix: z.string(),
        endpoint: z.string().nullable(),
      }),
    ]),
    days: z.array(daySchema).describe('Oldest first'),
  })
  .meta({ id: 'Archive' })

const notThere = { 404: ['not_found'], 409: ['day_not_archived'], 410: ['archive_file_missing'] } as const

export const archive = endpoints({
  'POST /v1/archive': {
    role: 'exporter',
    summary:
      'Archive every day that is over and not archived, as Parquet with manifest and proof. Days that failed are tried again',
    body: z.strictObject({
      through: z.iso
        .date('is no day such as 2026-11-27')
        .optional()
        .describe('The last day that is archived; default: yesterday (UTC)'),
    }),
    status: 202,
    response: archiveSchema,
    errors: { 503: ['log_behind'] },
  },
  'GET /v1/archive': {
    role: 'viewer',
    summary: 'Where the archive is, and its days',
    response: archiveSchema,
  },
  'GET /v1/archive/:day/manifest': {
    role: 'exporter',
    summary: 'What the file of an archived day claims of itself',
    params,
    response: manifestSchema.meta({ id: 'Manifest' }),
    writes: ['application/json'],
    errors: notThere,
  },
  'GET /v1/archive/:day/proof': {
    role: 'exporter',
    summary: 'What proves each event of an archived day (docs/log-format.md)',
    params,
    writes: ['text/plain'],
    errors: notThere,
  },
  'GET /v1/archive/:day/download': {
    role: 'exporter',
    summary: 'The Parquet file of an archived day. Each read is an event',
    params,
    writes: ['application/vnd.apache.parquet'],
    errors: notThere,
  },
})
