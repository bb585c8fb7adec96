import { jetstreamManager } from '@nats-io/jetstream'
import { type Kysely, sql } from 'kysely'
import type { Bus } from './connect.ts'
import type { Projection } from './projection.ts'

/**
 * Where a projection has to begin again: a database that was put back from a backup, or lost, stands before what
 * JetStream knows to be acknowledged, and nothing after that would ever be delivered again. Undefined where both agree.
 *
 * A position is committed before its messages are acknowledged, so that it is never behind otherwise; but for a
 * redelivery out of order, after which some arrive once more, which changes nothing.
 * @throws when Postgres or JetStream does not answer.
 */
export async function restoredPosition<Tables>(
  bus: Bus,
  database: Kysely<Tables>,
  { schema, name, stream }: Projection<Tables>,
): Promise<number | undefined> {
  const { rows } = await sql<{ position: number }>`
    select stream_sequence as position from ${sql.id(schema, 'positions')} where projection = ${name}`.execute(
    database,
  )
  const position = rows[0]?.position ?? 0
  const manager = await jetstreamManager(bus)
  const { ack_floor: acknowledged } = await manager.consumers.info(stream.name, name)
  return acknowledged.stream_seq > position ? position : undefined
}

/**
 * A stream that was lost and made again counts from the beginning. A position beyond its end says nothing about it, and
 * would make who reads it believe that everything is applied; it goes back to what is acknowledged.
 * @throws when Postgres or JetStream does not answer.
 */
export async function noteReplacedStream<Tables>(
  bus: Bus,
  database: Kysely<Tables>,
  { schema, name, stream }: Projection<Tables>,
): Promise<void> {
  const manager = await jetstreamManager(bus)
  const { state } = await manager.streams.info(stream.name)
  const { ack_floor: acknowledged } = await manager.consumers.info(stream.name, name)
  await sql`update ${sql.id(schema, 'positions')} set stream_sequence = ${acknowledged.stream_seq}, updated_at = now()
    where projection = ${name} and stream_sequence > ${state.last_seq}`.execute(database)
}
