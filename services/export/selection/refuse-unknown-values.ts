import type { Bus } from '@airs-cp/bus'
import type { ExportFilters } from '@airs-cp/events'
import { mostValues, type NamedKind, namedKinds, unknownValue } from '@airs-cp/runtime'
import type { Kysely } from 'kysely'
import type { ExportTables } from '../tables.ts'
import { awaitProjection } from '../writing/await-projection.ts'

/**
 * Says of a name that no exchange has, as the search of exchanges does. What was recorded a moment ago counts.
 * @throws ApiError 400 with the names that there are.
 */
export async function refuseUnknownValues(
  { bus, database }: { bus: Bus; database: Kysely<ExportTables> },
  filters: ExportFilters,
): Promise<void> {
  for (const kind of namedKinds) {
    const value = filters[kind]
    // Only a model may be a pattern.
    if (value === undefined || (kind === 'model' && value.includes('*'))) continue
    if (await isKnown(database, kind, value)) continue
    await awaitProjection(bus, database, 'audit')
    if (await isKnown(database, kind, value)) continue
    const values = await knownValues(database, kind)
    if (values.length < mostValues) throw unknownValue(kind, value, values)
  }
}

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
