import { parseEvent } from '@airs-cp/events'
import { type Kysely, sql } from 'kysely'
import { storeTraffic } from '../projection.ts'
import type { LineageTables } from '../tables.ts'
import { holdOffErasing } from './erase-graphs.ts'

export type Rebuild = {
  id: number
  /** Position in the event store up to which it has come, and at which it ends. */
  position: number
  until_position: number
  requested_at: Date
  finished_at: Date | null
}

const pageSize = 500
const pageBytes = 8 * 1024 ** 2

/** Has everything that the event store holds now applied again, beside what arrives. */
export async function requestRebuild(database: Kysely<LineageTables>): Promise<Rebuild> {
  const { rows } = await sql<Rebuild>`
    insert into lineage.rebuilds (until_position)
    select coalesce(max(position), 0) from audit.recorded_events returning *`.execute(database)
  return rows[0]!
}

export async function listRebuilds(database: Kysely<LineageTables>): Promise<Rebuild[]> {
  const { rows } = await sql<Rebuild>`
    select * from lineage.rebuilds order by id desc limit 20`.execute(database)
  return rows
}

/**
 * Applies a page of the oldest rebuild that is not finished. Applying twice changes nothing, so what is there already serves
 * all the while, and a rebuild that was interrupted goes on where it stopped.
 * @returns whether there was one.
 */
export async function stepRebuild(database: Kysely<LineageTables>): Promise<boolean> {
  return database.transaction().execute(async (transaction) => {
    const { rows } = await sql<Rebuild>`
      select * from lineage.rebuilds where finished_at is null order by id limit 1 for update skip locked`.execute(
      transaction,
    )
    const rebuild = rows[0]
    if (!rebuild) return false
    // Before it reads: what is dropped meanwhile is dropped here afterwards.
    await holdOffErasing(transaction)
    const { rows: page } = await sql<{ position: number; event: string }>`
      with found as (
        select position, event from audit.recorded_events
        where position > ${rebuild.position} and position <= ${rebuild.until_position}
        order by position limit ${pageSize}),
      sized as (
        select *, sum(octet_length(event)) over (order by position) as bytes,
          row_number() over (order by position) as place
        from found)
      select position, event from sized where bytes <= ${pageBytes} or place = 1 order by position`.execute(
      transaction,
    )
    await storeTraffic(
      transaction,
      page.map(({ event }) => parseEvent(event)),
    )
    const position = page.at(-1)?.position ?? rebuild.until_position
    await sql`update lineage.rebuilds set position = ${position},
      finished_at = case when ${position} >= until_position then now() end where id = ${rebuild.id}`.execute(
      transaction,
    )
    return true
  })
}
