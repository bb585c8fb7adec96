import { type RawBuilder, sql } from 'kysely'
import { eventCondition } from '../selection/selection.ts'
import { withoutLeaf } from '../writing/log-proof.ts'
import { recordedEvents } from './recorded-events.ts'
import type { Source } from './source.ts'

/** Every event, exactly as it was recorded. */
export const events: Source = {
  columns: ['id', 'time', 'type', 'tenant', 'session', 'exchange', 'journal', 'sequence', 'event'],
  isStable: true,
  async count({ database }, selection) {
    const { log } = selection
    const count = async (condition: RawBuilder<unknown>) => {
      const { rows } = await sql<{ count: number }>`
        select count(*) as count from audit.recorded_events where ${condition}`.execute(database)
      return rows[0]!.count
    }
    const selected = eventCondition(selection)
    const left = log?.isCovered ? await count(sql`${selected} and ${withoutLeaf(log)}`) : 0
    return (await count(selected)) - left
  },
  async *rows(snapshot, selection, after, limit) {
    const condition = eventCondition(selection)
    for await (const recorded of recordedEvents(snapshot, condition, after, limit, selection.log))
      yield recorded.map(
        ({ id, time, type, tenant, session, exchange, journal, sequence, event, proof }) => ({
          id,
          proof,
          time,
          label: type,
          journal,
          sequence,
          json: event,
          cells: () => [
            id,
            new Date(time).toISOString(),
            type,
            text(tenant),
            text(session),
            text(exchange),
            journal,
            sequence,
            text(event),
          ],
        }),
      )
  },
}

function text(bytes: Buffer | null): string | null {
  return bytes === null ? null : bytes.toString('utf8')
}
