import { pipeline } from 'node:stream/promises'
import { appendControlEvent, type Bus, type RunningProjection } from '@airs-cp/bus'
import { contract } from '@airs-cp/control-api'
import { eventTypes } from '@airs-cp/events'
import { manifestName, proofName } from '@airs-cp/manifest'
import { type Api, ApiError, notFound } from '@airs-cp/runtime'
import type { Response } from 'express'
import type { Kysely } from 'kysely'
import type { ExportTables } from '../tables.ts'
import { type ArchiveStore, dayFile } from './archive-store.ts'
import { type ArchiveRow, daysIn, findDay, listDays } from './days.ts'
import { LogBehindError, planDays } from './plan-days.ts'

export function addArchiveRoutes(
  api: Api,
  {
    bus,
    database,
    projection,
    store,
  }: { bus: Bus; database: Kysely<ExportTables>; projection: RunningProjection; store: ArchiveStore },
): void {
  const describe = async () => ({
    location: store.location,
    days: (await listDays(database)).map(describeDay),
  })

  async function getArchived(day: string): Promise<ArchiveRow> {
    const row = await findDay(database, day)
    if (!row) throw notFound(`Day ${day} of the archive`)
    if (row.state === 'archived') return row
    throw new ApiError(
      409,
      'day_not_archived',
      `Day ${day} is ${row.state}${row.error ? ` (${row.error})` : ''}; only an archived one has a file`,
    )
  }

  async function send(
    response: Response,
    name: string,
    type: string,
    headers: Record<string, string> = {},
  ): Promise<void> {
    const body = await store.open(name)
    if (!body)
      throw new ApiError(410, 'archive_file_missing', `${name} is not where archives are kept any more`)
    response.set({
      ...headers,
      'Content-Type': type,
      'Content-Disposition': `attachment; filename="${name}"`,
    })
    // Headers are out: that the response ends early is all that anybody can be sent.
    await pipeline(body, response).catch(() => {})
  }

  const plan = (through: string | undefined) =>
    planDays(database, through).catch((error: Error) => {
      if (!(error instanceof LogBehindError)) throw error
      throw new ApiError(503, 'log_behind', `${error.message}; "airs log" says why. Ask again`)
    })

  api.implement(contract.export.archive, {
    'POST /v1/archive': async ({ body, caller }) => {
      const failed = (await daysIn(database, 'failed')).map(
        ({ day, generation, first_leaf, until_leaf }) => ({
          ...{ day, generation },
          ...{ from: first_leaf, until: until_leaf },
        }),
      )
      const days = [...failed, ...(await plan(body.through))].slice(0, 1_000)
      if (days.length > 0) {
        const { id } = await appendControlEvent(bus, '/airs/export', eventTypes.archiveRequested, {
          days,
          actor: caller.name,
        })
        await projection.applied(id)
      }
      return describe()
    },
    'GET /v1/archive': describe,
    'GET /v1/archive/:day/manifest': async ({ params, response }) => {
      const { day } = await getArchived(params.day)
      await send(response, manifestName(dayFile(day)), 'application/json')
    },
    'GET /v1/archive/:day/proof': async ({ params, response }) => {
      const { day } = await getArchived(params.day)
      await send(response, proofName(dayFile(day)), 'text/plain; charset=utf-8')
    },
    'GET /v1/archive/:day/download': async ({ params, response, caller }) => {
      const { day, bytes, sha256 } = await getArchived(params.day)
      const { name: actor, role } = caller
      await appendControlEvent(bus, '/airs/export', eventTypes.archiveRead, { day, actor, role })
      await send(response, dayFile(day), 'application/vnd.apache.parquet', {
        'X-Content-SHA256': sha256!,
        'Content-Length': String(bytes),
      })
    },
  })
}

function describeDay(row: ArchiveRow) {
  return {
    day: row.day,
    state: row.state,
    generation: row.generation,
    from: row.first_leaf,
    until: row.until_leaf,
    rows: row.rows,
    bytes: row.bytes,
    sha256: row.sha256,
    actor: row.actor,
    requestedAt: row.requested_at,
    endedAt: row.ended_at,
    dropped: row.dropped,
    error: row.error,
  }
}
