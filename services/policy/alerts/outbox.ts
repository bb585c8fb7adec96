import { appendControlEvent, type Bus } from '@airs-cp/bus'
import type { ControlEvent } from '@airs-cp/events'
import { type RepeatedWork, type RepeatReports, repeat } from '@airs-cp/runtime'
import { type Kysely, sql, type Transaction } from 'kysely'
import type { PolicyTables } from '../tables.ts'

const lookAgainMs = 1_000
const batchSize = 100

/**
 * Has a projection record what it found out, in the transaction in which it found it out.
 * @param id made of what the event follows from (`uuidFrom`): found out again, it is recorded once.
 */
export async function putInOutbox<Type extends ControlEvent['type']>(
  database: Transaction<PolicyTables>,
  event: {
    id: string
    type: Type
    tenant: string
    data: Extract<ControlEvent, { type: Type }>['data']
  },
): Promise<void> {
  await database
    .insertInto('policy.outbox')
    .values({ ...event, data: JSON.stringify(event.data) })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/**
 * Appends what is in the outbox to the control stream, in order, and takes it out; what cannot be appended stays. What was
 * recorded already, and only found out again (a projection is rebuilt), is not recorded once more.
 */
export function startOutbox({
  bus,
  database,
  ...reports
}: RepeatReports & {
  bus: Bus
  database: Kysely<PolicyTables>
}): RepeatedWork {
  async function emptyBatch(): Promise<'more' | undefined> {
    const rows = await database
      .selectFrom('policy.outbox')
      .selectAll()
      .orderBy('created_at')
      .orderBy('id')
      .limit(batchSize)
      .execute()
    for (const { id, type, tenant, data } of rows) {
      if (!(await isRecorded(database, id)))
        await appendControlEvent(bus, '/airs/policy', type as ControlEvent['type'], data as never, {
          id,
          tenant,
        })
      await database.deleteFrom('policy.outbox').where('id', '=', id).execute()
    }
    return rows.length === batchSize ? 'more' : undefined
  }

  return repeat({ everyMs: lookAgainMs, work: emptyBatch, ...reports })
}

/** The control stream is applied to the same schema. */
async function isRecorded(database: Kysely<PolicyTables>, id: string): Promise<boolean> {
  const { rows } = await sql`select 1 from policy.applied_events where event_id = ${id}`.execute(database)
  return rows.length > 0
}
