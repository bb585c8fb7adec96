import { projectionTableRules, type SchemaDefinition } from '@airs-cp/postgres'
import { hoursKeptDays, minutesKeptDays } from './figures/time-steps.ts'
import * as events from './migrations/20261123T220000-events.ts'
import * as log from './migrations/20261128T010000-log.ts'
import * as search from './migrations/20261128T100000-search.ts'
import * as tableRules from './migrations/20261128T110000-table-rules.ts'
import * as proofs from './migrations/20261128T113000-proofs.ts'
import * as floors from './migrations/20261128T130000-floors.ts'
import * as figures from './migrations/20261129T000000-figures.ts'
import * as operations from './migrations/20261129T100000-operations.ts'
import * as erasures from './migrations/20261129T120000-erasures.ts'
import * as journalOwners from './migrations/20261130T090000-journal-owners.ts'
import * as retention from './migrations/20261130T090000-retention.ts'
import * as credentials from './migrations/20261201T100000-credentials.ts'
import * as archive from './migrations/20261201T110000-archive.ts'
import * as piecesOfPieces from './migrations/20261202T090000-pieces-of-pieces.ts'
import * as piecesAround from './migrations/20261203T100000-pieces-around.ts'
import * as found from './migrations/20261203T120000-found.ts'
import * as wordsAsTheyAre from './migrations/20261204T090000-words-as-they-are.ts'
import * as usesByDigest from './migrations/20261204T100000-uses-by-digest.ts'
import * as erasedAt from './migrations/20261204T110000-erased-at.ts'
import * as erasedPieces from './migrations/20261204T113000-erased-pieces.ts'
import * as droppedExchanges from './migrations/20261204T120000-dropped-exchanges.ts'
import * as retainedSince from './migrations/20261204T130000-retained-since.ts'

/** Those by the minute first, those by the hour much later, and those by the day never. */
const figuresToForget = `step_seconds = 60 and at < $before
  or step_seconds = 3600 and at < $before - interval '${hoursKeptDays - minutesKeptDays} days'`

/** Of the two types that half of all events have, one is always near. */
const isRareType = `type not in ('airs.request-received.v1', 'airs.response-completed.v1')`

export const auditSchema: SchemaDefinition = {
  schema: 'audit',
  role: 'airs_audit',
  tables: {
    ...projectionTableRules,
    events: { rule: 'events', content: true },
    contents: { rule: 'events' },
    imported_events: { rule: 'events' },
    erasures: { rule: 'changes' },
    erased_exchanges: { rule: 'events' },
    erased_pieces: { rule: 'events' },
    content_uses: { rule: 'events' },
    content_backfill: { rule: 'work' },
    journals: { rule: 'changes' },
    open_exchanges: { rule: 'work' },
    ended_ingresses: { rule: 'work' },
    gaps: { rule: 'changes' },
    logs: { rule: 'changes' },
    log_leaves: { rule: 'events' },
    log_nodes: { rule: 'events' },
    log_checkpoints: { rule: 'changes' },
    log_pending: { rule: 'work' },
    exchanges: { rule: 'events' },
    exchange_labels: { rule: 'events' },
    exchange_words: { rule: 'events', content: true },
    search_values: { rule: 'events' },
    words_pending: { rule: 'work' },
    search_backfill: { rule: 'work' },
    figures: { rule: 'age', days: minutesKeptDays, older: figuresToForget },
    figures_pending: { rule: 'work' },
    figure_values: { rule: 'changes' },
    changes: { rule: 'changes' },
    holds: { rule: 'changes' },
    retention_rules: { rule: 'changes' },
    // One for each day, and 32 bytes for each event that was dropped.
    drops: { rule: 'changes' },
    dropped_leaves: { rule: 'changes' },
    drop_kept: { rule: 'work' },
  },
  migrations: {
    '20261123T220000-events': events,
    '20261128T010000-log': log,
    '20261128T100000-search': search,
    '20261128T110000-table-rules': tableRules,
    '20261128T113000-proofs': proofs,
    '20261128T130000-floors': floors,
    '20261129T000000-figures': figures,
    '20261129T100000-operations': operations,
    '20261129T120000-erasures': erasures,
    '20261130T090000-journal-owners': journalOwners,
    '20261130T090000-retention': retention,
    '20261201T100000-credentials': credentials,
    '20261201T110000-archive': archive,
    '20261202T090000-pieces-of-pieces': piecesOfPieces,
    '20261203T100000-pieces-around': piecesAround,
    '20261203T120000-found': found,
    '20261204T090000-words-as-they-are': wordsAsTheyAre,
    '20261204T100000-uses-by-digest': usesByDigest,
    '20261204T110000-erased-at': erasedAt,
    '20261204T113000-erased-pieces': erasedPieces,
    '20261204T120000-dropped-exchanges': droppedExchanges,
    '20261204T130000-retained-since': retainedSince,
  },
  lateIndexes: [
    { name: 'events_type_position_idx', of: `audit.events (type, position) where ${isRareType}` },
    { name: 'events_type_time_id_idx', of: `audit.events (type, time, id) where ${isRareType}` },
  ],
}
