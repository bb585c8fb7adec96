import { setTimeout as sleep } from 'node:timers/promises'
import { appendControlEvent, type Bus, type Publisher } from '@airs-cp/bus'
import { eventTypes, uuidFrom } from '@airs-cp/events'
import { type Api, ApiError, notFound } from '@airs-cp/runtime'
import type { Kysely } from 'kysely'
import { z } from 'zod'
import { findEvent } from './find-events.ts'
import { ImportError, type ImportFailure, importEvents } from './import-events.ts'
import type { AuditTables } from './tables.ts'

const statuses: Record<ImportFailure, number> = { invalid: 422, conflict: 409, unstorable: 422, waiting: 503 }

export function addImportRoutes(
  { route }: Api,
  { bus, publisher, database }: { bus: Bus; publisher: Publisher; database: Kysely<AuditTables> },
): void {
  route(
    'post',
    '/v1/imports',
    {
      role: 'admin',
      summary: 'Begin to bring in events of another instance; the same file gives the same id',
      body: z.strictObject({
        sha256: z.string().regex(/^[0-9a-f]{64}$/, 'is 64 lower-case hexadecimal digits'),
        bytes: z.int().nonnegative(),
        events: z.int().nonnegative(),
      }),
      status: 201,
    },
    async ({ body, caller }) => {
      const importId = uuidFrom('import', body.sha256)
      const isRecorded = async () => (await findEvent(database, importId)) !== undefined
      if (!(await isRecorded())) {
        const data = { importId, ...body, actor: caller.name }
        await appendControlEvent(bus, '/airs/audit', eventTypes.importBegun, data, { id: importId })
        await awaitRecorded(isRecorded)
      }
      return { id: importId }
    },
  )
  route(
    'post',
    '/v1/imports/:id/events',
    {
      role: 'admin',
      summary: 'Events of another instance, one per line, exactly as exported; answers when all are stored',
      params: z.object({ id: z.uuid() }),
      body: z.string({ error: 'must be lines of events, with Content-Type application/x-ndjson' }),
      bodyTypes: ['application/x-ndjson'],
    },
    async ({ params, body }) => {
      if ((await findEvent(database, params.id)) === undefined) throw notFound(`Import ${params.id}`)
      try {
        return await importEvents({ publisher, database }, body)
      } catch (error) {
        if (!(error instanceof ImportError)) throw error
        throw new ApiError(statuses[error.reason], `import_${error.reason}`, error.message)
      }
    },
  )
}

async function awaitRecorded(isRecorded: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000
  while (!(await isRecorded())) {
    if (Date.now() > deadline)
      throw new ApiError(503, 'import_waiting', 'The import is in the log and not yet stored; try again')
    await sleep(15)
  }
}
