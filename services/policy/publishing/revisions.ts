import { type Kysely, sql, type Transaction } from 'kysely'
import type { PolicyTables } from '../tables.ts'

export type RevisedPart = PolicyTables['policy.revisions']['part']

/** Raises the version of a part, by which one sees which ingress has the change. */
export async function raiseRevision(database: Transaction<PolicyTables>, part: RevisedPart): Promise<void> {
  await sql`insert into policy.revisions as r (part, version) values (${part}, 1)
    on conflict (part) do update set version = r.version + 1`.execute(database)
}

/** 0 before the first change. */
export async function revisionOf(database: Kysely<PolicyTables>, part: RevisedPart): Promise<number> {
  const row = await database
    .selectFrom('policy.revisions')
    .select('version')
    .where('part', '=', part)
    .executeTakeFirst()
  return row?.version ?? 0
}
