import type { Projection } from '@airs-cp/bus'
import { eventTypes, streams } from '@airs-cp/events'
import { storeArchiveFailed, storeArchiveRequested, storeDayArchived } from './archive/days.ts'
import { storeCancelled, storeCompleted, storeDeleted, storeFailed, storeRequested } from './exports.ts'
import type { ExportTables } from './tables.ts'

export const exportProjection: Projection<ExportTables> = {
  name: 'export',
  stream: streams.control,
  schema: 'export',
  rereads: true,
  on: {
    [eventTypes.exportRequested]: storeRequested,
    [eventTypes.exportCompleted]: storeCompleted,
    [eventTypes.exportFailed]: storeFailed,
    [eventTypes.exportCancelled]: storeCancelled,
    [eventTypes.exportDeleted]: storeDeleted,
    [eventTypes.archiveRequested]: storeArchiveRequested,
    [eventTypes.dayArchived]: storeDayArchived,
    [eventTypes.archiveFailed]: storeArchiveFailed,
  },
}
