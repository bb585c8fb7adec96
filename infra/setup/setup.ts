import { connectBus, setUpTopology } from '@airs-cp/bus'
import {
  createLateIndexes,
  type Database,
  ensureRole,
  migrate,
  openDatabase,
  type SchemaDefinition,
  underLock,
} from '@airs-cp/postgres'
import { sql } from 'kysely'
import { auditSchema } from '../../services/audit/schema.ts'
import { migrateQueue } from '../../services/export/queue.ts'
import { exportSchema } from '../../services/export/schema.ts'
import { lineageSchema } from '../../services/lineage/schema.ts'
import { policySchema } from '../../services/policy/schema.ts'

export const schemas: SchemaDefinition[] = [auditSchema, lineageSchema, policySchema, exportSchema]

export type SetupConfig = {
  /** A connection that may create roles and schemas. */
  databaseUrl: string
  natsUrl: string
  /** Password per role. */
  passwords: Record<string, string>
  /** Replicas of streams and buckets; 3 in a cluster. Those that are there keep theirs where it is not named. */
  replicas?: number | undefined
  /** What the traffic stream may hold. One that is there keeps its bound where it is not named. */
  trafficBytes?: number | undefined
}

/**
 * Brings Postgres and JetStream to what the services expect: roles, schemas, tables, grants, streams, buckets.
 * Does nothing where that is so already. Several at once wait for each other.
 * @returns the migrations that ran, as `schema/name`.
 */
export async function setUp({
  databaseUrl,
  natsUrl,
  passwords,
  replicas,
  trafficBytes,
}: SetupConfig): Promise<string[]> {
  const database = openDatabase<unknown>({ url: databaseUrl, name: 'setup', max: 3, isPatient: true })
  try {
    const migrations = await underLock(database, 'airs setup', async () => {
      const ran = await setUpDatabase(database, databaseUrl, passwords)
      const bus = await connectBus({ url: natsUrl, name: 'setup' })
      await setUpTopology(bus, { replicas, trafficBytes })
      await bus.drain()
      return ran
    })
    for (const definition of schemas) await createLateIndexes(database, definition)
    return migrations
  } finally {
    await database.destroy()
  }
}

async function setUpDatabase(
  database: Database<unknown>,
  databaseUrl: string,
  passwords: Record<string, string>,
): Promise<string[]> {
  for (const { role } of schemas) {
    const password = passwords[role]
    if (!password) throw new Error(`AIRS_POSTGRES_PASSWORDS has no password for role ${role}`)
    await ensureRole(database, role, password)
  }
  const ran: string[] = []
  for (const definition of schemas)
    for (const name of await migrate(database, definition)) ran.push(`${definition.schema}/${name}`)
  await migrateQueue(databaseUrl)
  for (const what of ['tables', 'sequences', 'functions'])
    await sql`grant all on all ${sql.raw(what)} in schema bullmq to airs_export`.execute(database)
  await sql`grant usage on schema bullmq to airs_export`.execute(database)
  return ran
}
