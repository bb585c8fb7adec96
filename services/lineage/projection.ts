import type { Projection } from '@airs-cp/bus'
import { streams } from '@airs-cp/events'
import { storeExchanges } from './exchanges.ts'
import { storeGraph } from './store-graph.ts'
import type { LineageTables } from './tables.ts'

/** Sessions, exchanges and what flowed through them, from everything that happens to traffic. */
export const lineageProjection: Projection<LineageTables> = {
  name: 'lineage',
  stream: streams.traffic,
  schema: 'lineage',
  async applyBatch(database, deliveries) {
    const events = deliveries.map(({ event }) => event)
    await storeExchanges(database, events)
    await storeGraph(database, events)
  },
}
