import { appendControlEvent, type Bus, type RunningProjection } from '@airs-cp/bus'
import { contract } from '@airs-cp/control-api'
import { eventTypes, uuidFrom, uuidv7 } from '@airs-cp/events'
import type { Manifest } from '@airs-cp/manifest'
import { type Api, ApiError, notFound } from '@airs-cp/runtime'
import type { Kysely } from 'kysely'
import { describeExport } from './describe-export.ts'
import { type ExportRow, findExport, findExportByKey, listExports } from './exports.ts'
import type { ExportFiles } from './files/export-files.ts'
import { manifestHeaders } from './files/file-headers.ts'
import type { ExportQueue } from './queue.ts'
import { readIdempotencyKey, readRange } from './selection/read-export-request.ts'
import { streamProgress } from './stream-progress.ts'
import type { ExportTables } from './tables.ts'

const source = '/airs/export'

export function addExportRoutes(
  api: Api,
  {
    bus,
    database,
    projection,
    queue,
    files,
  }: {
    bus: Bus
    database: Kysely<ExportTables>
    projection: RunningProjection
    queue: ExportQueue
    files: ExportFiles
  },
): void {
  const getExport = async (id: string): Promise<ExportRow> => {
    const row = await findExport(database, id)
    if (!row) throw notFound(`Export ${id}`)
    return row
  }
  const describe = async (id: string) => describeExport(await getExport(id), queue)

  api.implement(contract.export.exports, {
    'POST /v1/exports': async ({ body, caller, headers }) => {
      const { from, until } = readRange(body.from, body.to)
      const key = readIdempotencyKey(headers['idempotency-key'])
      const known = key === undefined ? undefined : await findExportByKey(database, caller.name, key)
      if (known) return describeExport(known, queue)
      const exportId = key === undefined ? uuidv7() : uuidFrom('export', caller.name, key)
      const { id } = await appendControlEvent(
        bus,
        source,
        eventTypes.exportRequested,
        {
          exportId,
          kind: body.kind,
          format: body.format,
          ...(from && { from: from.toISOString() }),
          ...(until && { until: until.toISOString() }),
          compression: body.compression,
          includeLineage: body.includeLineage,
          filters: body.filters,
          ...(key !== undefined && { idempotencyKey: key }),
          actor: caller.name,
        },
        key === undefined ? {} : { id: uuidFrom('export requested', caller.name, key) },
      )
      await projection.applied(id)
      return describe(exportId)
    },
    'GET /v1/exports': async ({ query }) => ({
      exports: await Promise.all(
        (await listExports(database, query.limit)).map((row) => describeExport(row, queue)),
      ),
    }),
    'GET /v1/exports/:id': ({ params }) => describe(params.id),
    'GET /v1/exports/:id/progress': async ({ params, request, response }) => {
      await getExport(params.id)
      await streamProgress(request, response, () => describe(params.id))
    },
    'POST /v1/exports/:id/cancel': async ({ params, caller }) => {
      const { id, state } = await getExport(params.id)
      if (state === 'cancelled') return describe(id)
      if (state !== 'queued') throw hasEnded(id, state)
      const event = await appendControlEvent(
        bus,
        source,
        eventTypes.exportCancelled,
        { exportId: id, actor: caller.name },
        { id: uuidFrom(id, 'cancelled') },
      )
      await projection.applied(event.id)
      // Whichever was recorded first counts.
      const { state: outcome } = await getExport(id)
      if (outcome !== 'cancelled') throw hasEnded(id, outcome)
      return describe(id)
    },
    'DELETE /v1/exports/:id': async ({ params, caller }) => {
      const row = await getExport(params.id)
      const event = await appendControlEvent(
        bus,
        source,
        eventTypes.exportDeleted,
        { exportId: row.id, actor: caller.name },
        { id: uuidFrom(row.id, 'deleted') },
      )
      await projection.applied(event.id)
      await files.remove(row).catch((cause) => {
        throw new ApiError(
          503,
          'file_not_removed',
          `Export ${row.id} is deleted, but its file could not be removed: ${(cause as Error).message}. It is removed as soon as that is possible; deleting it again tries at once`,
        )
      })
    },
    'GET /v1/exports/:id/manifest': async ({ params, response }) => {
      const row = await getExport(params.id)
      assertCompleted(row)
      response.set(manifestHeaders(row)).send(row.manifest)
    },
    'GET /v1/exports/:id/proof': async ({ params, response }) => {
      const row = await getExport(params.id)
      assertCompleted(row)
      const { proof } = JSON.parse(row.manifest ?? '{}') as Partial<Manifest>
      if (!proof) throw notFound(`A proof of export ${row.id}`)
      await files.sendProof(row, proof, response)
    },
    'GET /v1/exports/:id/download': async ({ params, request, response, caller }) => {
      const row = await getExport(params.id)
      assertCompleted(row)
      const { name: actor, role } = caller
      const read = { exportId: row.id, actor, role }
      await appendControlEvent(bus, source, eventTypes.exportDownloaded, read)
      await files.send(row, request, response)
    },
  })
}

function hasEnded(id: string, state: string): ApiError {
  return new ApiError(409, 'export_ended', `Export ${id} is ${state} already; delete it to remove its file`)
}

/** @throws ApiError 410 where there was a file, 409 where there is none yet. */
function assertCompleted({ id, state, error }: ExportRow): void {
  if (state === 'completed') return
  if (state === 'deleted' || state === 'expired')
    throw new ApiError(
      410,
      `export_${state}`,
      `Export ${id} is ${state}, and its file was removed; ask for it again`,
    )
  throw new ApiError(
    409,
    'export_not_completed',
    `Export ${id} is ${state}${error ? ` (${error})` : ''}; only a completed one has a file`,
  )
}
