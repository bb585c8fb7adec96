import type { Delivery, Projection } from '@airs-cp/bus'
import { type AnyEvent, streams } from '@airs-cp/events'
import type { Transaction } from 'kysely'
import { holdOffErasing, withoutErased } from './graph/erase-graphs.ts'
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

/** In whatever order events come, and however often. Sessions have the names that clients gave them. */
export async function storeTraffic(database: Transaction<LineageTables>, named: AnyEvent[]): Promise<void> {
  // Before sessions are claimed: one that is being dropped is made again afterwards, with its owner.
  await holdOffErasing(database)
  const { owned, fresh } = await ownSessions(database, named)
  const { all, graph } = await withoutErased(database, owned)
  await storeExchanges(database, all, fresh)
  await storeGraph(database, graph)
}

async function applyBatch(database: Transaction<LineageTables>, deliveries: Delivery[]): Promise<void> {
  await storeTraffic(
    database,
    deliveries.map(({ event }) => event),
  )
  remember(deliveries)
}
