import { contract } from '@airs-cp/control-api'
import { type Api, notFound } from '@airs-cp/runtime'
import type { Kysely } from 'kysely'
import type { LineageTables } from '../tables.ts'
import { findGraph } from './find-graph.ts'
import { findSession, findSessions } from './find-sessions.ts'

export function addSessionRoutes(api: Api, database: Kysely<LineageTables>): void {
  api.implement(contract.lineage.sessions, {
    'GET /v1/sessions': ({ query }) => findSessions(database, query),
    'GET /v1/sessions/:session': async ({ params, query }) => {
      const session = await findSession(database, params.session)
      if (!session) throw notFound(`Session ${params.session}`)
      if (!query.include) return session
      const derivations = query.include === 'lineage' ? 'all' : 'new'
      return { ...session, lineage: await findGraph(database, params.session, derivations) }
    },
  })
}
