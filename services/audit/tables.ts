import type { Generated } from 'kysely'
import type { ChangeTables } from './changes/tables.ts'
import type { ErasureTables } from './erasure/tables.ts'
import type { FigureTables } from './figures/tables.ts'
import type { LogTables } from './log/tables.ts'
import type { RetentionTables } from './retention/tables.ts'
import type { SearchTables } from './search/tables.ts'

/** The schema `audit`. The service's role may insert into `events`, and never update or delete there. */
export type AuditTables = ChangeTables &
  ErasureTables &
  FigureTables &
  LogTables &
  RetentionTables &
  SearchTables & {
    'audit.events': {
      /** Order of arrival. */
      position: Generated<number>
      id: string
      type: string
      tenant: string
      session: string | null
      exchange: string | null
      journal: string | null
      sequence: number | null
      time: string
      recorded_at: Generated<Date>
      /** The event exactly as it was recorded: the JSON text, byte for byte. */
      event: string
    }
    /** Where the bytes of a digest stand: in the data of that `content-recorded` event. */
    'audit.contents': { sha256: string; event_id: string }
    /** Which events were imported, and with which import. */
    'audit.imported_events': { event_id: string; import_id: string }
    /** How far each journal has arrived without a gap. */
    'audit.journals': {
      journal: string
      committed: number
      seen: number
      /** Up to there content was erased, and is to leave the journal's files. */
      purge: Generated<number | null>
      /** Whose journal it is, by its name; null of those of version 0.1. */
      ingress: Generated<string | null>
      updated_at: Generated<Date>
    }
    /** Exchanges whose request has arrived and whose outcome has not. */
    'audit.open_exchanges': {
      exchange: string
      request_event: string
      session: string | null
      journal: string | null
      tenant: string
      /** `source` of the request event: the ingress process that must report the outcome. */
      source: string
      time: string
    }
    /** Ingress processes that have ended, until everything that they left open is closed. */
    'audit.ended_ingresses': { source: string; journals: EndedJournal[] | string; ended_at: string }
    /** Ranges of sequences (inclusive) that have not arrived, or, where `lost`, never will. */
    'audit.gaps': {
      journal: string
      from_sequence: number
      to_sequence: number
      lost: boolean
      found_at: Generated<Date>
      closed_at: Date | null
    }
  }

export type EndedJournal = { journal: string; lastSequence: number }
