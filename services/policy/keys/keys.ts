import type { ClientKey, EventByType, eventTypes, KeyLimits } from '@airs-cp/events'
import { type Kysely, sql, type Transaction } from 'kysely'
import { raiseRevision } from '../publishing/revisions.ts'
import type { PolicyTables } from '../tables.ts'

export type StoredKey = ClientKey & { actor: string; createdAt: Date; revokedAt: Date | null }

export async function storeKey(
  database: Transaction<PolicyTables>,
  { data, time }: EventByType<typeof eventTypes.keyCreated>,
): Promise<void> {
  const { keyId, name, match, limits, actor } = data
  await database
    .insertInto('policy.keys')
    .values({
      id: keyId,
      name,
      match: JSON.stringify(match),
      limits: JSON.stringify(limits),
      actor,
      created_at: time,
      revoked_at: null,
    })
    .execute()
  await raiseRevision(database, 'keys')
}

export async function revokeKey(
  database: Transaction<PolicyTables>,
  { data, time }: EventByType<typeof eventTypes.keyRevoked>,
): Promise<void> {
  await database
    .updateTable('policy.keys')
    .set({ revoked_at: time })
    .where('id', '=', data.keyId)
    .where('revoked_at', 'is', null)
    .execute()
  await raiseRevision(database, 'keys')
}

/** Charges an exchange's cost to the key that it was made with. */
export async function chargeKey(
  database: Transaction<PolicyTables>,
  { data }: { data: { keyId?: string | undefined; cost?: { usdMicros: number } | undefined } },
): Promise<void> {
  if (data.keyId === undefined || !data.cost) return
  await sql`update policy.keys set spent_usd_micros = spent_usd_micros + ${data.cost.usdMicros} where id = ${data.keyId}::uuid`.execute(
    database,
  )
}

export async function listKeys(database: Kysely<PolicyTables>): Promise<StoredKey[]> {
  const rows = await database
    .selectFrom('policy.keys')
    .selectAll()
    .orderBy('created_at')
    .orderBy('id')
    .execute()
  return rows.map((row) => ({
    keyId: row.id,
    name: row.name,
    match: row.match as ClientKey['match'],
    limits: row.limits as KeyLimits,
    spentUsdMicros: row.spent_usd_micros,
    actor: row.actor,
    createdAt: row.created_at as Date,
    revokedAt: row.revoked_at as Date | null,
  }))
}
