import { setTimeout as sleep } from 'node:timers/promises'
import type { Publisher } from '@airs-cp/bus'
import { type AnyEvent, importedSubject, maxEventBytes, parseForeignEvent, sha256Hex } from '@airs-cp/events'
import { type Kysely, sql } from 'kysely'
import type { AuditTables } from '../tables.ts'
import { countImported, findLivePlace, importedMessageId } from './import-origin.ts'

/** Of a batch: what was new here, and what was here already, byte for byte. */
export type Imported = { events: number; imported: number; known: number }

/**
 * - `invalid`: a line is no event
 * - `conflict`: another event has its id, or its place in a journal
 * - `unstorable`: the event store has buried it as a dead letter
 * - `waiting`: it is in the log, or may be, and was not stored in time; the same batch again does no harm
 */
export type ImportFailure = 'invalid' | 'conflict' | 'unstorable' | 'waiting'

export class ImportError extends Error {
  override name = 'ImportError'
  readonly reason: ImportFailure

  constructor(reason: ImportFailure, message: string, options?: ErrorOptions) {
    super(message, options)
    this.reason = reason
  }
}

type Line = { event: AnyEvent; json: string; digest: string }

/**
 * Brings events of another instance in through the log: each is published as it stands with its own id, and this resolves when all
 * are committed to Postgres, which is what holds a sender back. Events that are here already are left as they are.
 * @throws ImportError. Of a batch with an invalid line or a conflict, nothing is taken.
 */
export async function importEvents(
  { publisher, database }: { publisher: Publisher; database: Kysely<AuditTables> },
  { id, events: announced }: { id: string; events: number },
  text: string,
  timeoutMs = 30_000,
): Promise<Imported> {
  const lines = readLines(text)
  const stored = await findDigests(database, [...lines.keys()])
  const fresh = [...lines.values()].filter(({ event }) => !stored.has(event.id))
  refuseOtherBytes(lines, stored)
  await refuseTakenPlaces(database, fresh)
  await refuseLivePlaces(database, fresh)
  const before = await countImported(database, id)
  if (before + fresh.length > announced)
    throw new ImportError(
      'conflict',
      `Import ${id} has announced ${announced} events, and ${before + fresh.length} would have come; begin another`,
    )
  await publishAll(publisher, id, fresh)
  await awaitStored(database, lines, fresh, timeoutMs)
  return { events: lines.size, imported: fresh.length, known: lines.size - fresh.length }
}

function readLines(text: string): Map<string, Line> {
  const lines = new Map<string, Line>()
  for (const [index, json] of text.split('\n').entries()) {
    if (json === '') continue
    const digest = sha256Hex(json)
    const event = readEvent(json, index + 1)
    const other = lines.get(event.id)
    if (other && other.digest !== digest)
      throw new ImportError('conflict', `Event ${event.id} comes twice, with different bytes`)
    lines.set(event.id, { event, json, digest })
  }
  return lines
}

function readEvent(json: string, line: number): AnyEvent {
  if (Buffer.byteLength(json) > maxEventBytes)
    throw new ImportError('invalid', `Line ${line} is longer than any event: ${maxEventBytes} bytes at most`)
  try {
    return parseForeignEvent(json)
  } catch (error) {
    throw new ImportError(
      'invalid',
      `Line ${line} is no event that is known here: ${(error as Error).message}`,
      {
        cause: error,
      },
    )
  }
}

/** SHA-256 of the stored text by event id; undefined of an event that was erased here. */
async function findDigests(
  database: Kysely<AuditTables>,
  ids: string[],
): Promise<Map<string, string | undefined>> {
  const { rows } = await sql<{ id: string; digest: string | null }>`
    select id, case when left(event, 9) <> '{"facts":' then encode(sha256(convert_to(event, 'UTF8')), 'hex') end as digest
    from audit.events
    where id = any(${ids}::uuid[])`.execute(database)
  return new Map(rows.map(({ id, digest }) => [id, digest ?? undefined]))
}

