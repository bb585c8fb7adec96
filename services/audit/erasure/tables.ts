import type { ErasureSelection } from '@airs-cp/events'
import type { ColumnType, Generated } from 'kysely'

/**
 * | state       | what is done                                                     | next                           |
 * |-------------|------------------------------------------------------------------|--------------------------------|
 * | `selecting` | its exchanges are noted; ingresses hear that content will go     | `erasing`                      |
 * | `erasing`   | facts take the place of events, what is derived of content goes  | `purging`                      |
 * | `purging`   | messages of the streams are overwritten                          | `completed`                    |
 * | `completed` | nothing                                                          | `selecting`, where an event comes late |
 */
export type ErasureState = 'selecting' | 'erasing' | 'purging' | 'completed'

export type ErasureTables = {
  'audit.erasures': {
    id: string
    event_id: string
    selection: ColumnType<ErasureSelection, string>
    /** Last instant of a request that is included. */
    before: Date | string
    reason: string
    actor: string
    requested_at: Date | string
    state: Generated<ErasureState>
    selected_at: Date | string | null
    completed_at: Date | string | null
    events: Generated<number>
    shared_contents: Generated<number>
    messages: Generated<number>
    /** Exchanges that were passed over because they are on hold. */
    held: Generated<number>
    /** Events were erased whose messages may still be in the streams. */
    purge_due: Generated<boolean>
    /** A piece of content went that an exchange of another erasure had recorded: it may be anywhere in the streams. */
    purges_all: Generated<boolean>
    /** Times of the events that were erased. */
    first_time: Date | string | null
    last_time: Date | string | null
    /** Exchanges of it that were dropped since. */
    dropped_exchanges: Generated<number>
    /** After the last of its content was gone. */
    erased_at: Generated<Date | null>
  }
  /** `erased_at` is null while content is left, or has come late. `number` is their order, for other services. */
  'audit.erased_exchanges': {
    exchange: string
    number: Generated<number>
    erasure: string
    erased_at: Date | string | null
  }
  /** Exchanges that had recorded a piece of content for those of an erasure, with which it went. */
  'audit.erased_pieces': { exchange: string; erasure: string }
  /** Pieces of content by the events that record them (`holds`) or refer to them: for a body, or for the piece `within` that is made of them. */
  'audit.content_uses': {
    sha256: string
    event_id: string
    exchange: string
    holds: boolean
    within: string | null
  }
  /** The events up to `until_position` were recorded before uses were noted; those up to `position` are noted. */
  'audit.content_backfill': { position: number; until_position: number }
  'audit.recorded_erasures': { number: number; exchange: string; erasure: string }
}
