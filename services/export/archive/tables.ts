import type { Generated } from 'kysely'

/**
 * | state      | meaning                                                                     |
 * |------------|-----------------------------------------------------------------------------|
 * | `queued`   | a worker writes its file, or will                                           |
 * | `archived` | its file is complete where archives are kept                                |
 * | `failed`   | it could not be written; the next request tries again                       |
 * | `dropped`  | some of its events were dropped before it was archived: it has no file       |
 */
export type ArchiveState = 'queued' | 'archived' | 'failed' | 'dropped'

export type ArchiveTables = {
  'export.archived_days': {
    day: string
    generation: number
    first_leaf: number
    until_leaf: number
    state: ArchiveState
    /** Counts how often it was put in the queue: anew after a failure, or because content was erased. */
    attempt: Generated<number>
    actor: string
    requested_at: string | Date
    ended_at: string | Date | null
    /** When what its file holds was read first. */
    as_of: string | Date | null
    /** Erasures that were complete by then are not in its file, or are not of its exchanges. */
    erasures_seen_at: string | Date | null
    rows: number | null
    bytes: number | null
    sha256: string | null
    /** Events that were dropped before it was archived. */
    dropped: number | null
    error: string | null
    /** As JSON. */
    manifest: string | null
  }
}