function refuseOtherBytes(lines: Map<string, Line>, stored: Map<string, string | undefined>): void {
  for (const [id, digest] of stored)
    if (digest !== undefined && lines.get(id)!.digest !== digest)
      throw new ImportError(
        'conflict',
        `Event ${id} is here already, with other bytes: one of the two was changed after it was recorded`,
      )
}

async function refuseTakenPlaces(database: Kysely<AuditTables>, fresh: Line[]): Promise<void> {
  const placed = fresh.map(({ event }) => event).filter(({ journal }) => journal !== undefined)
  if (placed.length === 0) return
  const { rows } = await sql<{ id: string; journal: string; sequence: number }>`
    select id, journal, sequence from audit.events where (journal, sequence) in (select * from unnest(
      ${placed.map(({ journal }) => journal)}::text[], ${placed.map(({ sequence }) => sequence)}::bigint[]))`.execute(
    database,
  )
  if (rows[0])
    throw new ImportError(
      'conflict',
      `Place ${rows[0].sequence} of journal ${rows[0].journal} is taken here by event ${rows[0].id}, which is another`,
    )
}

async function refuseLivePlaces(database: Kysely<AuditTables>, fresh: Line[]): Promise<void> {
  const place = await findLivePlace(
    database,
    fresh.map(({ event }) => event),
  )
  if (place)
    throw new ImportError(
      'conflict',
      `Place ${place.sequence} of journal ${place.journal} is its ingress's to fill: it is written here. Import again when the place is recorded as a gap, or the journal was silent for a day`,
    )
}

async function publishAll(publisher: Publisher, importId: string, lines: Line[]): Promise<void> {
  const acknowledged: Promise<void>[] = []
  for (const { event, json } of lines) {
    if (!publisher.hasRoom) await publisher.room()
    acknowledged.push(
      new Promise((resolve, reject) => {
        const subject = importedSubject(event.tenant, event.session, event.type)
        publisher.publish(subject, importedMessageId(importId, event.id), Buffer.from(json), (error) =>
          error ? reject(error) : resolve(),
        )
      }),
    )
  }
  for (const result of await Promise.allSettled(acknowledged))
    if (result.status === 'rejected')
      throw new ImportError('waiting', `The log did not take all events: ${result.reason.message}`, {
        cause: result.reason,
      })
}

/** By their digests: another import may have brought the same event with other bytes meanwhile. */
async function awaitStored(
  database: Kysely<AuditTables>,
  lines: Map<string, Line>,
  fresh: Line[],
  timeoutMs: number,
): Promise<void> {
  const ids = fresh.map(({ event }) => event.id)
  const deadline = performance.now() + timeoutMs
  for (let delayMs = 5; ids.length > 0; delayMs = Math.min(delayMs * 2, 200)) {
    const { rows } = await sql<{ count: number }>`
      select count(*) as count from audit.events where id = any(${ids}::uuid[])`.execute(database)
    if (rows[0]!.count === ids.length) return refuseOtherBytes(lines, await findDigests(database, ids))
    await refuseBuried(database, ids)
    if (performance.now() > deadline)
      throw new ImportError(
        'waiting',
        `${ids.length - rows[0]!.count} events are in the log and not yet stored; import again to go on`,
      )
    await sleep(delayMs)
  }
}

async function refuseBuried(database: Kysely<AuditTables>, ids: string[]): Promise<void> {
  const { rows } = await sql<{ event_id: string; error: string }>`
    select event_id, error from audit.dead_letters
    where projection = 'audit-imported' and replayed_at is null and event_id = any(${ids}::text[]) limit 1`.execute(
    database,
  )
  if (rows[0])
    throw new ImportError('unstorable', `Event ${rows[0].event_id} cannot be stored: ${rows[0].error}`)
}
