import { type Kysely, sql } from 'kysely'
import type { ProjectionTables } from './projection-tables.ts'

const pageLetters = 200
/** Attributes of an event come before its data. */
const exchangeMember = '"exchange":"'
const headBytes = 16_384

/**
 * Deletes dead letters of a schema that hold events of exchanges whose content was erased.
 * @returns how many.
 */
export async function eraseDeadLetters<Tables>(database: Kysely<Tables>, schema: string): Promise<number> {
  const letters = (database as unknown as Kysely<ProjectionTables>).withSchema(schema)
  const { rows: some } = await sql`select 1 from audit.recorded_erasures limit 1`.execute(database)
  if (some.length === 0) return 0
  let deleted = 0
  for (let after = 0; ; ) {
    const page = await letters
      .selectFrom('dead_letters')
      .select(['id', sql<Buffer>`substr(payload, 1, ${headBytes})`.as('head')])
      .where('id', '>', after)
      .orderBy('id')
      .limit(pageLetters)
      .execute()
    const last = page.at(-1)
    if (!last) return deleted
    after = last.id
    const exchangeOf = new Map(
      page.flatMap(({ id, head }) => {
        const exchange = exchangeIn(head.toString('utf8'))
        return exchange === undefined ? [] : [[id, exchange] as const]
      }),
    )
    const { rows } = await sql<{ exchange: string }>`select exchange from audit.recorded_erasures
      where exchange = any(${[...new Set(exchangeOf.values())]}::text[])`.execute(database)
    const erased = new Set(rows.map(({ exchange }) => exchange))
    const ids = [...exchangeOf].filter(([, exchange]) => erased.has(exchange)).map(([id]) => id)
    if (ids.length === 0) continue
    await letters.deleteFrom('dead_letters').where('id', 'in', ids).execute()
    deleted += ids.length
  }
}

function exchangeIn(event: string): string | undefined {
  const at = event.indexOf(exchangeMember)
  const from = at + exchangeMember.length
  const to = at < 0 ? -1 : event.indexOf('"', from)
  return to < 0 ? undefined : event.slice(from, to)
}
