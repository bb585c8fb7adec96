import { expireDeadLetters } from '@airs-cp/bus'
import type { Kysely } from 'kysely'
import type { AuditTables } from '../tables.ts'
import { isAnythingHeld } from './holds.ts'

/**
 * Dead letters of the event store are nowhere else, and what cannot be read may be what is on hold: none goes while anything is.
 * @returns how many went.
 */
export async function expireOwnDeadLetters(database: Kysely<AuditTables>): Promise<number> {
  return (await isAnythingHeld(database)) ? 0 : expireDeadLetters(database, 'audit')
}
