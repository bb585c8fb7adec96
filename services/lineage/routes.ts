import { type Api, notFound } from '@airs-cp/runtime'
import type { Kysely } from 'kysely'
import { z } from 'zod'
import { findGraph } from './find-graph.ts'
import { findSession, findSessions } from './find-sessions.ts'
import type { LineageTables } from './tables.ts'

const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text))

export function addLineageRoutes({ route }: Api, database: Kysely<LineageTables>): void {
  route(
    'get',
    '/v1/sessions',
    {
      role: 'viewer',
      summary: 'Sessions by last activity; `next` continues as `after`',
      query: z.object({
        from: instant.optional(),
        until: instant.optional(),
        limit: z.coerce.number().int().min(1).max(1_000).default(100),
        after: z
          .string()
          .regex(/^\S+ .+$/, 'is not a cursor; pass `next` as it was given')
          .optional(),
      }),
    },
    ({ query }) => findSessions(database, query),
  )
  route(
    'get',
    '/v1/sessions/:session',
    {
      role: 'viewer',
      summary: 'A session with its exchanges in order; `include=lineage` adds what flowed through it',
      params: z.object({ session: z.string() }),
      query: z.object({ include: z.enum(['lineage']).optional() }),
    },
    async ({ params, query }) => {
      const session = await findSession(database, params.session)
      if (!session) throw notFound(`Session ${params.session}`)
      return query.include ? { ...session, lineage: await findGraph(database, params.session) } : session
    },
  )
}
