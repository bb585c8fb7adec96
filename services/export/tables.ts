import type { ExportFilters, ExportRequested } from '@airs-cp/events'
import type { Manifest } from '@airs-cp/manifest'
import type { Generated } from 'kysely'
import type { ArchiveTables } from './archive/tables.ts'

export type ExportState = 'queued' | 'completed' | 'failed' | 'cancelled' | 'deleted' | 'expired'

/** The schema `export`, and the views of other schemas that its role may read. */
export type ExportTables = ArchiveTables & {
  'export.exports': {
    id: string
    kind: ExportRequested['kind']
    format: ExportRequested['format']
    from: string | Date | null
    until: string | Date | null
    actor: string
    requested_at: string | Date
    state: Generated<ExportState>
    rows: number | null
    bytes: number | null
    sha256: string | null
    error: string | null
    /** When what it holds was read; null where it is not completed, or of version 0.1. */
    as_of: string | Date | null
    ended_at: string | Date | null
    compression: Generated<Manifest['compression']>
    include_lineage: Generated<boolean>
    filters: Generated<ExportFilters>
    idempotency_key: string | null
    /** The manifest, as JSON. */
    manifest: string | null
    /** When what was left of an export that has no file (any more) was removed. */
    files_removed_at: Date | null
  }
  'audit.recorded_events': {
    position: number
    id: string
    type: string
    tenant: string
    session: string | null
    exchange: string | null
    journal: string | null
    sequence: number | null
    time: string
    event: string
  }
  'audit.recorded_uses': {
    sha256: string
    event_id: string
    exchange: string
    holds: boolean
    within: string | null
  }
  'audit.recorded_times': { position: number; recorded_at: Date }
  'audit.recorded_leaves': {
    generation: number
    leaf_index: number
    position: number
    salt: Buffer | null
    facts: Buffer
    hash: Buffer
    record: string
    facts_salt: Buffer | null
  }
  'audit.recorded_log_nodes': { generation: number; level: number; node_index: number; hash: Buffer }
  'audit.recorded_checkpoints': { generation: number; origin: string; size: number; note: string }
  'audit.exchanges_of_erasures': { exchange: string; erasure: string }
  'audit.completed_erasures': {
    id: string
    completed_at: Date
    first_time: Date | null
    last_time: Date | null
    erased_at: Date | null
  }
  'audit.recorded_log_pending': { position: number }
  'audit.recorded_positions': { projection: string; stream_sequence: number }
  'lineage.recorded_positions': { projection: string; stream_sequence: number }
}
