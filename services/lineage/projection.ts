import type { Projection } from '@airs-cp/bus'
import { streams } from '@airs-cp/events'
import { storeExchanges } from './exchanges.ts'
import type { LineageTables } from './tables.ts'

/** Sessions and exchanges, from everything that happens to traffic. */
export const lineageProjection: Projection<LineageTables> = {
  name: 'lineage',
  stream: streams.traffic,
  schema: 'lineage',
  applyBatch: (database, deliveries) =>
    storeExchanges(
      database,
      deliveries.map(({ event }) => event),
    ),
}
