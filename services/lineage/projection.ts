import type { Delivery, Projection } from '@airs-cp/bus'
import { streams } from '@airs-cp/events'
import type { Transaction } from 'kysely'
import { storeExchanges } from './exchanges.ts'
import { ownSessions } from './own-sessions.ts'
import { storeGraph } from './store-graph.ts'
import type { LineageTables } from './tables.ts'

/** Sessions, exchanges and what flowed through them, from everything that happens to traffic. */
export const lineageProjection: Projection<LineageTables> = {
  name: 'lineage',
  stream: streams.traffic,
  schema: 'lineage',
  rereads: true,
  applyBatch,
}

/** The same of another instance's traffic, where it was imported. */
export const importedLineage: Projection<LineageTables> = {
  name: 'lineage-imported',
  stream: streams.imported,
  schema: 'lineage',
  rereads: true,
  applyBatch,
}

async function applyBatch(database: Transaction<LineageTables>, deliveries: Delivery[]): Promise<void> {
  const events = await ownSessions(
    database,
    deliveries.map(({ event }) => event),
  )
  await storeExchanges(database, events)
  await storeGraph(database, events)
}
