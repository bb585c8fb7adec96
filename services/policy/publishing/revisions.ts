import { type Kysely, sql, type Transaction } from 'kysely'
import type { PolicyTables } from '../tables.ts'

/** Raises the version of the keys or of the quarantine, by which one sees which ingress has the change. */
export async function raiseRevision(
  database: Transaction<PolicyTables>,
  part: 'keys' | 'quarantine',
): Promise<void> {
  await sql`insert into policy.revisions as r (part, version) values (${part}, 1)
    on conflict (part) do update set version = r.version + 1`.execute(database)
}

/** 0 before the first change. */
export async function revisionOf(
  database: Kysely<PolicyTables>,
  part: 'keys' | 'quarantine',
): Promise<number> {
  const row = await database
    .selectFrom('policy.revisions')
    .select('version')
    .where('part', '=', part)
    .executeTakeFirst()
  return row?.version ?? 0
}
