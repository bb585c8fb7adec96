import { addFloors } from '@airs-cp/bus'
import type { Kysely } from 'kysely'

export async function up(database: Kysely<unknown>): Promise<void> {
  await addFloors(database, 'export')
}
