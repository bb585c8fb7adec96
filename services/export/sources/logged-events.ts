import { type RawBuilder, sql } from 'kysely'
import type { Selection } from '../selection/selection.ts'
import { proofColumns, readRowProof } from '../writing/log-proof.ts'
import { eventColumns, toEvent } from './recorded-events.ts'
import type { Source } from './source.ts'

/** The events of some leaves of the log, in its order. A selection has both. */
export const loggedEvents: Source = {
  columns: [],
  isStable: true,
  async count({ database }, selection) {
    const { rows } = await sql<{ count: number }>`
      select count(*) as count from ${within(selection)}`.execute(database)
    return rows[0]!.count
  },
  async *rows(snapshot, selection, after, limit) {
    const beyond = after
      ? sql`and leaf_index > (select leaf_index from ${within(selection)} and id = ${after.id}::uuid)`
      : sql``
    const query = sql`
      select ${eventColumns}, ${proofColumns} from ${within(selection)} ${beyond}
      order by leaf_index limit ${sql.lit(limit)}`
    for await (const rows of snapshot.copy(query))
      yield rows.map((fields) => {
        const { event: json, type: label, ...event } = toEvent(fields)
        return { ...event, label, json, proof: readRowProof(fields.slice(9)), cells: () => [] }
      })
  },
}

function within({ leaves, log }: Selection): RawBuilder<unknown> {
  return sql`audit.recorded_leaves l join audit.recorded_events e using (position)
    where generation = ${log!.generation} and leaf_index >= ${leaves!.from} and leaf_index < ${leaves!.until}`
}
