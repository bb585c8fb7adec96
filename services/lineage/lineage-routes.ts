import { type Api, ApiError, notFound } from '@airs-cp/runtime'
import type { Kysely } from 'kysely'
import { z } from 'zod'
import { type FoundTrace, findNodes, SessionTooLargeError, traceExchange, traceNode } from './find-trace.ts'
import { listRebuilds, requestRebuild } from './rebuild.ts'
import { countPending } from './settle-pending.ts'
import type { LineageTables } from './tables.ts'

const traceQuery = z.object({
  direction: z.enum(['backwards', 'forwards']).default('backwards'),
  depth: z.coerce.number().int().min(0).max(1_000_000).default(1_000_000),
  limit: z.coerce.number().int().min(1).max(10_000).default(1_000),
})

export function addTraceRoutes({ route }: Api, database: Kysely<LineageTables>): void {
  route(
    'get',
    '/v1/lineage',
    {
      role: 'viewer',
      summary: 'How many large bodies are about to be read, and how many have long missed pieces',
    },
    () => countPending(database),
  )
  route(
    'get',
    '/v1/lineage/exchanges/:exchange',
    {
      role: 'viewer',
      summary: 'What an answer was derived from (`direction=backwards`), or what was made of it (`forwards`)',
      params: z.object({ exchange: z.string() }),
      query: traceQuery,
    },
    async ({ params, query }) =>
      answer(`Exchange ${params.exchange}`, () => traceExchange(database, params.exchange, query)),
  )
  route(
    'get',
    '/v1/lineage/nodes/:id',
    {
      role: 'viewer',
      summary: 'The same from one node of a session',
      params: z.object({ id: z.uuid() }),
      query: traceQuery.extend({ session: z.string() }),
    },
    async ({ params, query }) =>
      answer(`Node ${params.id} of session ${query.session}`, () =>
        traceNode(database, query.session, params.id, query),
      ),
  )
  route(
    'post',
    '/v1/lineage/rebuilds',
    {
      role: 'admin',
      summary: 'Apply everything that the event store holds again; what is there serves meanwhile',
      status: 202,
    },
    () => requestRebuild(database),
  )
  route(
    'get',
    '/v1/lineage/rebuilds',
    { role: 'viewer', summary: 'Rebuilds, newest first, and how far they are' },
    async () => ({ rebuilds: await listRebuilds(database) }),
  )
  route(
    'get',
    '/v1/lineage/nodes',
    {
      role: 'viewer',
      summary: 'Where content occurs, in whichever sessions, by its SHA-256',
      query: z.object({
        digest: z.string().regex(/^[0-9a-f]{64}$/, 'is 64 lower-case hexadecimal digits'),
        limit: z.coerce.number().int().min(1).max(1_000).default(100),
      }),
    },
    async ({ query }) => ({ nodes: await findNodes(database, query.digest, query.limit) }),
  )
}

async function answer(what: string, find: () => Promise<FoundTrace | undefined>): Promise<FoundTrace> {
  try {
    const found = await find()
    if (!found) throw notFound(what)
    return found
  } catch (error) {
    if (error instanceof SessionTooLargeError) throw new ApiError(422, 'session_too_large', error.message)
    throw error
  }
}
