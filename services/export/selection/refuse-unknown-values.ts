import type { ExportFilters } from '@airs-cp/events'
import { mostValues, type NamedKind, namedKinds, unknownValue } from '@airs-cp/runtime'
import type { Kysely } from 'kysely'
import type { ExportTables } from '../tables.ts'

/**
 * Says of a name that no exchange has, as the search of exchanges does.
 * @throws ApiError 400 with the names that there are.
 */
export async function refuseUnknownValues(
  database: Kysely<ExportTables>,
  filters: ExportFilters,
): Promise<void> {
  for (const kind of namedKinds) {
    const value = filters[kind]
    // Only a model may be a pattern.
    if (value === undefined || (kind === 'model' && value.includes('*'))) continue
    if (await isKnownSoon(database, kind, value)) continue
    const values = await knownValues(database, kind)
    if (values.length < mostValues) throw unknownValue(kind, value, values)
  }
}

/** An exchange is asked for right after it was seen, and the event store has it some moments later. */
async function isKnownSoon(database: Kysely<ExportTables>, kind: NamedKind, value: string): Promise<boolean> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (attempt > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs))
    if (await isKnown(database, kind, value)) return true
  }
  return false
}

const attempts = 20
const pauseMs = 50

async function isKnown(database: Kysely<ExportTables>, kind: NamedKind, value: string): Promise<boolean> {
  const known = await database
    .selectFrom('audit.known_values')
    .select('value')
    .where('kind', '=', kind)
    .where('value', '=', value)
    .executeTakeFirst()
  return known !== undefined
}

async function knownValues(database: Kysely<ExportTables>, kind: NamedKind): Promise<string[]> {
  const rows = await database
    .selectFrom('audit.known_values')
    .select('value')
    .where('kind', '=', kind)
    .orderBy('value')
    .limit(mostValues)
    .execute()
  return rows.map(({ value }) => value)
}
