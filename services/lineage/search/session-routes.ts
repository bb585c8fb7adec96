import { contract } from '@airs-cp/control-api'
import { type Api, notFound } from '@airs-cp/runtime'
import type { Kysely } from 'kysely'
import type { LineageTables } from '../tables.ts'
import { findGraph, type Stretch } from './find-graph.ts'
import { findSession, findSessions, splitCursor } from './find-sessions.ts'
import { orTooLarge } from './session-too-large.ts'

export function addSessionRoutes(api: Api, database: Kysely<LineageTables>): void {
  api.implement(contract.lineage.sessions, {
    'GET /v1/sessions': ({ query }) => findSessions(database, query),
    'GET /v1/sessions/:session': async ({ params, query }) => {
      const session = await findSession(database, params.session, query)
      if (!session) throw notFound(`Session ${params.session}`)
      if (!query.include) return session
      const stretch: Stretch = {
        session: params.session,
        exchanges: session.exchanges.map(({ exchange }) => exchange),
        ...(query.after && { before: splitCursor(query.after)[1] }),
      }
      const derivations = query.include === 'lineage' ? 'all' : 'new'
      return { ...session, lineage: await orTooLarge(() => findGraph(database, stretch, derivations)) }
    },
  })
}
