import type { Delivery, Projection } from '@airs-cp/bus'
import { type AnyEvent, streams } from '@airs-cp/events'
import type { Transaction } from 'kysely'
import { withoutErased } from './graph/erase-graphs.ts'
import { storeExchanges } from './graph/exchanges.ts'
import { ownSessions } from './graph/own-sessions.ts'
import { remember } from './graph/settle-pending.ts'
import { storeGraph } from './graph/store-graph.ts'
import type { LineageTables } from './tables.ts'

/** Sessions, exchanges and what flowed through them, from everything that happens to traffic. */
export const lineageProjection: Projection<LineageTables> = {
  name: 'lineage',
  stream: streams.traffic,
  schema: 'lineage',
  rereads: true,
  gatherMs: 100,
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

/** In whatever order events come, and however often. */
export async function storeTraffic(database: Transaction<LineageTables>, events: AnyEvent[]): Promise<void> {
  const { all, graph } = await withoutErased(database, events)
  await storeExchanges(database, all)
  await storeGraph(database, graph)
}

async function applyBatch(database: Transaction<LineageTables>, deliveries: Delivery[]): Promise<void> {
  const events = await ownSessions(
    database,
    deliveries.map(({ event }) => event),
  )
  await storeTraffic(database, events)
  remember(deliveries)
}
