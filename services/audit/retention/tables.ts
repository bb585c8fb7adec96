import type { ErasureSelection } from '@airs-cp/events'
import type { ColumnType, Generated } from 'kysely'

/**
 * | state       | what is done                                                        | next        |
 * |-------------|---------------------------------------------------------------------|-------------|
 * | `sealed`    | its record is signed, and an event with its digest gets its leaf     | `announced` |
 * | `announced` | its events are deleted, some at a time, with all that they led to    | `dropped`   |
 * | `dropped`   | nothing                                                             |             |
 */
export type DropState = 'sealed' | 'announced' | 'dropped'

export type RetentionTables = {
  'audit.holds': {
    id: string
    event_id: string
    selection: ColumnType<ErasureSelection, string>
    reason: string
    actor: string
    placed_at: Date | string
    released_at: Date | string | null
    released_by: string | null
    release_reason: string | null
  }
  /** The newest holds. Days are null where that class is kept for ever. */
  'audit.retention_rules': {
    number: Generated<number>
    event_id: string
    content_days: number | null
    metadata_days: number | null
    reason: string
    actor: string
    set_at: Date | string
  }
  /** Events behind `after_position` up to `until_position` that were recorded on a day. */
  'audit.drops': {
    number: Generated<number>
    id: string
    /** Of its `airs.drop-sealed.v1`. */
    event_id: string
    day: string
    recorded_until: Date | string
    after_position: number
    until_position: number
    generation: number
    first_leaf: number | null
    until_leaf: number | null
    events: Generated<number>
    kept: Generated<number>
    first_time: Date | string | null
    last_time: Date | string | null
    /** The text that is signed; null where there was nothing to drop. */
    record: string | null
    note: string | null
    /** Verifier keys of the signatures of `note`. */
    signed_by: string | null
    state: DropState
    /** Position up to which its events are deleted. */
    progress: number
    sealed_at: Generated<Date>
    completed_at: Date | string | null
  }
  /** Events of the range of a drop that it leaves alone, while it is under way. */
  'audit.drop_kept': { drop_number: number; position: number }
  /** Hashes of leaves whose events were dropped: those beside each other, at most of one tile. */
  'audit.dropped_leaves': { generation: number; first: number; hashes: Buffer }
}
