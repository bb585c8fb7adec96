import type { Generated } from 'kysely'

/** The transparency log. Rows of leaves and nodes are only added, by the integrator alone. */
export type LogTables = {
  /** Logs of this store, one after the other: another one begins only where the one before cannot go on. */
  'audit.logs': { generation: number; origin: string; begun_at: Generated<Date>; predecessor: string | null }
  'audit.log_leaves': {
    generation: number
    leaf_index: number
    /** Of the event in `audit.events`. */
    position: number
    /** Null once the event was erased. */
    salt: Buffer | null
    /** Of the facts of an event that was erased; they stand in its place in `audit.events`. */
    facts_salt: Generated<Buffer | null>
    /** Salted digest of the event without its content. */
    facts: Buffer
    hash: Buffer
    /** The entry of the log. */
    record: string
  }
  /** Roots of full tiles: `level` of tlog-tiles, 1 and up. Those of level 0 are the leaves. */
  'audit.log_nodes': { generation: number; level: number; node_index: number; hash: Buffer }
  /** Positions of events without a leaf. */
  'audit.log_pending': { position: number }
  /** The checkpoint that is published. */
  'audit.log_checkpoints': { generation: number; size: number; note: string; published_at: Generated<Date> }
}
