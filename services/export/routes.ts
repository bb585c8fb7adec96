import { resolve } from 'node:path'
import { appendControlEvent, type Bus, type RunningProjection } from '@airs-cp/bus'
import { eventTypes, exportFormats, exportKinds, uuidv7 } from '@airs-cp/events'
import { type Api, ApiError, notFound } from '@airs-cp/runtime'
import type { Kysely } from 'kysely'
import { z } from 'zod'
import { DateRangeError, readDateRange } from './date-range.ts'
import { exportFile } from './export-file.ts'
import { type ExportRow, findExport, listExports } from './exports.ts'
import type { ExportQueue } from './queue.ts'
import type { ExportTables } from './tables.ts'

const createSchema = z.strictObject({
  kind: z.enum(exportKinds).default('events'),
  format: z.enum(exportFormats).default('jsonl'),
  from: z.string().optional(),
  to: z.string().optional(),
})
const idSchema = z.object({ id: z.uuid() })

export function addExportRoutes(
  { route }: Api,
  {
    bus,
    database,
    projection,
    queue,
    directory,
  }: {
    bus: Bus
    database: Kysely<ExportTables>
    projection: RunningProjection
    queue: ExportQueue
    directory: string
  },
): void {
  const getExport = async (id: string): Promise<ExportRow> => {
    const row = await findExport(database, id)
    if (!row) throw notFound(`Export ${id}`)
    return row
  }

  route(
    'post',
    '/v1/exports',
    {
      role: 'exporter',
      summary: 'Ask for an export. A date without time is a whole day in UTC; `to` is included',
      body: createSchema,
      status: 202,
    },
    async ({ body, caller }) => {
      const { from, until } = readRange(body.from, body.to)
      const exportId = uuidv7()
      const { id } = await appendControlEvent(bus, '/airs/export', eventTypes.exportRequested, {
        exportId,
        kind: body.kind,
        format: body.format,
        ...(from && { from: from.toISOString() }),
        ...(until && { until: until.toISOString() }),
        actor: caller.name,
      })
      await projection.applied(id)
      return describe(await getExport(exportId), queue)
    },
  )
  route(
    'get',
    '/v1/exports',
    {
      role: 'viewer',
      summary: 'Exports, newest first',
      query: z.object({ limit: z.coerce.number().int().min(1).max(1_000).default(100) }),
    },
    async ({ query }) => ({
      exports: await Promise.all(
        (await listExports(database, query.limit)).map((row) => describe(row, queue)),
      ),
    }),
  )
  route(
    'get',
    '/v1/exports/:id',
    { role: 'viewer', summary: 'State and progress of an export', params: idSchema },
    async ({ params }) => describe(await getExport(params.id), queue),
  )
  route(
    'get',
    '/v1/exports/:id/download',
    { role: 'exporter', summary: 'The file of a completed export; Range is honoured', params: idSchema },
    async ({ params, response }) => {
      const row = await getExport(params.id)
      if (row.state !== 'completed')
        throw new ApiError(
          409,
          'export_not_completed',
          `Export ${row.id} is ${row.state}; only a completed one has a file`,
        )
      response.set({ 'X-Content-SHA256': row.sha256!, 'Content-Type': 'application/x-ndjson' })
      await new Promise<void>((done, fail) =>
        response.sendFile(resolve(exportFile(directory, row)), { dotfiles: 'allow' }, (error) =>
          error && !response.headersSent ? fail(error) : done(),
        ),
      )
    },
  )
}

function readRange(from: string | undefined, to: string | undefined) {
  try {
    return readDateRange(from, to)
  } catch (error) {
    if (error instanceof DateRangeError) throw new ApiError(400, 'date_range_invalid', error.message)
    throw error
  }
}

async function describe(row: ExportRow, queue: ExportQueue) {
  const progress = row.state === 'queued' ? await queue.progress(row.id).catch(() => undefined) : undefined
  const rows = row.rows ?? progress?.rows ?? 0
  const totalRows = row.rows ?? progress?.totalRows
  return {
    id: row.id,
    kind: row.kind,
    format: row.format,
    from: row.from,
    until: row.until,
    actor: row.actor,
    state: row.state === 'queued' && progress ? 'running' : row.state,
    requestedAt: row.requested_at,
    endedAt: row.ended_at,
    rows,
    bytes: row.bytes ?? progress?.bytes ?? 0,
    percent: row.state === 'completed' ? 100 : totalRows ? Math.floor((100 * rows) / totalRows) : 0,
    sha256: row.sha256,
    error: row.error,
  }
}
