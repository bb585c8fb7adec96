import { failedStates } from '@airs-cp/events'
import { type Kysely, sql } from 'kysely'
import { labelNumber } from './labels.ts'
import type { SearchTables } from './tables.ts'

const states = [...failedStates, 'request-rejected']

/** The newest exchanges that failed, whose outcome never came, or that were refused as not valid. */
export async function findFailures(
  database: Kysely<SearchTables>,
  limit: number,
): Promise<SearchTables['audit.exchanges'][]> {
  const labels = states.map((state) => labelNumber('state', state))
  const { rows } = await sql<SearchTables['audit.exchanges']>`
    select e.* from unnest(${labels}::bigint[]) as wanted (label), lateral (
      select exchange from audit.exchange_labels l where l.label = wanted.label
      order by exchange desc limit ${limit}) found
      join audit.exchanges e on e.exchange = found.exchange
    where e.state = any(${states}::text[])
    order by e.exchange desc limit ${limit}`.execute(database)
  return rows
}
