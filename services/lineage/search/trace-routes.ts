import { contract } from '@airs-cp/control-api'
import { type Api, notFound } from '@airs-cp/runtime'
import type { Kysely } from 'kysely'
import { listRebuilds, type Rebuild, requestRebuild } from '../graph/rebuild.ts'
import { countPending } from '../graph/settle-pending.ts'
import type { LineageTables } from '../tables.ts'
import { type FoundTrace, findNodes, traceExchange, traceNode } from './find-trace.ts'
import { orTooLarge } from './session-too-large.ts'

export function addTraceRoutes(api: Api, database: Kysely<LineageTables>): void {
  api.implement(contract.lineage.lineage, {
    'GET /v1/lineage': () => countPending(database),
    'GET /v1/lineage/exchanges/:exchange': ({ params, query }) =>
      found(`Exchange ${params.exchange}`, () => traceExchange(database, params.exchange, query)),
    'GET /v1/lineage/nodes/:id': ({ params, query }) =>
      found(`Node ${params.id} of session ${query.session}`, () =>
        traceNode(database, query.session, params.id, query),
      ),
    'GET /v1/lineage/nodes': async ({ query }) => ({
      nodes: await findNodes(database, query.digest, query.limit),
    }),
    'POST /v1/lineage/rebuilds': async () => rebuildOf(await requestRebuild(database)),
    'GET /v1/lineage/rebuilds': async () => ({ rebuilds: (await listRebuilds(database)).map(rebuildOf) }),
  })
}

function rebuildOf({ id, position, until_position, requested_at, finished_at }: Rebuild) {
  return {
    id,
    position,
    untilPosition: until_position,
    requestedAt: requested_at,
    finishedAt: finished_at,
  }
}

/** @throws ApiError 404, 422 */
async function found(what: string, find: () => Promise<FoundTrace | undefined>): Promise<FoundTrace> {
  const trace = await orTooLarge(find)
  if (!trace) throw notFound(what)
  return trace
}
