import { setTimeout as sleep } from 'node:timers/promises'
import { appendControlEvent, type Bus, type Publisher } from '@airs-cp/bus'
import { contract } from '@airs-cp/control-api'
import { eventTypes, type ImportBegun, parseEvent, uuidFrom } from '@airs-cp/events'
import { type Api, ApiError, notFound } from '@airs-cp/runtime'
import { leafHash, verifyInclusion } from '@airs-cp/transparency-log'
import type { Kysely } from 'kysely'
import { findEvent } from '../find-events.ts'
import type { AuditTables } from '../tables.ts'
import { ImportError, type ImportFailure, importEvents } from './import-events.ts'

const statuses: Record<ImportFailure, number> = { invalid: 422, conflict: 409, unstorable: 422, waiting: 503 }

export function addImportRoutes(
  api: Api,
  { bus, publisher, database }: { bus: Bus; publisher: Publisher; database: Kysely<AuditTables> },
): void {
  api.implement(contract.audit.imports, {
    'POST /v1/imports': async ({ body, caller }) => {
      const importId = uuidFrom('import', `${body.sha256} ${body.parts.root}`)
      const isRecorded = async () => (await findEvent(database, importId)) !== undefined
      if (!(await isRecorded())) {
        const data = { importId, ...body, actor: caller.name }
        await appendControlEvent(bus, '/airs/audit', eventTypes.importBegun, data, { id: importId })
        await awaitRecorded(isRecorded)
      }
      return { id: importId }
    },
    'POST /v1/imports/:id/events': async ({ params, query, body }) => {
      const begun = await findImport(database, params.id)
      if (!begun) throw notFound(`Import ${params.id}`)
      refuseOtherText(begun, query, body)
      try {
        return await importEvents({ publisher, database }, { id: params.id, events: begun.events }, body)
      } catch (error) {
        if (!(error instanceof ImportError)) throw error
        throw new ApiError(statuses[error.reason], `import_${error.reason}`, error.message)
      }
    },
  })
}

/** Of the events, only those that begin an import. */
async function findImport(database: Kysely<AuditTables>, id: string): Promise<ImportBegun | undefined> {
  const json = await findEvent(database, id)
  const event = json === undefined ? undefined : parseEvent(json)
  return event?.type === eventTypes.importBegun ? event.data : undefined
}

/**
 * What was checked before the import was begun is what comes in, and nothing else.
 * @throws ApiError for a text that is not the announced part; of an import of 0.1.0, which announced none, for every one.
 */
function refuseOtherText(
  { importId, parts }: ImportBegun,
  { part, proof }: { part: number; proof: string },
  text: string,
): void {
  const hashes = proof === '' ? [] : proof.split('.').map((hash) => Buffer.from(hash, 'hex'))
  const leaf = leafHash(Buffer.from(text))
  const isAnnounced =
    parts && verifyInclusion(leaf, part, parts.count, hashes, Buffer.from(parts.root, 'hex'))
  if (!isAnnounced)
    throw new ApiError(
      409,
      'import_conflict',
      `These lines are not part ${part} of what import ${importId} has announced: they were changed since; check the file and begin another import`,
    )
}

async function awaitRecorded(isRecorded: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 10_000
  while (!(await isRecorded())) {
    if (performance.now() > deadline)
      throw new ApiError(503, 'import_waiting', 'The import is in the log and not yet stored; try again')
    await sleep(15)
  }
}
