import type { AnyEvent } from '@airs-cp/events'
import { sql, type Transaction } from 'kysely'
import type { PolicyTables } from '../tables.ts'
import { alertOf } from './alert-of.ts'
import type { AlertSettings } from './settings.ts'

/** So many may wait for each address; beyond that they are noted as dropped, so that a receiver that is gone costs no more. */
export const maxWaiting = 10_000

/** Puts an alert in the queue for every address, in the transaction that applies the event. */
export function queueAlerts({ targets }: AlertSettings) {
  return async (database: Transaction<PolicyTables>, event: AnyEvent): Promise<void> => {
    const { rows } = await sql<{ target: string; isFull: boolean }>`
      select target, (select count(*) from (select 1 from policy.alerts a
        where a.state = 'waiting' and a.target = t.target limit ${maxWaiting}) w) >= ${maxWaiting} as "isFull"
      from unnest(${[...targets.keys()]}::text[]) as t (target)`.execute(database)
    const body = JSON.stringify(alertOf(event))
    await database
      .insertInto('policy.alerts')
      .values(
        rows.map(({ target, isFull }) => ({
          event_id: event.id,
          target,
          type: event.type,
          body: isFull ? '' : body,
          ...(isFull && { state: 'dropped' as const, last_error: `${maxWaiting} alerts wait already` }),
        })),
      )
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  }
}
