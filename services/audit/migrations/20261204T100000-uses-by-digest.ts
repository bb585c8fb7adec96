import { type Kysely, sql } from 'kysely'

/**
 * Uses are looked up by the piece, of which an index has the digest once for all that use it. That an event notes each piece once needs no
 * index: `contentUses` lists it once, and each event is noted once.
 */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`create index content_uses_sha256_idx on audit.content_uses (sha256)`.execute(database)
  await sql`alter table audit.content_uses drop constraint content_uses_pkey`.execute(database)
}
