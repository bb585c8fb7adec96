import {
  actionSchema,
  exportCompressions,
  exportFiltersSchema,
  exportFormats,
  exportKinds,
} from '@airs-cp/events'
import { manifestSchema } from '@airs-cp/manifest'
import { z } from 'zod'
import { endpoints } from '../endpoint.ts'
import { idOf, limit, time } from '../fields.ts'

const params = z.object({ id: idOf('an export', '`airs exports` lists it') })

const exportSchema = z
  .object({
    id: z.uuid(),
    kind: z.enum(exportKinds),
    format: z.enum(exportFormats),
    compression: z.enum(exportCompressions),
    includeLineage: z.boolean(),
    filters: exportFiltersSchema,
    from: time.nullable().describe('First instant included'),
    until: time.nullable().describe('First instant not included'),
    actor: z.string(),
    state: z.enum(['queued', 'running', 'completed', 'failed', 'cancelled', 'deleted', 'expired']),
    requestedAt: time,
    endedAt: time.nullable(),
    rows: z.int(),
    totalRows: z.int().nullable().describe('Null until they are counted'),
    bytes: z.int(),
    percent: z.int(),
    secondsLeft: z.int().nullable().describe('At the speed so far; null while that is not known'),
    sha256: z.string().nullable().describe('Of the file; null until it is complete'),
    error: z.string().nullable(),
  })
  .meta({ id: 'Export' })

const gone = {
  409: ['export_not_completed'],
  410: ['export_deleted', 'export_expired', 'export_file_missing'],
} as const

export const exports = endpoints({
  'POST /v1/exports': {
    role: 'exporter',
    summary:
      'Request an export. A date without time is a whole day in UTC; `to` is included. With an `Idempotency-Key`, the same request again gives the same export',
    headers: z.object({
      'idempotency-key': z.string().optional().describe('1 to 128 characters of your own'),
    }),
    body: z
      .strictObject({
        kind: z.enum(exportKinds).default('events'),
        format: z.enum(exportFormats).default('jsonl'),
        compression: z.enum(exportCompressions).default('none'),
        from: z
          .string()
          .optional()
          .describe(
            'A day or a time (without a zone UTC), `today`, `yesterday`, or how long ago: `7d`, `12h`, `30m`',
          ),
        to: z.string().optional().describe('Included: a day as a whole'),
        includeLineage: z.boolean().default(false).describe('Only of sessions'),
        filters: exportFiltersSchema.extend({ action: actionSchema.optional() }).default({}),
      })
      .refine(({ kind, includeLineage }) => !includeLineage || kind === 'sessions', {
        path: ['includeLineage'],
        message: 'only an export of sessions can include lineage',
      })
      .refine(({ kind, filters }) => filters.fromLeaf === undefined || kind === 'events', {
        path: ['filters', 'fromLeaf'],
        message: 'only an export of events can begin at a leaf',
      }),
    status: 202,
    response: exportSchema,
    errors: { 400: ['date_range_invalid', 'idempotency_key_invalid'] },
  },
  'GET /v1/exports': {
    role: 'viewer',
    summary: 'Exports, newest first',
    query: z.object({ limit: limit(1_000, 100) }),
    response: z.object({ exports: z.array(exportSchema) }),
  },
  'GET /v1/exports/:id': {
    role: 'viewer',
    summary: 'State and progress of an export',
    params,
    response: exportSchema,
    errors: { 404: ['not_found'] },
  },
  'GET /v1/exports/:id/progress': {
    role: 'viewer',
    summary:
      'State and progress as server-sent events (`progress`, at last `end`), until the export has ended',
    params,
    writes: ['text/event-stream'],
    errors: { 404: ['not_found'] },
  },
  'POST /v1/exports/:id/cancel': {
    role: 'exporter',
    summary: 'Stop an export that is not completed; nothing of it stays',
    params,
    response: exportSchema,
    errors: { 404: ['not_found'], 409: ['export_ended'] },
  },
  'DELETE /v1/exports/:id': {
    role: 'exporter',
    summary: 'Remove an export and its file; one that runs is stopped',
    params,
    status: 204,
    errors: { 404: ['not_found'] },
  },
  'GET /v1/exports/:id/manifest': {
    role: 'exporter',
    summary: 'What a completed export claims of itself',
    params,
    response: manifestSchema.meta({ id: 'Manifest' }),
    writes: ['application/json'],
    errors: { 404: ['not_found'], ...gone },
  },
  'GET /v1/exports/:id/proof': {
    role: 'exporter',
    summary: 'What proves each row of a completed export of events as JSON Lines (docs/log-format.md)',
    params,
    writes: ['text/plain'],
    errors: { 404: ['not_found'], ...gone },
  },
  'GET /v1/exports/:id/download': {
    role: 'exporter',
    summary: 'The file of a completed export; Range is honoured (206)',
    params,
    headers: z.object({ range: z.string().optional(), 'if-range': z.string().optional() }),
    writes: ['application/x-ndjson', 'text/csv', 'application/gzip', 'application/zstd'],
    otherwise: { 206: 'written' },
    errors: { 404: ['not_found'], ...gone, 416: ['range_not_satisfiable'] },
  },
})
